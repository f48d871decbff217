package display

import (
	"bytes"
	"errors"
	"image"
	"image/color"
	"image/png"
	"strings"
	"testing"
	"time"

	"github.com/go-gota/gota/dataframe"
	"github.com/go-gota/gota/series"
	"gonum.org/v1/plot"
)

func decode(t *testing.T, d Data) image.Image {
	t.Helper()
	b, ok := d.Data[MIMETypePNG].([]byte)
	if !ok {
		t.Fatalf("no PNG in %v", d)
	}
	img, err := png.Decode(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	return img
}

func TestASmallImageIsEnlargedByWholePixels(t *testing.T) {
	src := image.NewRGBA(image.Rect(0, 0, 24, 16))
	for y := range 16 {
		for x := range 24 {
			src.SetRGBA(x, y, color.RGBA{uint8(10 * x), uint8(15 * y), 77, 255})
		}
	}
	d, ok := Render(src)
	if !ok {
		t.Fatal("an image is not drawn")
	}
	img := decode(t, d)
	if got := img.Bounds().Size(); got != image.Pt(24*7, 16*7) {
		t.Errorf("size is %v, want 7 times that of the image", got)
	}
	for y := range img.Bounds().Dy() {
		for x := range img.Bounds().Dx() {
			if r, g, b, _ := img.At(x, y).RGBA(); uint8(r>>8) != uint8(10*(x/7)) || uint8(g>>8) != uint8(15*(y/7)) || b>>8 != 77 {
				t.Fatalf("pixel (%d, %d) is %d %d %d", x, y, r>>8, g>>8, b>>8)
			}
		}
	}
	meta := d.Metadata[MIMETypePNG].(MIMEMap)
	if meta["alt"] != "image, 24 x 16 pixels" || meta["width"] != 24*7 {
		t.Errorf("metadata are %v", meta)
	}
	if big := decode(t, picture(image.NewGray(image.Rect(0, 0, 300, 5)))); big.Bounds().Dx() != 300 {
		t.Errorf("a large image has become %v", big.Bounds())
	}
}

func TestSheetOfImages(t *testing.T) {
	var list []*image.Gray
	for i := range 10 {
		m := image.NewGray(image.Rect(0, 0, 9, 9))
		m.SetGray(4, 4, color.Gray{uint8(20 * i)})
		list = append(list, m)
	}
	d, ok := Render(list)
	if !ok {
		t.Fatal("a slice of images is not drawn")
	}
	if got := d.Data[MIMETypeText]; got != "10 images in 2 rows" {
		t.Errorf("text is %v", got)
	}
	if got := decode(t, d).Bounds().Size(); got != image.Pt(8*76+4, 2*76+4) {
		t.Errorf("size is %v", got)
	}
	if _, ok := Render([]*image.Gray{nil}); ok {
		t.Error("a missing image is drawn")
	}
}

func TestTable(t *testing.T) {
	df := dataframe.New(series.New([]string{"a<b", "c"}, series.String, "name"), series.New([]float64{0.5, 1. / 3}, series.Float, "x"))
	d, ok := Render(df)
	if !ok {
		t.Fatal("a frame is not drawn")
	}
	html := d.Data[MIMETypeHTML].(string)
	for _, want := range []string{">name</th>", "a&lt;b", ">0.333333<", "2 rows, 2 columns"} {
		if !strings.Contains(html, want) {
			t.Errorf("%q is not in %s", want, html)
		}
	}
	var n []int
	for i := range 1000 {
		n = append(n, i)
	}
	long := table(dataframe.New(series.New(n, series.Int, "n"))).Data[MIMETypeHTML].(string)
	if rows := strings.Count(long, "<tr>"); rows != 1+rowsShown+1 || !strings.Contains(long, "940 rows ...") || !strings.Contains(long, ">999<") {
		t.Errorf("a frame of 1000 rows is drawn with %d", rows)
	}
}

func TestFigureHasItsAlternativeText(t *testing.T) {
	p := plot.New()
	p.Title.Text, p.X.Label.Text, p.Y.Label.Text = "Bands & seeds", "band", "accuracy (%)"
	d, ok := Render(p)
	if !ok {
		t.Fatal("a plot is not drawn")
	}
	svg := d.Data[MIMETypeSVG].(string)
	if !strings.Contains(svg, "<title>figure: Bands &amp; seeds, accuracy (%) against band</title>") {
		t.Errorf("no title in %.300s", svg)
	}
}

type both struct{}

func (both) HTML() string     { return "<b>x</b>" }
func (both) Markdown() string { return "**x**" }
func (both) Alt() string      { return "a bold x" }

func TestMethodsAndText(t *testing.T) {
	d, _ := Render(both{})
	if d.Data[MIMETypeHTML] != "<b>x</b>" || d.Data[MIMETypeMarkdown] != "**x**" || d.Data[MIMETypeText] != "a bold x" {
		t.Errorf("got %v", d.Data)
	}
	for _, v := range []any{nil, 3, "s", (*plot.Plot)(nil), []int{1}} {
		if _, ok := Render(v); ok {
			t.Errorf("%v is drawn", v)
		}
	}
	if got := Plain(errors.New("no")); got != "error: no" {
		t.Errorf("an error's text is %q", got)
	}
	if got := Plain(make([]float32, 1<<20)); len(got) > 1000 || !strings.HasSuffix(got, "1048576 elements") {
		t.Errorf("a long slice's text is %d bytes", len(got))
	}
}

func TestAnyFindsTheFormat(t *testing.T) {
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 1, 1))); err != nil {
		t.Fatal(err)
	}
	for want, v := range map[string]any{
		MIMETypePNG: b.Bytes(), MIMETypeSVG: []byte(`<?xml version="1.0"?><svg/>`), MIMETypeHTML: strings.NewReader("<html><b>"), MIMETypeText: "plain",
	} {
		if d := Auto(v); d.Data[want] == nil {
			t.Errorf("%T: no %s in %v", v, want, d.Data)
		}
	}
}

// sink is a Screen that remembers.
type sink struct {
	texts   []string
	updates int
}

func (s *sink) Publish(d Data, update bool) error {
	s.texts = append(s.texts, d.Data[MIMETypeText].(string))
	if update {
		s.updates++
	}
	return nil
}

func (s *sink) Clear(bool) error { return nil }

func TestProgressStaysInPlace(t *testing.T) {
	s := &sink{}
	defer SetScreen(SetScreen(s))
	now := time.Unix(0, 0)
	p := NewProgress("training")
	p.start, p.now = now, func() time.Time { return now }
	for i := range 101 {
		now = now.Add(50 * time.Millisecond)
		p.Set(i, 100, "loss")
	}
	p.Set(100, 100, "again")
	if n := len(s.texts); n < 20 || n > 30 || s.updates != n-1 {
		t.Errorf("%d displays, %d of them updates", n, s.updates)
	}
	if first, last := s.texts[1], s.texts[len(s.texts)-1]; first != "training 4/100 (4%), 6s left: loss" || last != "training 100/100 (100%), 5.1s: loss" {
		t.Errorf("first %q, last %q", first, last)
	}
}

func TestProgressWithoutANotebookIsText(t *testing.T) {
	defer SetScreen(SetScreen(nil))
	var b bytes.Buffer
	p := NewProgress("work")
	p.text = &b
	p.Set(1, 2, "a longer note")
	p.Done()
	if got := b.String(); strings.Count(got, "\r") != 2 || !strings.HasSuffix(got, "\n") {
		t.Errorf("wrote %q", got)
	}
	if err := Display("x"); !errors.Is(err, ErrNoScreen) {
		t.Errorf("Display outside a notebook: %v", err)
	}
}

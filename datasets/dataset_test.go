package datasets

import (
	"encoding/json"
	"math"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/hardneg/hardneg/lib/parallel"
)

// small is a set of n images of 2 x 3 pixels: pixel p of image i has the values i, p and 7.
func small(t *testing.T, n int) *Memory {
	t.Helper()
	var pixels []uint8
	labels := make([]int, n)
	for i := range n {
		for p := range 6 {
			pixels = append(pixels, uint8(i), uint8(p), 7)
		}
		labels[i] = i % 3
	}
	m, err := NewMemory("small", 2, 3, pixels, labels, []string{"a", "b", "c"})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func wantError(t *testing.T, err error, parts ...string) {
	t.Helper()
	if err == nil {
		t.Fatalf("no error, want one with %q", parts)
	}
	for _, p := range parts {
		if !strings.Contains(err.Error(), p) {
			t.Errorf("error %q\nlacks %q", err, p)
		}
	}
}

func TestNewMemoryChecksItsArguments(t *testing.T) {
	_, err := NewMemory("x", 2, 2, make([]uint8, 11), []int{0}, []string{"a"})
	wantError(t, err, "x", "11 bytes", "want 12")
	_, err = NewMemory("x", 1, 1, make([]uint8, 6), []int{0, 1}, []string{"a"})
	wantError(t, err, "image 1 has label 1", "0 to 0")
	_, err = NewMemory("x", 0, 1, nil, nil, nil)
	wantError(t, err, "0 x 1")
	d := small(t, 4)
	for _, i := range []int{-1, 4} {
		if _, err := d.Image(i); err == nil {
			t.Errorf("image %d of 4 was given", i)
		}
	}
}

func TestSumSeesPixelsAndLabels(t *testing.T) {
	a := small(t, 5)
	b, c := small(t, 5), small(t, 5)
	b.pixels[17]++
	c.labels[4] = 0
	if a.Sum() != a.contentSum() || a.Sum() == b.contentSum() || a.Sum() == c.contentSum() {
		t.Error("the sum misses a change")
	}
}

func TestSubsetKeepsIdentity(t *testing.T) {
	d := small(t, 9)
	s, err := Subset(d, []int{8, 1, 3})
	if err != nil {
		t.Fatal(err)
	}
	s, err = Subset(s, []int{2, 0})
	if err != nil {
		t.Fatal(err)
	}
	for i, id := range []int{3, 8} {
		got, _ := s.Image(i)
		want, _ := d.Image(id)
		if s.ID(i) != id || s.Label(i) != d.Label(id) || &got[0] != &want[0] {
			t.Errorf("image %d: id %d, label %d, want those of image %d", i, s.ID(i), s.Label(i), id)
		}
	}
	if s.Len() != 2 || s.Sum() != d.Sum() {
		t.Errorf("length %d, sum %s", s.Len(), s.Sum())
	}
	if l := Levels(s); len(l) != 1 || !slices.Equal(l[0].Labels, []int{0, 2}) {
		t.Errorf("levels %v", l)
	}
	_, err = Subset(d, []int{0, 9})
	wantError(t, err, "index 9 at place 1", "0 to 8")
	_, err = Subset(d, []int{4, 2, 4})
	wantError(t, err, "index 4 at place 2", "before")
	if _, err := s.Image(2); err == nil {
		t.Error("image 2 of 2 was given")
	}
}

func TestSample(t *testing.T) {
	d := small(t, 50)
	ids := func(n int, seed uint64) (list []int) {
		s, err := Sample(d, n, seed)
		if err != nil {
			t.Fatal(err)
		}
		for i := range n {
			list = append(list, s.ID(i))
		}
		return list
	}
	all := ids(50, 1)
	if !slices.Equal(all[:7], ids(7, 1)) || slices.Equal(all, ids(50, 2)) || slices.IsSorted(all) {
		t.Errorf("samples %v, %v, %v", all, ids(7, 1), ids(50, 2))
	}
	slices.Sort(all)
	for i, id := range all {
		if i != id {
			t.Fatalf("image %d is missing", i)
		}
	}
	for _, n := range []int{0, -1, 51} {
		if _, err := Sample(d, n, 1); err == nil {
			t.Errorf("a sample of %d out of 50", n)
		}
	}
}

// PyTorch's area interpolation, rounded to the nearest integer; vectors by peers/datasets_vectors.py.
func TestResizeIsPyTorchs(t *testing.T) {
	var vectors struct {
		Cases []struct {
			Side, Size int
			Pixels     []int
			Area       []float64
		}
	}
	text, err := os.ReadFile("testdata/resize.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &vectors); err != nil {
		t.Fatal(err)
	}
	for _, c := range vectors.Cases {
		pixels := make([]uint8, len(c.Pixels))
		for i, v := range c.Pixels {
			pixels[i] = uint8(v)
		}
		d, err := NewMemory("case", c.Side, c.Side, pixels, []int{0}, []string{"a"})
		if err != nil {
			t.Fatal(err)
		}
		r, err := Resize(d, c.Size)
		if err != nil {
			t.Fatal(err)
		}
		img, _ := r.Image(0)
		for i, want := range c.Area {
			if got := img[i]; got != uint8(math.Floor(want+0.5+1e-9)) {
				t.Fatalf("%d to %d pixels, value %d: %d, PyTorch has %.4f", c.Side, c.Size, i, got, want)
			}
		}
	}
}

func TestResizeKeepsTheRest(t *testing.T) {
	train, _ := taxa(t, Options{Size: 8, Train: 30, Test: 1})
	s, _ := Sample(train, 10, 0)
	r, err := Resize(s, 4)
	if err != nil {
		t.Fatal(err)
	}
	if h, w := r.Size(); h != 4 || w != 4 || r.Sum() != train.Sum() || r.Name() != "taxa/train" {
		t.Errorf("%d x %d, sum %s, name %s", h, w, r.Sum(), r.Name())
	}
	if !reflect.DeepEqual(Levels(r), Levels(s)) {
		t.Error("the tree of classes is lost")
	}
	for i := range 10 {
		if r.ID(i) != s.ID(i) || r.Label(i) != s.Label(i) {
			t.Errorf("image %d: id %d, label %d", i, r.ID(i), r.Label(i))
		}
	}
	_, err = Resize(s, 0)
	wantError(t, err, "side 0")
	if same, _ := Resize(s, 8); same != s {
		t.Error("a set of the right size is copied")
	}
}

func TestMeanStd(t *testing.T) {
	old := parallel.Threads()
	defer parallel.SetThreads(old)
	d := small(t, 600)
	for i := range d.pixels {
		d.pixels[i] = uint8(i*i + i/7)
	}
	var n, mean, sq [3]float64
	for i, v := range d.pixels {
		x := float64(v) / 255
		n[i%3]++
		mean[i%3] += x
		sq[i%3] += x * x
	}
	for _, threads := range []int{1, 3} {
		parallel.SetThreads(threads)
		m, s, err := MeanStd(d)
		if err != nil {
			t.Fatal(err)
		}
		for c := range 3 {
			wm := mean[c] / n[c]
			ws := math.Sqrt(sq[c]/n[c] - wm*wm)
			if math.Abs(float64(m[c])-wm) > 1e-7 || math.Abs(float64(s[c])-ws) > 1e-7 {
				t.Errorf("channel %d: %g, %g, want %g, %g", c, m[c], s[c], wm, ws)
			}
		}
	}
	if _, _, err := MeanStd(&Memory{name: "none", height: 1, width: 1}); err == nil {
		t.Error("a mean of no images")
	}
}

func TestSheet(t *testing.T) {
	d := small(t, 9) // three of each class
	img, err := Sheet(d, 0, 2, SheetOptions{Scale: 5, FontSize: -1, Gap: 1})
	if err != nil {
		t.Fatal(err)
	}
	if b := img.Bounds(); b.Dx() != 1+2*(3*5+1) || b.Dy() != 1+3*(2*5+1) {
		t.Fatalf("bounds %v", b)
	}
	for row := range 3 {
		for column := range 2 {
			for p := range 6 {
				x, y := 1+column*16+p%3*5, 1+row*11+p/3*5
				for _, at := range [][2]int{{x, y}, {x + 4, y + 4}} {
					r, g, b, a := img.At(at[0], at[1]).RGBA()
					if r>>8 != uint32(row+3*column) || g>>8 != uint32(p) || b>>8 != 7 || a>>8 != 255 {
						t.Fatalf("row %d, column %d, pixel %d: %d %d %d", row, column, p, r>>8, g>>8, b>>8)
					}
				}
			}
		}
	}
	labelled, err := Sheet(d, 2, 4, SheetOptions{})
	if err != nil {
		t.Fatal(err)
	}
	dark := 0
	for y := range labelled.Bounds().Dy() {
		for x := range 15 {
			if r, _, _, _ := labelled.At(x, y).RGBA(); r < 0x4000 {
				dark++
			}
		}
	}
	if dark < 10 {
		t.Errorf("%d dark pixels where the labels are", dark)
	}
	for _, c := range [][2]int{{4, 1}, {-1, 1}, {1, 0}} {
		if _, err := Sheet(d, c[0], c[1], SheetOptions{}); err == nil {
			t.Errorf("a sheet of %v", c)
		}
	}
	_, err = Grid(d, [][]int{{0, 99}}, nil, SheetOptions{})
	wantError(t, err, "no image 99")
	_, err = Grid(d, [][]int{{0}}, []string{"a", "b"}, SheetOptions{})
	wantError(t, err, "1 rows and 2 labels")
	_, err = Grid(d, [][]int{{0}}, nil, SheetOptions{Scale: 10000})
	wantError(t, err, "too large")
}

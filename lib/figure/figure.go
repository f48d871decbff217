// Package figure draws records: accuracy by band, the band on the histogram of similarities, the axis of difficulty
// of the paper's Figure 1, losses over epochs; and tables of the same numbers. All in one style, from records alone.
//
// Colours are those of Okabe and Ito ("Color universal design", 2008), which colour-blind readers tell apart, and
// never speak alone: each comes with a marker, a dash or a label of its own. A figure's header says how many images
// and seeds it is made of and which interval is drawn; Alt says in words what it shows.
package figure

import (
	"bytes"
	"fmt"
	"io"
	"strings"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"
	"gonum.org/v1/plot/vg/vgsvg"

	"github.com/hardneg/hardneg/lib/atomicfile"
)

// Figure is a drawing with its words. A notebook shows it as SVG.
type Figure struct {
	Title  string   // one line
	Header []string // lines below it: what is drawn, from what
	Width  vg.Length
	Height vg.Length

	alt  string
	body func(draw.Canvas) // draws below title and header
}

// Alt is the alternative text: what a reader who does not see the figure must know.
func (f *Figure) Alt() string { return f.alt }

// Draw draws the figure on all of c.
func (f *Figure) Draw(c draw.Canvas) {
	c.SetColor(white)
	c.Fill(c.Rectangle.Path())
	inner := draw.Crop(c, margin, -margin, margin, -margin)
	y := inner.Max.Y
	for i, line := range append([]string{f.Title}, f.Header...) {
		style := headerStyle
		if i == 0 {
			style = titleStyle
		}
		inner.FillText(style, vg.Point{X: inner.Min.X, Y: y}, line)
		y -= style.Font.Size * 1.35
	}
	f.body(draw.Crop(inner, 0, 0, 0, y-inner.Max.Y-margin/2))
}

// SVG is the figure as an SVG document whose title and description are Title and Alt.
func (f *Figure) SVG() string {
	c := vgsvg.New(f.Width, f.Height)
	f.Draw(draw.New(c))
	var b bytes.Buffer
	if _, err := c.WriteTo(&b); err != nil {
		panic(err) // memory does not fail
	}
	return described(strings.ReplaceAll(b.String(), "font-family:Liberation Sans", "font-family:"+families), f.Title, f.alt)
}

// families are fonts with the widths of Liberation Sans, for readers who do not have it: embedding it would make a
// figure of 20 KB one of a megabyte.
const families = "Liberation Sans,Arimo,Arial,Helvetica,sans-serif"

// described puts title and description behind the opening tag of an SVG document, where screen readers look.
func described(svg, title, alt string) string {
	at := strings.Index(svg, "<svg")
	if at < 0 {
		return svg
	}
	end := at + strings.Index(svg[at:], ">")
	return svg[:end] + ` role="img" style="max-width:100%;height:auto">` + "\n<title>" + escape(title) + "</title>\n<desc>" + escape(alt) + "</desc>" + svg[end+1:]
}

func escape(s string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(s)
}

// pngDPI makes the pictures sharp on a slide.
const pngDPI = 144

// WritePNG writes the figure as a PNG of 144 dots per inch.
func (f *Figure) WritePNG(w io.Writer) error {
	c := vgimg.NewWith(vgimg.UseWH(f.Width, f.Height), vgimg.UseDPI(pngDPI))
	f.Draw(draw.New(c))
	_, err := vgimg.PngCanvas{Canvas: c}.WriteTo(w)
	return err
}

// Save writes base.svg and base.png, each whole or not at all, and returns their paths.
func (f *Figure) Save(base string) (paths []string, err error) {
	svg, png := base+".svg", base+".png"
	if err := atomicfile.WriteBytes(svg, []byte(f.SVG())); err != nil {
		return nil, err
	}
	if err := atomicfile.Write(png, f.WritePNG); err != nil {
		return nil, err
	}
	return []string{svg, png}, nil
}

// String is the title and the size, for printing.
func (f *Figure) String() string {
	return fmt.Sprintf("figure %q, %.0f x %.0f points", f.Title, f.Width.Points(), f.Height.Points())
}

package figure

import (
	"image/color"

	xfont "golang.org/x/image/font"
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"github.com/hardneg/hardneg/lib/contrast"
	"github.com/hardneg/hardneg/lib/experiment"
)

// The palette of Okabe and Ito.
var (
	black      = color.NRGBA{0, 0, 0, 255}
	skyBlue    = color.NRGBA{86, 180, 233, 255}
	green      = color.NRGBA{0, 158, 115, 255}
	blue       = color.NRGBA{0, 114, 178, 255}
	vermillion = color.NRGBA{213, 94, 0, 255}
	purple     = color.NRGBA{204, 121, 167, 255}

	gray      = color.NRGBA{110, 110, 110, 255}
	lightGray = color.NRGBA{225, 225, 225, 255}
	white     = color.NRGBA{255, 255, 255, 255}
)

// Dashes, in points; nil is a solid line.
var (
	dashed  = []vg.Length{6, 3}
	dotted  = []vg.Length{1.5, 2.5}
	dashDot = []vg.Length{7, 3, 1.5, 3}
)

const margin = vg.Length(10)

// sans is the one family of type, at the given size in points; gonum/plot carries it with it.
func sans(size vg.Length, weight xfont.Weight) font.Font {
	return font.Font{Typeface: "Liberation", Variant: "Sans", Size: size, Weight: weight}
}

func textStyle(size vg.Length, c color.Color) text.Style {
	return text.Style{Color: c, Font: sans(size, xfont.WeightNormal), Handler: plot.DefaultTextHandler, XAlign: text.XLeft, YAlign: text.YTop}
}

var (
	titleStyle = func() text.Style {
		s := textStyle(13, black)
		s.Font.Weight = xfont.WeightBold
		return s
	}()
	headerStyle = textStyle(9.5, color.NRGBA{70, 70, 70, 255})
	labelStyle  = textStyle(9, black)
)

// newPlot is an empty plot in our style: thin axes, no title of its own.
func newPlot() *plot.Plot {
	p := plot.New()
	p.BackgroundColor = white
	for _, a := range []*plot.Axis{&p.X, &p.Y} {
		a.Label.TextStyle.Font = sans(10, xfont.WeightNormal)
		a.Tick.Label.Font = sans(9, xfont.WeightNormal)
		a.LineStyle.Width, a.Tick.LineStyle.Width = 0.6, 0.6
		a.Padding = 4
	}
	p.Legend.TextStyle.Font = sans(9, xfont.WeightNormal)
	return p
}

func line(c color.Color, width vg.Length, dashes []vg.Length) draw.LineStyle {
	return draw.LineStyle{Color: c, Width: width, Dashes: dashes}
}

// look is how an arm is drawn, everywhere.
type look struct {
	color  color.Color
	shape  draw.GlyphDrawer
	dashes []vg.Length
}

// lookOf gives an arm's look by what it keeps: everything, the hardest, the easiest, a band between, chance.
func lookOf(arm string) look {
	switch b, err := contrast.ParseBand(arm); {
	case arm == "0-100":
		return look{black, draw.BoxGlyph{}, nil}
	case err == nil && b.Lo == 0:
		return look{vermillion, draw.CircleGlyph{}, dashed}
	case err == nil && b.Hi == 100 && b.Lo < 1: // all but a few
		return look{green, draw.CrossGlyph{}, []vg.Length{9, 2}}
	case err == nil && b.Hi == 100:
		return look{blue, draw.PyramidGlyph{}, dotted}
	case err == nil:
		return look{skyBlue, diamond{}, dashDot}
	case arm == experiment.Untrained, arm == experiment.Supervised:
		return look{gray, draw.PlusGlyph{}, dotted}
	}
	return look{purple, pyramidDown{}, []vg.Length{3, 2}}
}

// diamond is a square on its corner.
type diamond struct{}

// DrawGlyph implements draw.GlyphDrawer.
func (diamond) DrawGlyph(c *draw.Canvas, s draw.GlyphStyle, at vg.Point) {
	r := s.Radius * 1.25
	var p vg.Path
	p.Move(vg.Point{X: at.X, Y: at.Y + r})
	p.Line(vg.Point{X: at.X + r, Y: at.Y})
	p.Line(vg.Point{X: at.X, Y: at.Y - r})
	p.Line(vg.Point{X: at.X - r, Y: at.Y})
	p.Close()
	c.SetColor(s.Color)
	c.Fill(p)
}

// pyramidDown is a filled triangle that stands on its tip.
type pyramidDown struct{}

// DrawGlyph implements draw.GlyphDrawer.
func (pyramidDown) DrawGlyph(c *draw.Canvas, s draw.GlyphStyle, at vg.Point) {
	r := s.Radius * 1.2
	var p vg.Path
	p.Move(vg.Point{X: at.X - r, Y: at.Y + 0.6*r})
	p.Line(vg.Point{X: at.X + r, Y: at.Y + 0.6*r})
	p.Line(vg.Point{X: at.X, Y: at.Y - r})
	p.Close()
	c.SetColor(s.Color)
	c.Fill(p)
}

// onWhite writes text over whatever was drawn there.
func onWhite(c draw.Canvas, s text.Style, at vg.Point, words string) {
	r := s.Rectangle(words).Add(at)
	c.FillPolygon(white, []vg.Point{r.Min, {X: r.Max.X, Y: r.Min.Y}, r.Max, {X: r.Min.X, Y: r.Max.Y}})
	c.FillText(s, at, words)
}

package display

import (
	"bytes"
	"fmt"
	"html"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgsvg"
)

// FigureWidth and FigureHeight are the size at which a plot is shown, in points of 1/72 inch.
var (
	FigureWidth  = 15 * vg.Centimeter
	FigureHeight = 9.5 * vg.Centimeter
)

// figure draws p as SVG.
func figure(p *plot.Plot) Data { return Figure(p, FigureWidth, FigureHeight) }

// Figure draws p as SVG at a size of its own.
func Figure(p *plot.Plot, width, height vg.Length) Data {
	c := vgsvg.New(width, height)
	p.Draw(draw.New(c))
	var b bytes.Buffer
	if _, err := c.WriteTo(&b); err != nil {
		return Text(Plain(fmt.Errorf("draw the figure: %w", err)))
	}
	return WithAlt(MakeData3(MIMETypeSVG, "", b.String()), caption(p))
}

// caption says in words what a plot is.
func caption(p *plot.Plot) string {
	s := "figure"
	if t := p.Title.Text; t != "" {
		s += ": " + oneLine(t)
	}
	if x, y := oneLine(p.X.Label.Text), oneLine(p.Y.Label.Text); x != "" && y != "" {
		s += ", " + y + " against " + x
	}
	return s
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// titled gives an SVG document its alternative text, where it has none.
func titled(svg, text string) string {
	at := strings.Index(svg, "<svg")
	if at < 0 || strings.Contains(svg, "<title>") {
		return svg
	}
	end := strings.IndexByte(svg[at:], '>')
	if end < 0 || svg[at+end-1] == '/' {
		return svg
	}
	end += at
	return svg[at:at+4] + ` role="img"` + svg[at+4:end+1] + "<title>" + html.EscapeString(text) + "</title>" + svg[end+1:]
}

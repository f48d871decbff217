package figure

import (
	"fmt"
	"image/color"
	"math"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"github.com/hardneg/hardneg/lib/experiment"
)

// references are the arms that are drawn as lines through a panel and not in a row of their own. All negatives are
// both: a line to compare with, and a row that shows their seeds.
var references = []struct {
	arm, label string
	row        int // of the label, from the top: each stands at a height of its own
	color      color.Color
	dashes     []vg.Length
}{
	{experiment.Untrained, "untrained", 1, gray, dotted},
	{"0-100", "all negatives", 2, black, dashed},
	{experiment.Supervised, "supervised", 0, green, dashDot},
}

// AccuracyByBand shows the accuracy of every arm of f: each seed, the mean with its t-interval, and lines for the
// untrained encoder, all negatives and the supervised encoder; the linear probe beside the kNN.
func AccuracyByBand(f experiment.Family) (*Figure, error) {
	var rows []experiment.Arm // top to bottom
	tests := 0
	for _, a := range f.Arms {
		if a.Name != experiment.Untrained && a.Name != experiment.Supervised {
			rows = append(rows, a)
			tests = a.Records[0].Data.Test.Images
		}
	}
	if len(rows) == 0 {
		return nil, fmt.Errorf("%w: no arm that trains on negatives among the records of %s", ErrLacks, setName(f.Setting))
	}
	metrics := experiment.Metrics()[:2]
	paired := hasDifferences(f, rows)
	header := []string{
		scale(f.Setting) + ".",
		fmt.Sprintf("%s n = %s test images.", marksWords(f), thousands(tests)),
		"kNN with k 20 and T 0.1 on the pooled feature.",
	}
	if paired {
		header[2] += " Right: the linear probe of each seed less that of the same seed with all negatives."
	}
	return &Figure{
		Title:  "Which negatives are enough? Accuracy by the band that training keeps",
		Header: header,
		Width:  9.8 * vg.Inch,
		Height: vg.Length(155 + 31*len(rows)),
		alt:    accuracyAlt(f, rows),
		body: func(c draw.Canvas) {
			var plots []*plot.Plot
			for i, m := range metrics {
				plots = append(plots, accuracyPanel(f, rows, m, i == 0))
			}
			if paired {
				plots = append(plots, differencePanel(f, rows))
			}
			tiles := draw.Tiles{Rows: 1, Cols: len(plots), PadX: 14}
			for i, at := range plot.Align([][]*plot.Plot{plots}, tiles, c)[0] {
				plots[i].Draw(at)
			}
		},
	}, nil
}

// marksWords says what is drawn of each arm.
func marksWords(f experiment.Family) string {
	if words := seedWords(f); words != "1 seed an arm" {
		return "Small marks: each seed (" + words + "). Large mark and bar: mean and 95% t-interval over seeds."
	}
	return "One seed an arm: there is no interval, and small differences mean nothing."
}

// accuracyPanel is one metric: accuracy to the right, arms from top to bottom.
func accuracyPanel(f experiment.Family, rows []experiment.Arm, m experiment.Metric, names bool) *plot.Plot {
	p := newPlot()
	p.X.Label.Text = map[string]string{
		"linear": "linear probe: top-1 (%)",
		"kNN 20": "kNN: top-1 (%)",
	}[m.Name]
	p.Y.LineStyle.Width, p.Y.Tick.LineStyle.Width = 0, 0
	var lines []plot.Plotter
	for _, r := range references {
		if values := f.Arm(r.arm).Values(m); len(values) > 0 {
			mean := experiment.EstimateOf(values).Mean
			lines = append(lines, &reference{x: 100 * mean, label: r.label + " " + points(mean), row: r.row, style: line(r.color, 1, r.dashes)})
		}
	}
	p.Add(lines...) // below the marks
	var ticks []plot.Tick
	for i, a := range rows {
		y := float64(len(rows) - 1 - i)
		label := ""
		if names {
			label = rowLabel(a.Name)
		}
		ticks = append(ticks, plot.Tick{Value: y, Label: label})
		p.Add(&armRow{y: y, seeds: a.Values(m), estimate: experiment.EstimateOf(a.Values(m)), look: lookOf(a.Name)})
	}
	p.Y.Tick.Marker = plot.ConstantTicks(ticks)
	p.X.Tick.Marker = roundTicks{}
	p.Y.Min, p.Y.Max = -0.6, float64(len(rows))+0.85
	span := p.X.Max - p.X.Min
	p.X.Min, p.X.Max = math.Max(0, p.X.Min-0.06*span), math.Min(100, p.X.Max+0.08*span)
	return p
}

// rowLabel names an arm and, where the name does not say it, what it keeps.
func rowLabel(arm string) string {
	if words := ArmWords(arm); !strings.HasPrefix(words, arm) {
		return words + " (" + arm + ")"
	}
	return ArmWords(arm)
}

// armRow draws one arm at height y.
type armRow struct {
	y        float64
	seeds    []float64 // accuracies, 0 to 1
	estimate experiment.Estimate
	look     look
}

// Plot implements plot.Plotter.
func (r *armRow) Plot(c draw.Canvas, p *plot.Plot) {
	r.draw(c, p, points(r.estimate.Mean))
}

// draw draws the row, with words above its mean.
func (r *armRow) draw(c draw.Canvas, p *plot.Plot, words string) {
	tx, ty := p.Transforms(&c)
	y := ty(r.y)
	c.StrokeLine2(line(lightGray, 0.6, nil), c.Min.X, y, c.Max.X, y)
	label := labelStyle
	label.XAlign, label.YAlign = draw.XCenter, draw.YBottom
	onWhite(c, label, vg.Point{X: tx(100 * r.estimate.Mean), Y: y + 6}, words)
	for i, v := range r.seeds { // spread below the mean, in the order of the seeds
		at := vg.Point{X: tx(100 * v), Y: y - 7 + vg.Length(i%5)*1.2}
		c.DrawGlyph(draw.GlyphStyle{Color: fade(r.look.color), Radius: 1.9, Shape: open{r.look.shape}}, at)
	}
	style := line(r.look.color, 1.2, nil)
	if !math.IsNaN(r.estimate.Half) {
		lo, hi := tx(100*(r.estimate.Mean-r.estimate.Half)), tx(100*(r.estimate.Mean+r.estimate.Half))
		c.StrokeLine2(style, lo, y, hi, y)
		for _, x := range []vg.Length{lo, hi} {
			c.StrokeLine2(style, x, y-3, x, y+3)
		}
	}
	c.DrawGlyph(draw.GlyphStyle{Color: r.look.color, Radius: 4.6, Shape: r.look.shape}, vg.Point{X: tx(100 * r.estimate.Mean), Y: y})
}

// DataRange implements plot.DataRanger.
func (r *armRow) DataRange() (xmin, xmax, ymin, ymax float64) {
	xmin, xmax = math.Inf(1), math.Inf(-1)
	half := r.estimate.Half
	if math.IsNaN(half) {
		half = 0
	}
	for _, v := range append([]float64{r.estimate.Mean - half, r.estimate.Mean + half}, r.seeds...) {
		xmin, xmax = math.Min(xmin, 100*v), math.Max(xmax, 100*v)
	}
	return xmin, xmax, r.y, r.y
}

// reference is a vertical line with its name at the top.
type reference struct {
	x     float64
	label string
	row   int
	style draw.LineStyle
}

// Plot implements plot.Plotter.
func (r *reference) Plot(c draw.Canvas, p *plot.Plot) {
	tx, _ := p.Transforms(&c)
	x := tx(r.x)
	top := c.Max.Y - vg.Length(r.row)*11
	c.StrokeLine2(r.style, x, c.Min.Y, x, top-11)
	label := labelStyle
	label.Color, label.XAlign = r.style.Color, draw.XCenter
	half := label.Width(r.label) / 2
	onWhite(c, label, vg.Point{X: min(max(x, c.Min.X+half), c.Max.X-half), Y: top}, r.label)
}

// DataRange implements plot.DataRanger.
func (r *reference) DataRange() (xmin, xmax, ymin, ymax float64) {
	return r.x, r.x, math.Inf(1), math.Inf(-1)
}

// open draws a shape's outline where it has one.
type open struct{ draw.GlyphDrawer }

// DrawGlyph implements draw.GlyphDrawer.
func (o open) DrawGlyph(c *draw.Canvas, s draw.GlyphStyle, at vg.Point) {
	switch o.GlyphDrawer.(type) {
	case draw.CircleGlyph:
		draw.RingGlyph{}.DrawGlyph(c, s, at)
	case draw.BoxGlyph:
		draw.SquareGlyph{}.DrawGlyph(c, s, at)
	case draw.PyramidGlyph:
		draw.TriangleGlyph{}.DrawGlyph(c, s, at)
	default:
		o.GlyphDrawer.DrawGlyph(c, s, at)
	}
}

// fade mixes a colour with white.
func fade(c color.Color) color.Color {
	n := color.NRGBAModel.Convert(c).(color.NRGBA)
	mix := func(v uint8) uint8 { return uint8((int(v)*3 + 255*2) / 5) }
	return color.NRGBA{mix(n.R), mix(n.G), mix(n.B), 255}
}

func accuracyAlt(f experiment.Family, rows []experiment.Arm) string {
	var b strings.Builder
	fmt.Fprintf(&b, "Dot plot of test accuracy by the negatives that training keeps, on %s; %s.", scale(f.Setting), seedWords(f))
	for _, m := range experiment.Metrics()[:2] {
		fmt.Fprintf(&b, " %s, per cent:", map[string]string{"linear": "Linear probe", "kNN 20": "kNN with k 20"}[m.Name])
		for i, a := range f.Arms {
			if i > 0 {
				b.WriteString(",")
			}
			fmt.Fprintf(&b, " %s %s", ArmWords(a.Name), estimate(experiment.EstimateOf(a.Values(m))))
		}
		b.WriteString(".")
	}
	if hasDifferences(f, rows) {
		b.WriteString(" Linear probe, difference to all negatives, paired by seed, points:")
		sep := ""
		for _, a := range rows {
			if d := pairedDifferences(f, a); len(d) > 0 {
				fmt.Fprintf(&b, "%s %s %s", sep, ArmWords(a.Name), signed(experiment.EstimateOf(d)))
				sep = ","
			}
		}
		b.WriteString(".")
	}
	return b.String()
}

// roundTicks are at whole numbers, five or so, with a small one in the middle between two.
type roundTicks struct{}

// Ticks implements plot.Ticker.
func (roundTicks) Ticks(lo, hi float64) []plot.Tick {
	step := 1.0
	for _, s := range []float64{2, 5, 10, 20, 50} {
		if (hi-lo)/step > 7 {
			step = s
		}
	}
	var t []plot.Tick
	for v := math.Ceil(lo/step*2) * step / 2; v <= hi; v += step / 2 {
		label := ""
		if math.Mod(v, step) == 0 {
			label = fmt.Sprintf("%g", v)
		}
		t = append(t, plot.Tick{Value: v, Label: label})
	}
	return t
}

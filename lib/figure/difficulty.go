package figure

import (
	"fmt"
	"image/color"
	"math"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"github.com/hardneg/hardneg/lib/contrast"
	"github.com/hardneg/hardneg/lib/experiment"
)

// region is a stretch of the axis of difficulty with what was measured on it.
type region struct {
	lo, hi float64 // percentiles from the hardest end
	name   string
	arm    string // the arm that tells what it is worth
	with   string // "alone" where the arm keeps only the region, "without it" where it keeps all else
	color  color.Color
}

var regions = []region{
	{5, 100, "the easiest 95%", "5-100", "alone", color.NRGBA{217, 234, 245, 255}},
	{0.1, 5, "the hardest 5%", "0-5", "alone", color.NRGBA{250, 226, 208, 255}},
	{0.02, 0.1, "the hardest 0.1%", "0.1-100", "without it", color.NRGBA{240, 216, 230, 255}},
}

// Figure1 is a first version of the paper's Figure 1 from our own numbers: negatives from the easiest to the hardest,
// what training on each region alone, or without it, gives, and how many of them are of the query's own class. A
// region whose arm was not run says so.
func Figure1(f experiment.Family) (*Figure, error) {
	full := f.Arm("0-100")
	shares := sameClass(full)
	if len(shares) == 0 {
		return nil, fmt.Errorf("%w: the axis of difficulty needs a record of the arm 0-100 on %s", ErrLacks, setName(f.Setting))
	}
	linear := experiment.Metrics()[0]
	value := func(arm string) string { return estimate(experiment.EstimateOf(f.Arm(arm).Values(linear))) }
	header := "Linear probe, top-1 %, one seed, no interval"
	if n := len(full.Records); n > 1 {
		header = fmt.Sprintf("Linear probe, top-1 %%, mean ± half a 95%% t-interval over %d seeds", n)
	}
	header += ": all negatives " + value("0-100")
	if len(f.Arm(experiment.Untrained).Records) > 0 {
		header += ", untrained " + value(experiment.Untrained)
	}
	if len(f.Arm("random 5").Records) > 0 {
		header += ", a random 5% " + value("random 5")
	}
	return &Figure{
		Title: "Are all negatives equal? The axis of difficulty, at this scale",
		Header: []string{
			scale(f.Setting) + ".",
			header + ".",
			"After Cai et al. 2020, Figure 1. Brackets: what was trained on, dotted: left out. Bars: 95% interval over queries or seeds, the larger.",
		},
		Width:  9.2 * vg.Inch,
		Height: 5 * vg.Inch,
		alt:    figure1Alt(f, shares),
		body:   func(c draw.Canvas) { figure1Plot(f, shares).Draw(c) },
	}, nil
}

func figure1Plot(f experiment.Family, shares []share) *plot.Plot {
	p := newPlot()
	p.X.Label.Text = "← easier · negatives by difficulty: percentile counted from the hardest (%, log scale) · harder →"
	p.Y.Label.Text = "same class as the query (% of negatives)"
	p.X.Scale = plot.InvertedScale{Normalizer: plot.LogScale{}}
	p.X.Min, p.X.Max = regions[len(regions)-1].lo, 100
	var ticks []plot.Tick
	for _, v := range []float64{100, 50, 25, 10, 5, 2, 1, 0.5, 0.2, 0.1} {
		ticks = append(ticks, plot.Tick{Value: v, Label: fmt.Sprintf("%g", v)})
	}
	ticks = append(ticks, plot.Tick{Value: p.X.Min, Label: "0"}) // which a logarithm does not reach
	p.X.Tick.Marker = plot.ConstantTicks(ticks)
	curve := &shareCurve{shares: shares, low: p.X.Min, base: 100 * f.Arm("0-100").Records[0].Data.SameClass}
	for _, r := range regions {
		p.Add(&regionBox{r, regionLines(f, r)})
	}
	p.Add(curve, brackets{})
	p.Y.Min = 0
	p.Y.Max *= 1.75 // the regions' words stand above the curve
	return p
}

// regionLines are a region's words: its name, and the linear accuracy of its arm with the share of the gain.
func regionLines(f experiment.Family, r region) []string {
	arm, linear := f.Arm(r.arm), experiment.Metrics()[0]
	if len(arm.Records) == 0 {
		return []string{r.name, r.with + ": not run"}
	}
	lines := []string{r.name, r.with + ": " + estimate(experiment.EstimateOf(arm.Values(linear)))}
	if d := experiment.Differences(arm, f.Arm("0-100"), linear); len(d) > 0 {
		lines = append(lines, signed(experiment.EstimateOf(d))+" to all")
	}
	if share := f.GainShare(r.arm, linear); !math.IsNaN(share) {
		lines = append(lines, fmt.Sprintf("%.0f%% of the gain", 100*share))
	}
	return lines
}

// regionBox is a region's shade with its words at the top.
type regionBox struct {
	region
	lines []string
}

// Plot implements plot.Plotter.
func (r *regionBox) Plot(c draw.Canvas, p *plot.Plot) {
	tx, _ := p.Transforms(&c)
	left, right := tx(r.hi), tx(math.Max(r.lo, p.X.Min))
	c.FillPolygon(r.color, []vg.Point{{X: left, Y: c.Min.Y}, {X: right, Y: c.Min.Y}, {X: right, Y: c.Max.Y}, {X: left, Y: c.Max.Y}})
	c.StrokeLine2(line(gray, 0.6, dotted), right, c.Min.Y, right, c.Max.Y)
	y := c.Max.Y - 17
	for i, text := range r.lines {
		s := labelStyle
		s.XAlign = draw.XCenter
		if i < 2 {
			s.Font.Size = 10
		}
		if i == 0 {
			s.Font.Weight = titleStyle.Font.Weight
		}
		c.FillText(s, vg.Point{X: (left + right) / 2, Y: y}, text)
		y -= 13
	}
}

// brackets span what each region's arm was trained on, or dotted, without: the arm that keeps the hardest 5% keeps the
// hardest 0.1% too.
type brackets struct{}

// Plot implements plot.Plotter.
func (brackets) Plot(c draw.Canvas, p *plot.Plot) {
	tx, _ := p.Transforms(&c)
	for _, r := range regions {
		left, right, y, dashes := tx(r.hi)+2, tx(math.Max(r.lo, p.X.Min))-2, c.Max.Y-3, []vg.Length(nil)
		if r.with != "alone" {
			y, dashes = c.Max.Y-9, dotted
		} else if b, err := contrast.ParseBand(r.arm); err == nil && b.Lo == 0 {
			right = c.Max.X - 2
		}
		c.StrokeLine2(line(black, 1.2, dashes), left, y, right, y)
		for _, x := range []vg.Length{left, right} {
			c.StrokeLine2(line(black, 1.2, nil), x, y-4, x, y)
		}
	}
}

// share is the mean over seeds of the share of same-class negatives in one bin, in per cent, with a standard error
// over the queries and, where there are several, over the seeds: the larger of the two.
type share struct{ lo, hi, mean, err float64 }

func sameClass(a experiment.Arm) []share {
	var out []share
	for b := 0; ; b++ {
		var values []float64
		var s share
		for _, r := range a.Records {
			if r.Negatives == nil || b >= len(r.Negatives.Bins) {
				return out
			}
			bin := r.Negatives.Bins[b]
			s.lo, s.hi = bin.Lo, bin.Hi
			values = append(values, 100*float64(bin.SameClass)/float64(max(bin.Pairs, 1)))
			s.err = math.Max(s.err, 100*bin.Error)
		}
		if len(values) == 0 {
			return out
		}
		e := experiment.EstimateOf(values)
		s.mean = e.Mean
		s.err /= math.Sqrt(float64(e.N))
		if !math.IsNaN(e.Half) {
			s.err = math.Max(s.err, e.Half/1.96)
		}
		out = append(out, s)
	}
}

// shareCurve draws the shares as steps with their 95% intervals, and the base rate.
type shareCurve struct {
	shares []share
	low    float64 // where the hardest bin, which begins at 0, is cut off
	base   float64
}

// Plot implements plot.Plotter.
func (s *shareCurve) Plot(c draw.Canvas, p *plot.Plot) {
	tx, ty := p.Transforms(&c)
	base := ty(s.base)
	c.StrokeLine2(line(gray, 1, dashed), c.Min.X, base, c.Max.X, base)
	label := labelStyle
	label.Color, label.XAlign, label.YAlign = gray, draw.XRight, draw.YBottom
	c.FillText(label, vg.Point{X: c.Max.X - 4, Y: base + 3}, fmt.Sprintf("chance: %.2g%%", s.base))
	var steps []vg.Point
	for _, b := range s.shares {
		left, right := tx(b.hi), tx(math.Max(b.lo, s.low))
		steps = append(steps, vg.Point{X: right, Y: ty(b.mean)}, vg.Point{X: left, Y: ty(b.mean)})
		x := (left + right) / 2
		lo, hi := ty(math.Max(0, b.mean-1.96*b.err)), ty(b.mean+1.96*b.err)
		c.StrokeLine2(line(black, 0.8, nil), x, lo, x, hi)
		c.DrawGlyph(draw.GlyphStyle{Color: black, Radius: 2.2, Shape: draw.CircleGlyph{}}, vg.Point{X: x, Y: ty(b.mean)})
	}
	c.StrokeLines(line(black, 1.2, nil), steps)
}

// DataRange implements plot.DataRanger.
func (s *shareCurve) DataRange() (xmin, xmax, ymin, ymax float64) {
	ymax = s.base
	for _, b := range s.shares {
		ymax = math.Max(ymax, b.mean+1.96*b.err)
	}
	return s.low, 100, 0, ymax
}

func figure1Alt(f experiment.Family, shares []share) string {
	first, last := shares[0], shares[len(shares)-1]
	alt := fmt.Sprintf("Negatives on an axis from the easiest to the hardest, on %s.", scale(f.Setting))
	for _, r := range regions {
		lines := regionLines(f, r)
		alt += fmt.Sprintf(" %s%s, %s", strings.ToUpper(lines[0][:1]), lines[0][1:], lines[1])
		for _, l := range lines[2:] {
			alt += ", " + l
		}
		alt += "."
	}
	return alt + fmt.Sprintf(" The share of negatives of the query's own class is %.1f per cent among the hardest %g per cent and %.1f among the easiest.", first.mean, first.hi, last.mean)
}

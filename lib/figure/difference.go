package figure

import (
	"math"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg/draw"

	"github.com/hardneg/hardneg/lib/experiment"
)

// pairedDifferences are those of arm a to all negatives by the linear probe, one for each seed that both have: what the
// seeds share, the images drawn and the initial weights, cancels. None for all negatives itself.
func pairedDifferences(f experiment.Family, a experiment.Arm) []float64 {
	if a.Name == "0-100" {
		return nil
	}
	return experiment.Differences(a, f.Arm("0-100"), experiment.Metrics()[0])
}

func hasDifferences(f experiment.Family, rows []experiment.Arm) bool {
	for _, a := range rows {
		if len(pairedDifferences(f, a)) > 0 {
			return true
		}
	}
	return false
}

// differencePanel shows the paired differences of every arm: zero, all negatives, is the dashed line.
func differencePanel(f experiment.Family, rows []experiment.Arm) *plot.Plot {
	p := newPlot()
	p.X.Label.Text = "linear: paired difference (points)"
	p.Y.LineStyle.Width, p.Y.Tick.LineStyle.Width = 0, 0
	p.Add(&reference{x: 0, label: "all negatives", row: 2, style: line(black, 1, dashed)})
	var ticks []plot.Tick
	for i, a := range rows {
		y := float64(len(rows) - 1 - i)
		ticks = append(ticks, plot.Tick{Value: y})
		if d := pairedDifferences(f, a); len(d) > 0 {
			p.Add(&differenceRow{armRow{y: y, seeds: d, estimate: experiment.EstimateOf(d), look: lookOf(a.Name)}})
		}
	}
	p.Y.Tick.Marker = plot.ConstantTicks(ticks)
	p.X.Tick.Marker = signedTicks{}
	p.Y.Min, p.Y.Max = -0.6, float64(len(rows))+0.85
	span := p.X.Max - p.X.Min
	p.X.Min, p.X.Max = p.X.Min-0.06*span, p.X.Max+0.08*span
	return p
}

// differenceRow is an arm's row whose numbers carry their sign.
type differenceRow struct{ armRow }

// Plot implements plot.Plotter.
func (r *differenceRow) Plot(c draw.Canvas, p *plot.Plot) {
	r.draw(c, p, signed(r.estimate))
}

// signed writes a difference and its interval in points: "+0.8 ± 0.3", with a minus and no hyphen.
func signed(e experiment.Estimate) string {
	text := points(e.Mean)
	switch {
	case text == "-0.0" || text == "0.0":
		text = "0.0"
	case !strings.HasPrefix(text, "-"):
		text = "+" + text
	}
	if !math.IsNaN(e.Half) {
		text += " ± " + points(e.Half)
	}
	return strings.Replace(text, "-", "−", 1)
}

// signedTicks are roundTicks whose labels carry a sign.
type signedTicks struct{}

// Ticks implements plot.Ticker.
func (signedTicks) Ticks(lo, hi float64) []plot.Tick {
	t := roundTicks{}.Ticks(lo, hi)
	for i, tick := range t {
		if tick.Value > 0 && tick.Label != "" {
			t[i].Label = "+" + tick.Label
		}
		t[i].Label = strings.Replace(t[i].Label, "-", "−", 1)
	}
	return t
}

package figure

import (
	"cmp"
	"fmt"
	"image/color"
	"math"
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"github.com/hardneg/hardneg/lib/experiment"
)

// LossCurves shows the loss of each arm that trains on negatives, epoch by epoch: the mean over seeds.
func LossCurves(f experiment.Family) (*Figure, error) {
	var arms []experiment.Arm
	for _, a := range f.Arms {
		if a.Records[0].Setting.Method == experiment.MoCo {
			arms = append(arms, a)
		}
	}
	if len(arms) == 0 {
		return nil, fmt.Errorf("%w: no arm that trains on negatives among the records of %s", ErrLacks, setName(f.Setting))
	}
	last := ""
	for _, a := range arms {
		curve := meanLoss(a)
		last += fmt.Sprintf(" %s %.2f;", ArmWords(a.Name), curve[len(curve)-1].Y)
	}
	return &Figure{
		Title: "InfoNCE over the epochs",
		Header: []string{
			scale(f.Setting) + ".",
			fmt.Sprintf("Mean over seeds (%s). Arms keep different numbers of negatives: their levels cannot be compared, only their course.", seedWords(f)),
		},
		Width:  8 * vg.Inch,
		Height: 4.4 * vg.Inch,
		alt:    fmt.Sprintf("Line plot of the training loss by epoch for each arm, on %s. Loss of the last epoch:%s the levels of different arms cannot be compared.", scale(f.Setting), last),
		body:   func(c draw.Canvas) { lossPlot(arms).Draw(c) },
	}, nil
}

func lossPlot(arms []experiment.Arm) *plot.Plot {
	p := newPlot()
	p.X.Label.Text = "epoch"
	p.Y.Label.Text = "loss (nats)"
	var ends []endLabel
	for i, a := range arms {
		curve, look := meanLoss(a), lookOf(a.Name)
		l := &plotter.Line{XYs: curve, LineStyle: line(look.color, 1.4, look.dashes)}
		p.Add(l)
		// One mark in every few epochs, at other epochs for other arms, so that marks do not hide each other.
		stride := max(1, len(curve)/5)
		var marks plotter.XYs
		for e := i % stride; e < len(curve); e += stride {
			marks = append(marks, curve[e])
		}
		s := &plotter.Scatter{XYs: marks, GlyphStyle: draw.GlyphStyle{Color: look.color, Radius: 3, Shape: look.shape}}
		p.Add(s)
		end := curve[len(curve)-1]
		ends = append(ends, endLabel{end.Y, rowLabel(a.Name), look.color})
	}
	span := p.Y.Max - p.Y.Min
	p.Y.Min, p.Y.Max = p.Y.Min-0.03*span, p.Y.Max+0.03*span
	last := p.X.Max
	p.X.Tick.Marker = wholeTicks{int(last)}
	p.X.Max += 0.42 * (p.X.Max - p.X.Min) // the names stand behind the curves' ends
	p.Add(endLabels{last, ends})
	return p
}

// endLabels are the names of curves behind their ends at x, moved apart where they would cover each other.
type endLabels struct {
	x      float64
	labels []endLabel
}

type endLabel struct {
	y     float64
	words string
	color color.Color
}

// Plot implements plot.Plotter.
func (e endLabels) Plot(c draw.Canvas, p *plot.Plot) {
	tx, ty := p.Transforms(&c)
	const height = 12
	labels := slices.Clone(e.labels)
	slices.SortStableFunc(labels, func(a, b endLabel) int { return cmp.Compare(a.y, b.y) })
	floor := c.Min.Y + height/2
	for i, l := range labels {
		y := max(ty(l.y), floor)
		floor = y + height
		// Leave room for those above.
		y = min(y, c.Max.Y-height/2-vg.Length(len(labels)-1-i)*height)
		s := labelStyle
		s.YAlign = draw.YCenter
		c.StrokeLine2(line(l.color, 0.6, nil), tx(e.x)+4, ty(l.y), tx(e.x)+16, y)
		c.FillText(s, vg.Point{X: tx(e.x) + 19, Y: y}, l.words)
	}
}

// meanLoss is the mean over the arm's seeds; x is the epoch.
func meanLoss(a experiment.Arm) plotter.XYs {
	var curve plotter.XYs
	for e := range a.Records[0].History {
		s, n := 0.0, 0
		for _, r := range a.Records {
			if e < len(r.History) {
				s, n = s+r.History[e].Loss, n+1
			}
		}
		curve = append(curve, plotter.XY{X: float64(a.Records[0].History[e].Epoch), Y: s / float64(n)})
	}
	return curve
}

// wholeTicks are at whole numbers up to the last epoch.
type wholeTicks struct{ last int }

// Ticks implements plot.Ticker.
func (w wholeTicks) Ticks(lo, _ float64) []plot.Tick {
	first := int(math.Ceil(lo))
	stride := 1 + (w.last-first)/10
	var t []plot.Tick
	for v := w.last; v >= first; v -= stride {
		t = append(t, plot.Tick{Value: float64(v), Label: fmt.Sprint(v)})
	}
	return t
}

package figure

import (
	"fmt"
	"math"

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
		return nil, fmt.Errorf("figure: no arm that trains on negatives among the records of %s", setName(f.Setting))
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
		p.Legend.Add(rowLabel(a.Name), l, s)
	}
	p.Legend.Top = true
	p.Legend.ThumbnailWidth, p.Legend.Padding = 26, 2
	p.X.Tick.Marker = wholeTicks{}
	span := p.Y.Max - p.Y.Min
	p.Y.Min, p.Y.Max = p.Y.Min-0.03*span, p.Y.Max+0.03*span
	p.X.Max += 0.45 * (p.X.Max - p.X.Min) // the legend stands beside the curves
	return p
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
type wholeTicks struct{}

// Ticks implements plot.Ticker.
func (wholeTicks) Ticks(lo, hi float64) []plot.Tick {
	stride := max(1, int(math.Ceil((hi-lo)/10)))
	var t []plot.Tick
	for v := int(math.Ceil(lo)); v <= int(hi); v += stride {
		t = append(t, plot.Tick{Value: float64(v), Label: fmt.Sprint(v)})
	}
	return t
}

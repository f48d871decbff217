package figure

import (
	"fmt"
	"math"

	xfont "golang.org/x/image/font"
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Steps compares the losses of the same training steps, taken here and by another implementation, with the truth: the
// other's in float64. peers/steps.py writes a list of them.
type Steps struct {
	Net    string `json:"net"`
	Policy string `json:"policy"`
	Seed   uint64 `json:"seed"`
	Engine string `json:"engine"`
	Torch  string `json:"torch"` // version

	// Running maxima over the steps of |loss - truth| / |truth|: ours in float32, and the other's in float32.
	Ours   []float64 `json:"deviation"`
	Theirs []float64 `json:"torch_deviation"`
}

// allowed is what ours may reach: three times the other's own deviation, plus 1e-6.
func (s Steps) allowed() []float64 {
	out := make([]float64, len(s.Theirs))
	for i, v := range s.Theirs {
		out[i] = 3*v + 1e-6
	}
	return out
}

// Inside tells whether our deviation is allowed at every step.
func (s Steps) Inside() bool {
	for i, limit := range s.allowed() {
		if i >= len(s.Ours) || !(s.Ours[i] <= limit) {
			return false
		}
	}
	return true
}

func (s Steps) String() string {
	verdict := "inside"
	if !s.Inside() {
		verdict = "outside"
	}
	return fmt.Sprintf("%s, seed %d: %s", s.Net, s.Seed, verdict)
}

// Deviations shows how far single precision leads two implementations from the same steps in double precision.
func Deviations(all []Steps) (*Figure, error) {
	if len(all) == 0 {
		return nil, fmt.Errorf("figure: no steps to compare")
	}
	alt := "Line plots of the loss's deviation from float64, as a running maximum over training steps, on a logarithmic axis. After the last step:"
	for _, s := range all {
		if len(s.Ours) == 0 || len(s.Ours) != len(s.Theirs) {
			return nil, fmt.Errorf("figure: %s seed %d has %d deviations of ours and %d of PyTorch's", s.Net, s.Seed, len(s.Ours), len(s.Theirs))
		}
		alt += fmt.Sprintf(" %s, ours %.1e, PyTorch's own %.1e;", s, s.Ours[len(s.Ours)-1], s.Theirs[len(s.Theirs)-1])
	}
	columns := min(3, len(all))
	rows := (len(all) + columns - 1) / columns
	return &Figure{
		Title: "The same steps in float32, here and in PyTorch: how far both are from float64",
		Header: []string{
			fmt.Sprintf("CIFAR-10, the same weights, queue and views. Engine %s; PyTorch %s, the worse of one and two threads; truth: PyTorch in float64.", all[0].Engine, all[0].Torch),
			"Deviation: running maximum over the steps of |loss - truth| / truth. One run a panel. Shaded: what is allowed, 3 times PyTorch's own plus 1e-6.",
		},
		Width:  vg.Length(columns) * 3.2 * vg.Inch,
		Height: vg.Length(rows)*2.5*vg.Inch + 70,
		alt:    alt,
		body: func(c draw.Canvas) {
			tiles := draw.Tiles{Rows: rows, Cols: columns, PadX: 12, PadY: 12}
			for i, s := range all {
				deviationPanel(s).Draw(tiles.At(c, i%columns, i/columns))
			}
		},
	}, nil
}

// smallest stands for a deviation of zero, which a logarithmic axis has no place for.
const smallest = 1e-9

func deviationPanel(s Steps) *plot.Plot {
	p := newPlot()
	p.Title.Text = s.String()
	p.Title.TextStyle.Font = sans(10, xfont.WeightNormal)
	p.X.Label.Text = "step"
	p.Y.Label.Text = "deviation of the loss"
	// The logarithms are drawn on a linear axis: on a plot.LogScale gonum leaves room for the label at a wrong height.
	floor := math.Log10(smallest)
	curve := func(v []float64) plotter.XYs {
		xy := make(plotter.XYs, len(v))
		for i, y := range v {
			xy[i] = plotter.XY{X: float64(i + 1), Y: math.Log10(math.Max(y, smallest))}
		}
		return xy
	}
	limit := curve(s.allowed())
	shade := append(plotter.XYs{{X: limit[0].X, Y: floor}}, limit...)
	shade = append(shade, plotter.XY{X: limit[len(limit)-1].X, Y: floor})
	p.Add(&plotter.Polygon{XYs: []plotter.XYs{shade}, Color: lightGray})
	theirs, ours := look{blue, draw.PyramidGlyph{}, dashed}, look{vermillion, draw.CircleGlyph{}, nil}
	for _, side := range []struct {
		values []float64
		look   look
	}{{s.Theirs, theirs}, {s.Ours, ours}} {
		xy := curve(side.values)
		l := &plotter.Line{XYs: xy, LineStyle: line(side.look.color, 1.4, side.look.dashes)}
		stride := max(1, len(xy)/5)
		var marks plotter.XYs
		for i := 0; i < len(xy); i += stride {
			marks = append(marks, xy[i])
		}
		m := &plotter.Scatter{XYs: marks, GlyphStyle: draw.GlyphStyle{Color: side.look.color, Radius: 3, Shape: side.look.shape}}
		p.Add(l, m)
	}
	p.Add(lookKey{{"PyTorch", theirs}, {"ours", ours}})
	p.Y.Tick.Marker = decades{}
	p.X.Tick.Marker = wholeTicks{len(s.Ours)}
	p.Y.Min, p.Y.Max = floor, 0
	return p
}

// lookKey says at the top left what each look means. (plot.Legend takes room of its own, which leaves panels unequal.)
type lookKey []struct {
	words string
	look  look
}

// Plot implements plot.Plotter.
func (k lookKey) Plot(c draw.Canvas, _ *plot.Plot) {
	for i, e := range k {
		x, y := c.Min.X+6, c.Max.Y-8-vg.Length(i)*13
		c.StrokeLine2(line(e.look.color, 1.4, e.look.dashes), x, y, x+26, y)
		c.DrawGlyph(draw.GlyphStyle{Color: e.look.color, Radius: 3, Shape: e.look.shape}, vg.Point{X: x + 13, Y: y})
		s := labelStyle
		s.YAlign = draw.YCenter
		c.FillText(s, vg.Point{X: x + 31, Y: y}, e.words)
	}
}

// decades are the ticks of an axis of decimal logarithms, every second one named.
type decades struct{}

// Ticks implements plot.Ticker.
func (decades) Ticks(lo, hi float64) (t []plot.Tick) {
	for e := math.Ceil(lo); e <= hi; e++ {
		tick := plot.Tick{Value: e}
		if int(e)%2 == 0 {
			tick.Label = fmt.Sprintf("1e%g", e)
		}
		t = append(t, tick)
	}
	return t
}

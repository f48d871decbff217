package figure

import (
	"fmt"
	"image/color"
	"math"
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"github.com/hardneg/hardneg/lib/experiment"
)

// BandHistogram shows which similarities the policy of r keeps, at the end of its training.
func BandHistogram(r *experiment.Record) (*Figure, error) {
	if r.Negatives == nil {
		return nil, fmt.Errorf("%w: the record of %v describes no negatives", ErrLacks, r.Setting)
	}
	if r.Setting.Method != experiment.MoCo {
		return Histogram(*r.Negatives, "0-100", scale(r.Setting)+", untrained"), nil
	}
	return Histogram(*r.Negatives, r.Setting.Policy, scale(r.Setting)), nil
}

// Histogram shows the similarities of queries to negatives with those that the policy keeps on top, and those of
// queries to their positives. From says what the encoders were trained on.
func Histogram(n experiment.Negatives, policy, from string) *Figure {
	kept, all := sum(n.Kept), sum(n.All)
	share := float64(kept) / float64(max(all, 1))
	return &Figure{
		Title: fmt.Sprintf("What “%s” keeps (%s)", policy, ArmWords(policy)),
		Header: []string{
			from + ".",
			fmt.Sprintf("%s queries x %s negatives, keys of the query's own image left out. Kept: %s of %s pairs (%.1f%%).",
				thousands(n.Queries), thousands(n.Slots), thousands(kept), thousands(all), 100*share),
			"Dotted lines: similarity of a query's hardest and easiest kept negative, means over the queries.",
		},
		Width:  8 * vg.Inch,
		Height: 4.4 * vg.Inch,
		alt: fmt.Sprintf("Histogram of the dot products of queries with negatives, on %s. %s The policy %s keeps %s pairs of %s, from similarity %.2f to %.2f on average; the mean similarity of a query with its positive is %.2f.",
			from, spread(n), policy, thousands(kept), thousands(all), n.Thresholds[1], n.Thresholds[0], mean(n.Edges, n.Positive)),
		body: func(c draw.Canvas) { histogramPlot(n, policy).Draw(c) },
	}
}

func histogramPlot(n experiment.Negatives, policy string) *plot.Plot {
	p := newPlot()
	p.X.Label.Text = "similarity q·k (dot product of normalised vectors; a negative at 1 is the hardest)"
	p.Y.Label.Text = "share of all negatives per bin (%)"
	look := lookOf(policy)
	merge := (len(n.All) + maxBins - 1) / maxBins
	edges := merged(n.Edges, merge)
	all := &bars{edges, shares(mergeCounts(n.All, merge), sum(n.All)), color.NRGBA{205, 205, 205, 255}, line(gray, 0.8, nil)}
	kept := &bars{edges, shares(mergeCounts(n.Kept, merge), sum(n.All)), fade(look.color), line(look.color, 1.2, nil)}
	positives := &bars{edges, shares(mergeCounts(n.Positive, merge), sum(n.Positive)), nil, line(green, 1.6, dashed)}
	scaleTo(positives.heights, all.heights)
	p.Add(all, kept, positives)
	keptWords := "kept"
	if policy == "0-100" {
		keptWords = "kept: all"
	}
	p.Legend.Add("negatives", all)
	p.Legend.Add(keptWords, kept)
	p.Legend.Add("positives (own scale)", positives)
	p.Legend.Top, p.Legend.Left = true, true
	p.Legend.ThumbnailWidth, p.Legend.YOffs, p.Legend.XOffs, p.Legend.Padding = 18, -2, 6, 2
	for i, name := range []string{"hardest kept", "easiest kept"} {
		p.Add(&threshold{n.Thresholds[i], fmt.Sprintf("%s: %.2f", name, n.Thresholds[i]), i, line(look.color, 1, dotted)})
	}
	lo, hi := support(n)
	p.X.Min, p.X.Max = math.Max(-1, lo-0.05), math.Min(1, hi+0.05)
	p.X.Tick.Marker, p.Y.Tick.Marker = tenthTicks{}, roundTicks{}
	p.Y.Min = 0
	p.Y.Max *= 1.22 // room for the labels
	return p
}

// bars is a histogram drawn as one outline: heights[i] from edges[i] to edges[i+1].
type bars struct {
	edges, heights []float64
	fill           color.Color // nil: outline only
	style          draw.LineStyle
}

// Plot implements plot.Plotter.
func (b *bars) Plot(c draw.Canvas, p *plot.Plot) {
	tx, ty := p.Transforms(&c)
	for i := 0; i < len(b.heights); i++ {
		if b.heights[i] == 0 {
			continue
		}
		points := []vg.Point{{X: tx(b.edges[i]), Y: ty(0)}} // one run of bins that are not empty
		for ; i < len(b.heights) && b.heights[i] > 0; i++ {
			points = append(points, vg.Point{X: tx(b.edges[i]), Y: ty(b.heights[i])}, vg.Point{X: tx(b.edges[i+1]), Y: ty(b.heights[i])})
		}
		points = append(points, vg.Point{X: tx(b.edges[i]), Y: ty(0)})
		if b.fill != nil {
			c.FillPolygon(b.fill, c.ClipPolygonXY(points))
		}
		c.StrokeLines(b.style, c.ClipLinesXY(points)...)
	}
}

// DataRange implements plot.DataRanger.
func (b *bars) DataRange() (xmin, xmax, ymin, ymax float64) {
	for _, h := range b.heights {
		ymax = math.Max(ymax, h)
	}
	return b.edges[0], b.edges[len(b.edges)-1], 0, ymax
}

// Thumbnail implements plot.Thumbnailer.
func (b *bars) Thumbnail(c *draw.Canvas) {
	corners := []vg.Point{c.Min, {X: c.Max.X, Y: c.Min.Y}, c.Max, {X: c.Min.X, Y: c.Max.Y}}
	if b.fill != nil {
		c.FillPolygon(b.fill, corners)
		c.StrokeLines(b.style, append(corners, c.Min))
		return
	}
	c.StrokeLine2(b.style, c.Min.X, c.Center().Y, c.Max.X, c.Center().Y)
}

// threshold is a vertical line with a label beside its top; labels of the two stand at two heights.
type threshold struct {
	x     float64
	label string
	row   int
	style draw.LineStyle
}

// Plot implements plot.Plotter.
func (t *threshold) Plot(c draw.Canvas, p *plot.Plot) {
	tx, _ := p.Transforms(&c)
	x, y := tx(t.x), c.Max.Y-vg.Length(t.row)*12
	c.StrokeLine2(t.style, x, c.Min.Y, x, y)
	label := labelStyle
	at := x + 3
	if x > (c.Min.X+c.Max.X)/2 {
		label.XAlign, at = draw.XRight, x-3
	}
	c.FillText(label, vg.Point{X: at, Y: y}, t.label)
}

func sum(counts []int) int {
	s := 0
	for _, n := range counts {
		s += n
	}
	return s
}

// shares are the counts in per cent of total.
func shares(counts []int, total int) []float64 {
	s := make([]float64, len(counts))
	for i, n := range counts {
		s[i] = 100 * float64(n) / float64(max(total, 1))
	}
	return s
}

// mean is the mean of a histogram by the middles of its bins.
func mean(edges []float64, counts []int) float64 {
	s := 0.0
	for i, n := range counts {
		s += float64(n) * (edges[i] + edges[i+1]) / 2
	}
	return s / float64(max(sum(counts), 1))
}

// maxBins is how many bins a drawing has at most; a record's finer ones are merged.
const maxBins = 60

// mergeCounts adds up each run of by counts; the last one may be shorter.
func mergeCounts(counts []int, by int) []int {
	out := make([]int, (len(counts)+by-1)/by)
	for i, n := range counts {
		out[i/by] += n
	}
	return out
}

// merged are the edges of the bins that mergeCounts makes.
func merged(edges []float64, by int) []float64 {
	var out []float64
	for i := 0; i < len(edges)-1; i += by {
		out = append(out, edges[i])
	}
	return append(out, edges[len(edges)-1])
}

// scaleTo scales heights so that their highest is that of like.
func scaleTo(heights, like []float64) {
	top := slices.Max(heights)
	if top == 0 {
		return
	}
	factor := slices.Max(like) / top
	for i := range heights {
		heights[i] *= factor
	}
}

// support is the range of similarities that holds any pair.
func support(n experiment.Negatives) (lo, hi float64) {
	lo, hi = 1, -1
	for i := range n.All {
		if n.All[i]+n.Positive[i] > 0 {
			lo, hi = math.Min(lo, n.Edges[i]), math.Max(hi, n.Edges[i+1])
		}
	}
	return lo, hi
}

func spread(n experiment.Negatives) string {
	return fmt.Sprintf("The mean similarity of a negative is %.2f.", mean(n.Edges, n.All))
}

// tenthTicks are at multiples of 0.1, with labels at those of 0.2 where there are many.
type tenthTicks struct{}

// Ticks implements plot.Ticker.
func (tenthTicks) Ticks(lo, hi float64) []plot.Tick {
	var t []plot.Tick
	for v := int(math.Ceil(lo*10 - 1e-9)); v <= int(math.Floor(hi*10+1e-9)); v++ {
		label := ""
		if v%2 == 0 || hi-lo < 0.8 {
			label = fmt.Sprintf("%.1f", float64(v)/10)
		}
		t = append(t, plot.Tick{Value: float64(v) / 10, Label: label})
	}
	return t
}

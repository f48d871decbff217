package experiment

import (
	"math"
	"slices"

	"gorgonia.org/tensor"

	"github.com/hardneg/hardneg/lib/contrast"
	"github.com/hardneg/hardneg/lib/engine"
	"github.com/hardneg/hardneg/lib/parallel"
)

// histogramBins cut [-1, 1]; bin edges are multiples of 0.005.
const histogramBins = 400

// binEdges are the percentiles at which difficulty is cut, finer towards the hardest.
var binEdges = []float64{0, 0.1, 0.2, 0.5, 1, 2, 3, 4, 5, 7.5, 10, 15, 20, 25, 30, 40, 50, 60, 70, 80, 90, 95, 100}

// Describe describes the pairs of one batch. s: (N, K) similarities; positive: (N) q.k+; kept: what the policy keeps,
// nil for all. Pairs of a query with its own image are left out, whatever is kept.
func Describe(s *tensor.Dense, positive []float64, kept *engine.Pairs, known contrast.Known) *Negatives {
	d := newDescription(s.Shape()[1])
	d.add(s, positive, kept, known)
	return d.negatives()
}

// description gathers batches.
type description struct {
	n      Negatives
	ranks  [][2]int    // of each bin, start to end-1
	shares [][]float64 // of each bin, for each query that has pairs in it
	sums   []float64   // of each bin, of similarities
	hard   float64     // sums over queries of the hardest and of the easiest kept similarity
	easy   float64
	heard  int // queries that keep anything
}

func newDescription(k int) *description {
	d := &description{n: Negatives{Slots: k, All: make([]int, histogramBins), Kept: make([]int, histogramBins), Positive: make([]int, histogramBins)}}
	from := binEdges[0]
	for _, to := range binEdges[1:] {
		start, end, err := contrast.Band{Lo: from, Hi: to}.Ranks(k)
		if err != nil { // too narrow for so few negatives: the next one takes it in
			continue
		}
		d.n.Bins = append(d.n.Bins, DifficultyBin{Lo: from, Hi: to})
		d.ranks = append(d.ranks, [2]int{start, end})
		from = to
	}
	d.shares, d.sums = make([][]float64, len(d.ranks)), make([]float64, len(d.ranks))
	return d
}

func (d *description) add(s *tensor.Dense, positive []float64, kept *engine.Pairs, known contrast.Known) {
	n, k := s.Shape()[0], s.Shape()[1]
	values := engine.Floats(s)
	order := make([][]int32, n) // each query's negatives, the hardest first
	parallel.For(n, 4, func(lo, hi int) {
		for q := lo; q < hi; q++ {
			order[q] = ranked(values[q*k:(q+1)*k], known, q)
		}
	})
	for q := range n {
		d.n.Queries++
		d.n.Positive[histogramBin(positive[q])]++
		hardest, easiest, any := math.Inf(-1), math.Inf(1), false
		for _, j := range order[q] {
			v := float64(values[q*k+int(j)])
			d.n.All[histogramBin(v)]++
			if kept == nil || kept.Has(q, int(j)) {
				d.n.Kept[histogramBin(v)]++
				hardest, easiest, any = max(hardest, v), min(easiest, v), true
			}
		}
		if any {
			d.hard, d.easy, d.heard = d.hard+hardest, d.easy+easiest, d.heard+1
		}
		for b, r := range d.ranks {
			start, end := min(r[0], len(order[q])), min(r[1], len(order[q]))
			same := 0
			for _, j := range order[q][start:end] {
				if known.NegativeLabel[j] == known.QueryLabel[q] {
					same++
				}
				d.sums[b] += float64(values[q*k+int(j)])
			}
			if end > start {
				d.n.Bins[b].Pairs += end - start
				d.n.Bins[b].SameClass += same
				d.shares[b] = append(d.shares[b], float64(same)/float64(end-start))
			}
		}
	}
}

// ranked are the negatives of query q that are not keys of its own image, the most similar first, equal ones in the
// order of the queue: the ranks of a band.
func ranked(row []float32, known contrast.Known, q int) []int32 {
	order := make([]int32, 0, len(row))
	for j := range row {
		if known.NegativeID[j] != known.QueryID[q] {
			order = append(order, int32(j))
		}
	}
	slices.SortFunc(order, func(a, b int32) int {
		switch {
		case row[a] > row[b]:
			return -1
		case row[a] < row[b]:
			return 1
		}
		return int(a - b)
	})
	return order
}

func histogramBin(v float64) int {
	return min(max(int(math.Floor((v+1)/2*histogramBins)), 0), histogramBins-1)
}

// negatives ends the description. Histograms are cut to the bins that hold any pair.
func (d *description) negatives() *Negatives {
	first, end := 0, histogramBins
	empty := func(i int) bool { return d.n.All[i]+d.n.Positive[i] == 0 }
	for first < end-1 && empty(first) {
		first++
	}
	for end > first+1 && empty(end-1) {
		end--
	}
	for i := first; i <= end; i++ {
		d.n.Edges = append(d.n.Edges, float64(2*i-histogramBins)/histogramBins)
	}
	d.n.All, d.n.Kept, d.n.Positive = d.n.All[first:end], d.n.Kept[first:end], d.n.Positive[first:end]
	if d.heard > 0 {
		d.n.Thresholds = [2]float64{d.hard / float64(d.heard), d.easy / float64(d.heard)}
	}
	for b := range d.n.Bins {
		bin := &d.n.Bins[b]
		if bin.Pairs > 0 {
			bin.Similarity = d.sums[b] / float64(bin.Pairs)
		}
		bin.Error = standardError(d.shares[b])
	}
	return &d.n
}

// standardError is that of the mean of values; 0 below two of them.
func standardError(values []float64) float64 {
	n := float64(len(values))
	if n < 2 {
		return 0
	}
	mean, sum := 0.0, 0.0
	for _, v := range values {
		mean += v / n
	}
	for _, v := range values {
		sum += (v - mean) * (v - mean)
	}
	return math.Sqrt(sum / (n - 1) / n)
}

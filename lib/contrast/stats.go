package contrast

import (
	"cmp"
	"fmt"
	"math/bits"
	"slices"
	"sort"

	"github.com/hardneg/hardneg/lib/engine"
	"gorgonia.org/tensor"
)

// The functions of this file look at what a step did. They take a query's row of similarities, which Row copies out.

// Row returns a copy of row n of t (N, M): the M similarities of query n, or its M features.
func Row(t *tensor.Dense, n int) []float32 {
	rows, columns := shape2("t", t)
	if n < 0 || n >= rows {
		panic(fmt.Sprintf("contrast: row %d of a tensor of shape %v", n, t.Shape()))
	}
	return engine.Floats(t)[n*columns : (n+1)*columns]
}

// Ranked returns all negatives of a query from the hardest to the easiest; equal similarities rank by slot. It is a
// full sort, for display: SelectRanks does without.
func Ranked(row []float32) []int {
	order := make([]int, len(row))
	for j := range order {
		order[j] = j
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(row[b], row[a]) })
	return order
}

// Borders returns the largest and the smallest similarity of the band among a query's negatives: what to shade on
// their histogram.
func (b Band) Borders(row []float32) (hardest, easiest float32, err error) {
	start, end, err := b.Ranks(len(row))
	if err != nil {
		return 0, 0, err
	}
	order := Ranked(row)
	return row[order[start]], row[order[end-1]], nil
}

// Histogram counts the similarities in each bin [edges[i], edges[i+1]), the last one closed. Edges ascend; what lies
// outside of them is not counted.
func Histogram(row []float32, edges []float64) []int {
	if len(edges) < 2 || !slices.IsSorted(edges) {
		panic(fmt.Sprintf("contrast: edges %v, want two or more in ascending order", edges))
	}
	count, last := make([]int, len(edges)-1), edges[len(edges)-1]
	for _, v := range row {
		x := float64(v)
		if !(x >= edges[0] && x <= last) {
			continue
		}
		i := sort.Search(len(edges), func(i int) bool { return edges[i] > x }) - 1
		count[min(i, len(count)-1)]++
	}
	return count
}

// Edges returns the borders of n equal bins from lo to hi.
func Edges(lo, hi float64, n int) []float64 {
	edges := make([]float64, n+1)
	for i := range edges {
		edges[i] = lo + (hi-lo)*float64(i)/float64(n)
	}
	return edges
}

// ClassShare is how often negatives are of their query's class, over all pairs whose two classes are known.
type ClassShare struct {
	Kept float64 // among the kept pairs
	Base float64 // among all pairs that are not masked
}

// Multiple is Kept as a multiple of Base: above 1 the policy prefers the query's own class.
func (c ClassShare) Multiple() float64 { return c.Kept / c.Base }

// SameClass compares the kept pairs with all that could have been kept. masked may be nil.
func SameClass(kept, masked *engine.Pairs, known Known) ClassShare {
	if len(known.QueryLabel) != kept.N || len(known.NegativeLabel) != kept.K {
		panic(fmt.Sprintf("contrast: the class of %d queries and %d negatives is known, of %d x %d",
			len(known.QueryLabel), len(known.NegativeLabel), kept.N, kept.K))
	}
	same := engine.NewPairs(kept.N, kept.K)
	both := engine.NewPairs(kept.N, kept.K) // both classes are known
	for n, own := range known.QueryLabel {
		for k, other := range known.NegativeLabel {
			if own < 0 || other < 0 {
				continue
			}
			both.Add(n, k)
			if own == other {
				same.Add(n, k)
			}
		}
	}
	var keptSame, keptAll, freeSame, freeAll int
	for i, s := range same.Bits {
		free := both.Bits[i]
		if masked != nil {
			free &^= masked.Bits[i]
		}
		keptAll += bits.OnesCount64(kept.Bits[i] & both.Bits[i])
		keptSame += bits.OnesCount64(kept.Bits[i] & s)
		freeAll += bits.OnesCount64(free)
		freeSame += bits.OnesCount64(free & s)
	}
	return ClassShare{float64(keptSame) / float64(keptAll), float64(freeSame) / float64(freeAll)}
}

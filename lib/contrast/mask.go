package contrast

import (
	"fmt"

	"github.com/hardneg/hardneg/lib/engine"
	"github.com/hardneg/hardneg/lib/parallel"
)

// Mask says which pairs must not count as negatives. A masked pair ranks after all others and is never kept;
// percentiles stay those of all K slots. The zero value masks nothing.
type Mask struct {
	OwnImage  bool // the negative is a view of the query's own image
	SameClass bool // an oracle: the negative is of the query's class
}

// Any tells whether the mask can mask anything; where it cannot, a policy takes nil for masked.
func (m Mask) Any() bool { return m.OwnImage || m.SameClass }

// Pairs writes the masked pairs into dst (N x K). A slot whose image is unknown (-1, a random key) is never masked.
func (m Mask) Pairs(dst *engine.Pairs, known Known) {
	dst.Clear()
	if m.OwnImage {
		addEqual(dst, "image", known.QueryID, known.NegativeID)
	}
	if m.SameClass {
		addEqual(dst, "class", known.QueryLabel, known.NegativeLabel)
	}
}

// addEqual adds the pairs in which query and negative are equal and known.
func addEqual(dst *engine.Pairs, what string, query, negative []int) {
	if len(query) != dst.N || len(negative) != dst.K {
		panic(fmt.Sprintf("contrast: the %s of %d queries and %d negatives is known, of %d x %d", what, len(query), len(negative), dst.N, dst.K))
	}
	parallel.For(dst.N, 8, func(lo, hi int) {
		for n := lo; n < hi; n++ {
			own, row := query[n], dst.Row(n)
			if own < 0 {
				continue
			}
			for k, other := range negative {
				if other == own {
					row[k>>6] |= 1 << (k & 63)
				}
			}
		}
	})
}

package contrast

import (
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/hardneg/hardneg/lib/engine"
	"github.com/hardneg/hardneg/lib/parallel"
	"gorgonia.org/tensor"
)

// Random keeps a uniform sample of each query's negatives, blind to difficulty: the control of a band of equal size.
// Percent is of all K slots, as a band's is: it keeps exactly as many as Band{0, Percent} does, drawn from those that
// are not masked (all of them where there are fewer).
type Random struct{ Percent float64 }

// Keep draws each query's negatives from a stream of its own, fixed by seed, step and query.
func (p Random) Keep(kept *engine.Pairs, s *tensor.Dense, masked *engine.Pairs, _ Known, r Rand) error {
	n, k := shape2("s", s)
	fits("kept", kept, n, k)
	if masked != nil {
		fits("masked", masked, n, k)
	}
	_, size, err := Band{0, p.Percent}.Ranks(k)
	if err != nil {
		return fmt.Errorf("%v: %w", p, err)
	}
	parallel.For(n, 8, func(lo, hi int) {
		for q := lo; q < hi; q++ {
			row := kept.Row(q)
			clear(row)
			if masked == nil {
				sample(row, k, size, r.Query(q))
				continue
			}
			free := k - masked.Count(q)
			sample(row, free, min(size, free), r.Query(q))
			spread(row, masked.Row(q), k, free)
		}
	})
	return nil
}

// String writes the policy as ParsePolicy reads it: "random 5".
func (p Random) String() string { return "random " + percent(p.Percent) }

// sample adds to row a uniform sample of size of the numbers below n, in size draws (Floyd's algorithm: Bentley and
// Floyd, "A sample of brilliance", 1987).
func sample(row []uint64, n, size int, r *rand.Rand) {
	for j := n - size; j < n; j++ {
		t := r.IntN(j + 1)
		if has(row, t) {
			t = j
		}
		row[t>>6] |= 1 << (t & 63)
	}
}

// spread moves the bits of row from positions among the free slots, those not masked, to positions among all k:
// downwards, since a slot's number is never below its position among the free ones.
func spread(row, masked []uint64, k, free int) {
	for slot := k - 1; slot >= 0; slot-- {
		if free < slot+1 { // else all below are free and in place
			bit := uint64(0)
			if !has(masked, slot) {
				free--
				bit = row[free>>6] >> (free & 63) & 1
			}
			row[slot>>6] = row[slot>>6]&^(1<<(slot&63)) | bit<<(slot&63)
		}
	}
}

func has(row []uint64, i int) bool { return row[i>>6]>>(i&63)&1 != 0 }

// check tells whether the percentage makes sense for some K.
func (p Random) check() error {
	if math.IsNaN(p.Percent) || p.Percent <= 0 || p.Percent > 100 {
		return fmt.Errorf("%v: a percentage of the negatives is above 0 and at most 100", p)
	}
	return nil
}

package contrast

import (
	"fmt"
	"math"
	"strconv"

	"github.com/hardneg/hardneg/lib/engine"
	"gorgonia.org/tensor"
)

// Band is [Lo, Hi), percentiles of a query's negatives ranked by difficulty and counted from the hardest end: 0-5 is
// the hardest 5%, 5-100 the easiest 95%, 0-100 plain MoCo v2. The zero value keeps nothing and is an error.
type Band struct{ Lo, Hi float64 }

// Ranks gives the band's ranks start..end-1 among k negatives, rank 0 being the hardest:
//
//	start = floor(Lo k / 100 + 1/2),  end = floor(Hi k / 100 + 1/2)
//
// in float64, multiplying first. Two bands that share a border share it for every k, so disjoint bands that cover
// 0-100 partition the negatives. A band that keeps nothing is an error, never the full band.
func (b Band) Ranks(k int) (start, end int, err error) {
	if err := b.check(); err != nil {
		return 0, 0, err
	}
	if k < 1 {
		return 0, 0, fmt.Errorf("band %v of %d negatives: there must be at least one", b, k)
	}
	start, end = rank(b.Lo, k), rank(b.Hi, k)
	if start == end {
		return 0, 0, b.empty(k)
	}
	return start, end, nil
}

// rank is the number of the k negatives that are harder than percentile p.
func rank(p float64, k int) int { return int(math.Floor(p*float64(k)/100 + 0.5)) }

func (b Band) check() error {
	switch {
	case math.IsNaN(b.Lo) || math.IsNaN(b.Hi):
		return fmt.Errorf("band %v: a border is not a number", b)
	case b.Lo < 0 || b.Hi > 100:
		return fmt.Errorf("band %v: borders are percentiles, from 0 (the hardest) to 100", b)
	case b.Lo >= b.Hi:
		return fmt.Errorf("band %v: the first border must be smaller than the second (percentiles are counted from the hardest end)", b)
	}
	return nil
}

// Keep keeps the ranks of the band: see Ranks. A masked pair ranks after all others and is never kept.
func (b Band) Keep(kept *engine.Pairs, s *tensor.Dense, masked *engine.Pairs, _ Known, _ Rand) error {
	_, k := shape2("s", s)
	start, end, err := b.Ranks(k)
	if err != nil {
		return err
	}
	return engine.Of(s).SelectRanks(kept, s, masked, start, end)
}

// String writes the band as ParseBand reads it: "0-5", "0.1-100".
func (b Band) String() string { return percent(b.Lo) + "-" + percent(b.Hi) }

func percent(p float64) string { return strconv.FormatFloat(p, 'f', -1, 64) }

// empty is the error for a band that rounds to no negatives of k, with the nearest settings that work.
func (b Band) empty(k int) error {
	return fmt.Errorf("band %v keeps none of %d negatives%s%s", b, k, b.largerQueue(k), b.wider(k))
}

// largerQueue names the smallest queue of more than k slots of which the band keeps something.
func (b Band) largerQueue(k int) string {
	const far = 1 << 20
	for n := k + 1; n <= k+far; n++ {
		if rank(b.Lo, n) < rank(b.Hi, n) {
			return fmt.Sprintf(": the smallest larger queue that works has %d", n)
		}
	}
	return fmt.Sprintf(": no queue of up to %d works", k+far)
}

// wider names the border that has to move, and how far, for the band to keep one of k.
func (b Band) wider(k int) string {
	start := rank(b.Lo, k)
	if start == k { // nothing is easier: Lo has to go down until its rank is k-1
		lo := (float64(k) - 0.5) * 100 / float64(k)
		for rank(lo, k) >= k {
			lo = math.Nextafter(lo, 0)
		}
		return fmt.Sprintf("; with %d, the first border may be at most %s", k, percent(lo))
	}
	hi := (float64(start) + 0.5) * 100 / float64(k)
	for rank(hi, k) <= start {
		hi = math.Nextafter(hi, 100)
	}
	return fmt.Sprintf("; with %d, the second border must be at least %s", k, percent(hi))
}

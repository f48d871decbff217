package contrast

import (
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/hardneg/hardneg/lib/engine"
	"github.com/hardneg/hardneg/lib/engine/cpu"
	"gorgonia.org/tensor"
)

// similarities returns n by k numbers without ties, on an engine.
func similarities(n, k int, r *rand.Rand) *tensor.Dense {
	x := make([]float32, 0, n*k)
	for range n {
		for _, j := range r.Perm(k) {
			x = append(x, float32(j)/float32(k)-0.5)
		}
	}
	return engine.From(cpu.New(), x, n, k)
}

func keep(t *testing.T, p Policy, s *tensor.Dense, masked *engine.Pairs, r Rand) *engine.Pairs {
	t.Helper()
	kept := engine.NewPairs(s.Shape()[0], s.Shape()[1])
	kept.Fill() // what was there must not matter
	if err := p.Keep(kept, s, masked, Known{}, r); err != nil {
		t.Fatal(err)
	}
	return kept
}

// Multiplying first decides some ranks: 57% of 50 is 28.5 exactly, and rounds up.
func TestRanksMultiplyFirst(t *testing.T) {
	if start, end, err := (Band{57, 100}).Ranks(50); start != 29 || end != 50 || err != nil {
		t.Fatalf("ranks %d to %d, %v, want 29 to 50", start, end, err)
	}
}

func TestDisjointBandsPartition(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, k := range []int{1, 7, 100, 640, 2000} {
		s := similarities(3, k, r)
		for range 20 {
			cuts := []float64{0, 100}
			for range 4 {
				cuts = append(cuts, math.Round(r.Float64()*1000)/10)
			}
			slices.Sort(cuts)
			sum := engine.NewPairs(3, k)
			for i := range len(cuts) - 1 {
				b := Band{cuts[i], cuts[i+1]}
				start, end, err := b.Ranks(k)
				if err != nil {
					continue // an empty band adds nothing
				}
				kept := keep(t, b, s, nil, Rand{})
				for n := range 3 {
					if kept.Count(n) != end-start {
						t.Fatalf("band %v of %d keeps %d, want %d", b, k, kept.Count(n), end-start)
					}
				}
				for i, w := range kept.Bits {
					if sum.Bits[i]&w != 0 {
						t.Fatalf("K %d: the bands at %v overlap", k, cuts)
					}
					sum.Bits[i] |= w
				}
			}
			for n := range 3 {
				if sum.Count(n) != k {
					t.Fatalf("K %d: the bands at %v cover %d", k, cuts, sum.Count(n))
				}
			}
		}
	}
}

func TestBandDoesNotDependOnTheOrderOfTheQueue(t *testing.T) {
	const n, k = 2, 500
	r := rand.New(rand.NewPCG(3, 4))
	s := similarities(n, k, r)
	perm, x := r.Perm(k), engine.Floats(s)
	y := make([]float32, n*k)
	for i := range n {
		for j, to := range perm {
			y[i*k+to] = x[i*k+j]
		}
	}
	b := Band{5, 17.5}
	kept := keep(t, b, s, nil, Rand{})
	moved := keep(t, b, engine.From(cpu.New(), y, n, k), nil, Rand{})
	for i := range n {
		for j, to := range perm {
			if kept.Has(i, j) != moved.Has(i, to) {
				t.Fatalf("query %d, slot %d moved to %d: kept %v, then %v", i, j, to, kept.Has(i, j), moved.Has(i, to))
			}
		}
	}
}

// Masked slots rank last: of 100 slots, 40 masked, band 0-5 keeps the hardest 5 others, band 50-100 the last 10 others.
func TestMaskedSlotsRankLast(t *testing.T) {
	s := similarities(1, 100, rand.New(rand.NewPCG(5, 6)))
	order, masked := Ranked(Row(s, 0)), engine.NewPairs(1, 100)
	var free []int
	for rank, slot := range order {
		if rank%5 < 2 {
			masked.Add(0, slot)
		} else {
			free = append(free, slot)
		}
	}
	for band, want := range map[Band][]int{{0, 5}: free[:5], {50, 100}: free[50:], {0, 100}: free, {70, 100}: nil} {
		want = slices.Sorted(slices.Values(want))
		if got := keep(t, band, s, masked, Rand{}).Negatives(0); !slices.Equal(got, want) {
			t.Errorf("band %v: kept %v, want %v", band, got, want)
		}
	}
}

func TestBandErrorsSayWhatWorks(t *testing.T) {
	nan := math.NaN()
	for _, c := range []struct {
		band  Band
		k     int
		parts []string
	}{
		{Band{0, 0.1}, 400, []string{"band 0-0.1", "400", "larger queue that works has 500", "at least 0.125"}},
		{Band{99.9, 100}, 400, []string{"band 99.9-100", "at most 99.87"}},
		{Band{5, 5.0000001}, 100, []string{"no queue of up to", "at least 5.5"}},
		{Band{5, 5}, 100, []string{"band 5-5", "smaller than the second"}},
		{Band{10, 5}, 100, []string{"band 10-5", "hardest end"}},
		{Band{}, 100, []string{"band 0-0"}},
		{Band{nan, 5}, 100, []string{"band NaN-5", "not a number"}},
		{Band{0, nan}, 100, []string{"not a number"}},
		{Band{-1, 5}, 100, []string{"band -1-5", "from 0"}},
		{Band{0, 100.5}, 100, []string{"100.5", "to 100"}},
		{Band{0, 5}, 0, []string{"0 negatives"}},
	} {
		_, _, err := c.band.Ranks(c.k)
		for _, p := range c.parts {
			if err == nil || !strings.Contains(err.Error(), p) {
				t.Errorf("band %v of %d: error %v, want one with %q", c.band, c.k, err, p)
			}
		}
	}
	for _, k := range []int{3, 7, 400, 4096} { // what the error proposes does work, and nothing smaller
		b := Band{0, 0.01}
		hi := (Band{0, 0.5 * 100 / float64(k)})
		if _, _, err := b.Ranks(k); err == nil || !strings.Contains(err.Error(), "at least "+percent(hi.Hi)) {
			t.Errorf("K %d: error %v, want one with %g", k, err, hi.Hi)
		}
		if _, _, err := hi.Ranks(k); err != nil {
			t.Error(err)
		}
	}
}

package contrast

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/hardneg/hardneg/lib/engine"
	"github.com/hardneg/hardneg/lib/parallel"
)

func TestRandomKeepsAsManyAsItsBand(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, k := range []int{10, 64, 333, 1000} {
		s := similarities(5, k, r)
		masked := engine.NewPairs(5, k)
		for n := 1; n < 5; n++ { // query 0 has none, query 4 has nearly all
			for j := range k {
				if r.IntN(4) < n-1 || n == 4 && j > 2 {
					masked.Add(n, j)
				}
			}
		}
		for _, p := range []float64{5, 33.3, 50, 99, 100} {
			_, size, err := Band{0, p}.Ranks(k)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range []*engine.Pairs{nil, masked} {
				kept := keep(t, Random{p}, s, m, Rand{Seed: 7, Step: 3})
				for n := range 5 {
					want := size
					if m != nil {
						want = min(size, k-m.Count(n))
						for i, w := range kept.Row(n) {
							if w&m.Row(n)[i] != 0 {
								t.Fatalf("K %d, random %g: query %d keeps a masked slot", k, p, n)
							}
						}
					}
					if kept.Count(n) != want || kept.K%64 != 0 && kept.Row(n)[kept.Words-1]>>(kept.K%64) != 0 {
						t.Fatalf("K %d, random %g: query %d keeps %d, want %d", k, p, n, kept.Count(n), want)
					}
				}
			}
		}
	}
}

// Each slot that is not masked is kept equally often: 4,000 draws of 10 from 30, five standard errors.
func TestRandomIsUniform(t *testing.T) {
	const n, k, steps, free, size = 40, 40, 100, 30, 10
	s := similarities(n, k, rand.New(rand.NewPCG(1, 2)))
	masked := engine.NewPairs(n, k)
	for q := range n {
		for j := range k {
			if j%4 == 1 {
				masked.Add(q, j)
			}
		}
	}
	var count [k]int
	for step := range steps {
		kept := keep(t, Random{25}, s, masked, Rand{Seed: 1, Step: step})
		for q := range n {
			for _, j := range kept.Negatives(q) {
				count[j]++
			}
		}
	}
	p := float64(size) / free
	for j, c := range count {
		want := p * n * steps
		if j%4 == 1 {
			want = 0
		}
		if math.Abs(float64(c)-want) > 5*math.Sqrt(p*(1-p)*n*steps) {
			t.Errorf("slot %d is kept %d times, want about %g", j, c, want)
		}
	}
}

func TestRandomHasAStreamForEachQuery(t *testing.T) {
	s := similarities(4, 200, rand.New(rand.NewPCG(1, 2)))
	old := parallel.Threads()
	defer parallel.SetThreads(old)
	first := keep(t, Random{10}, s, nil, Rand{1, 2})
	parallel.SetThreads(3)
	if !slices.Equal(first.Bits, keep(t, Random{10}, s, nil, Rand{1, 2}).Bits) {
		t.Error("the same seed and step draw other pairs")
	}
	if slices.Equal(first.Bits, keep(t, Random{10}, s, nil, Rand{1, 3}).Bits) || slices.Equal(first.Bits, keep(t, Random{10}, s, nil, Rand{2, 2}).Bits) {
		t.Error("another seed or step draws the same pairs")
	}
	if slices.Equal(first.Row(0), first.Row(1)) {
		t.Error("two queries draw the same")
	}
	// The order of the queue and the similarities are nothing to it.
	if !slices.Equal(first.Bits, keep(t, Random{10}, similarities(4, 200, rand.New(rand.NewPCG(9, 9))), nil, Rand{1, 2}).Bits) {
		t.Error("what is drawn depends on the similarities")
	}
}

func TestMask(t *testing.T) {
	known := Known{
		QueryID: []int{10, 11, -1}, QueryLabel: []int{0, 1, -1},
		NegativeID: []int{11, 10, -1, 12, 10}, NegativeLabel: []int{1, 0, -1, 0, 0},
	}
	p := engine.NewPairs(3, 5)
	for mask, want := range map[Mask][3][]int{
		{}:                                {{}, {}, {}},
		{OwnImage: true}:                  {{1, 4}, {0}, {}},
		{SameClass: true}:                 {{1, 3, 4}, {0}, {}},
		{OwnImage: true, SameClass: true}: {{1, 3, 4}, {0}, {}},
	} {
		p.Fill()
		mask.Pairs(p, known)
		for n := range 3 {
			if got := p.Negatives(n); !slices.Equal(got, want[n]) {
				t.Errorf("%+v, query %d: masked %v, want %v", mask, n, got, want[n])
			}
		}
		if mask.Any() != (mask != Mask{}) {
			t.Errorf("%+v: Any is %v", mask, mask.Any())
		}
	}
	defer func() {
		if p := recover(); p == nil || !strings.Contains(fmt.Sprint(p), "2 queries and 5 negatives") {
			t.Errorf("recovered %v", p)
		}
	}()
	known.QueryID = known.QueryID[:2]
	Mask{OwnImage: true}.Pairs(p, known)
}

func TestParsePolicy(t *testing.T) {
	for text, want := range map[string]Policy{
		"0-5": Band{0, 5}, "0.1-100": Band{0.1, 100}, "0-100": Band{0, 100}, "5-10": Band{5, 10}, ".5-07.25": Band{0.5, 7.25},
		"random 5": Random{5}, "random 0.5": Random{0.5}, "random 5%": Random{5},
	} {
		got, err := ParsePolicy(text)
		if err != nil || got != want {
			t.Errorf("%q is read as %v (%v), want %v", text, got, err, want)
		}
	}
	for text, part := range map[string]string{
		"": "0-5", "5": "hyphen", "5-": "not a decimal", "-5": "not a decimal", "-5-10": "not a decimal", "a-b": "unknown policy",
		"0-5-10": "not a decimal", "NaN-5": "unknown policy", "0-1e2": "not a decimal", "0-5%": "not a decimal",
		"10-5": "did you mean 5-10?", "5-5": "smaller", "0-101": "to 100", "random": "random 5", "random 0": "above 0",
		"random 101": "at most 100", "rndom 5": `did you mean "random"?`, "hardest 5": "a band such as 0-5", "random x": "not a decimal",
		"1.2.3-5": "not a decimal",
	} {
		if got, err := ParsePolicy(text); err == nil || !strings.Contains(err.Error(), part) {
			t.Errorf("%q is read as %v, error %v, want one with %q", text, got, err, part)
		}
	}
	if _, err := ParseBand("random 5"); err == nil {
		t.Error("random 5 is read as a band")
	}
}

func FuzzParsePolicy(f *testing.F) {
	for _, text := range []string{"0-5", "0.1-100", "random 5", "10-5", "-", "random ", "1e3-5", "0-100.00000000000001"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		p, err := ParsePolicy(text)
		if err != nil {
			return
		}
		again, err := ParsePolicy(p.String())
		if err != nil || again != p {
			t.Fatalf("%q is read as %v, and that as %v (%v)", text, p, again, err)
		}
		if b, ok := p.(Band); ok && !(0 <= b.Lo && b.Lo < b.Hi && b.Hi <= 100) {
			t.Fatalf("%q is read as %v", text, b)
		}
	})
}

func FuzzBandRanks(f *testing.F) {
	f.Add(0.0, 0.1, 400)
	f.Add(57.0, 100.0, 50)
	f.Add(99.9, 100.0, 400)
	f.Fuzz(func(t *testing.T, lo, hi float64, k int) {
		k = k & 0x3fff
		start, end, err := Band{lo, hi}.Ranks(k)
		if err == nil && !(0 <= start && start < end && end <= k) {
			t.Fatalf("band %g-%g of %d: ranks %d to %d", lo, hi, k, start, end)
		}
	})
}

package cpu

import (
	"cmp"
	"encoding/binary"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/hardneg/hardneg/lib/engine"
	"github.com/hardneg/hardneg/lib/parallel"
)

// sorted is the definition: the free columns of a row by value from the largest down, then by column.
func sorted(row []float32, masked func(j int) bool) []int {
	var order []int
	for j := range row {
		if masked == nil || !masked(j) {
			order = append(order, j)
		}
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(row[b], row[a]) })
	return order
}

// checkSelect holds every row of a selection to a sort.
func checkSelect(t *testing.T, values []float32, n, k int, masked *engine.Pairs, start, end int) {
	t.Helper()
	e := New()
	s := engine.From(e, values, n, k)
	kept := engine.NewPairs(n, k)
	for i := range kept.Bits { // what was there must not matter
		kept.Bits[i] = 0xaaaaaaaaaaaaaaaa
	}
	if err := e.SelectRanks(kept, s, masked, start, end); err != nil {
		t.Fatal(err)
	}
	for i := range n {
		var m func(int) bool
		if masked != nil {
			m = func(j int) bool { return masked.Has(i, j) }
		}
		order := sorted(values[i*k:(i+1)*k], m)
		want := order[min(start, len(order)):min(end, len(order))]
		slices.Sort(want)
		if got := kept.Negatives(i); !slices.Equal(got, want) {
			t.Fatalf("n %d, K %d, ranks %d to %d, row %d: kept %d pairs, want %d; the first are %v and %v",
				n, k, start, end, i, len(got), len(want), head(got), head(want))
		}
	}
}

func head(list []int) []int { return list[:min(8, len(list))] }

func TestSelectRanksIsASort(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	draws := map[string]func(j int) float32{
		"normal":       func(int) float32 { return float32(r.NormFloat64() * 0.1) },
		"ties":         func(int) float32 { return float32(r.IntN(7)-3) / 4 },
		"equal":        func(int) float32 { return 0.5 },
		"zeros":        func(int) float32 { return float32(math.Copysign(0, float64(r.IntN(2))-0.5)) },
		"ascending":    func(j int) float32 { return float32(j) },
		"misled":       func(j int) float32 { return float32(j % 64) }, // in step with the sample
		"infinite":     func(int) float32 { return float32(math.Inf(r.IntN(3) - 1)) },
		"subnormal":    func(int) float32 { return math.Float32frombits(uint32(r.IntN(50)) | uint32(r.IntN(2))<<31) },
		"any bits":     func(int) float32 { return anyNumber(r) },
		"nearly equal": func(int) float32 { return math.Float32frombits(0x3f000000 + uint32(r.IntN(3))) },
	}
	for name, draw := range draws {
		for _, k := range []int{1, 2, 63, 64, 65, 500, 4096, 9001} {
			const n = 3
			values := make([]float32, n*k)
			for i := range values {
				values[i] = draw(i % k)
			}
			masked := engine.NewPairs(n, k)
			for i := range n * k / 5 {
				if i%n > 0 { // row 0 has none
					masked.Add(i%n, r.IntN(k))
				}
			}
			if k < 3 {
				masked.Add(1, 0)
			}
			for _, ranks := range [][2]int{{0, k}, {0, 0}, {k, k}, {0, (k + 1) / 2}, {k / 2, k}, {k / 20, k / 10}, {k / 20, k}, {0, k / 20}, {k * 19 / 20, k}, {k / 3, k/3 + min(1, k-k/3)}} {
				t.Run(name, func(t *testing.T) {
					checkSelect(t, values, n, k, nil, ranks[0], ranks[1])
					checkSelect(t, values, n, k, masked, ranks[0], ranks[1])
				})
			}
		}
	}
}

func anyNumber(r *rand.Rand) float32 {
	for {
		if v := math.Float32frombits(r.Uint32()); v == v {
			return v
		}
	}
}

func TestSelectRanksNamesTheFirstNaN(t *testing.T) {
	const n, k = 70, 300
	values := make([]float32, n*k)
	nan := float32(math.NaN())
	values[61*k+3], values[17*k+211], values[17*k+250] = nan, nan, nan
	e := New()
	kept := engine.NewPairs(n, k)
	err := e.SelectRanks(kept, engine.From(e, values, n, k), nil, 0, 10)
	if err == nil || !strings.Contains(err.Error(), "query 17 and negative 211") {
		t.Fatalf("error %v, want one of query 17 and negative 211", err)
	}
	for i := range n {
		if kept.Count(i) != 0 {
			t.Fatalf("row %d keeps %d pairs after an error", i, kept.Count(i))
		}
	}
}

func TestSelectRanksIsTheSameForAnyThreads(t *testing.T) {
	const n, k = 37, 2000
	r := rand.New(rand.NewPCG(3, 4))
	values := make([]float32, n*k)
	for i := range values {
		values[i] = float32(r.IntN(400))
	}
	old := parallel.Threads()
	defer parallel.SetThreads(old)
	var first []uint64
	for _, threads := range []int{1, 2, 5} {
		parallel.SetThreads(threads)
		e := New()
		kept := engine.NewPairs(n, k)
		if err := e.SelectRanks(kept, engine.From(e, values, n, k), nil, 100, 300); err != nil {
			t.Fatal(err)
		}
		if first == nil {
			first = kept.Bits
		}
		if !slices.Equal(first, kept.Bits) {
			t.Fatalf("%d threads keep other pairs than one", threads)
		}
	}
}

func FuzzSelectRanks(f *testing.F) {
	f.Add([]byte{0, 0, 128, 63, 0, 0, 0, 64, 0, 0, 0, 128}, uint16(0), uint16(2), uint8(3))
	f.Add(make([]byte, 4000), uint16(10), uint16(500), uint8(7))
	f.Fuzz(func(t *testing.T, b []byte, start, end uint16, every uint8) {
		var values []float32
		for ; len(b) >= 4; b = b[4:] {
			v := math.Float32frombits(binary.LittleEndian.Uint32(b))
			if v != v {
				v = 0
			}
			values = append(values, v)
		}
		k := len(values)
		if k == 0 {
			return
		}
		lo, hi := int(start)%(k+1), int(end)%(k+1)
		if lo > hi {
			lo, hi = hi, lo
		}
		masked := engine.NewPairs(1, k)
		for j := 0; j < k; j += int(every) + 1 {
			masked.Add(0, j)
		}
		checkSelect(t, values, 1, k, nil, lo, hi)
		checkSelect(t, values, 1, k, masked, lo, hi)
	})
}

// BenchmarkSelectRanks: N 256, K 65,536, beside one read of the similarities.
func BenchmarkSelectRanks(b *testing.B) {
	const n, k = 256, 65536
	r := rand.New(rand.NewPCG(1, 2))
	e := New()
	s := e.New(n, k)
	for i := range data(s) {
		data(s)[i] = float32(r.NormFloat64() * 0.09)
	}
	b.Run("read", func(b *testing.B) {
		b.SetBytes(4 * n * k)
		for b.Loop() {
			parallel.For(n, 2, func(lo, hi int) { hasNaN(data(s)[lo*k : hi*k]) })
		}
	})
	kept := engine.NewPairs(n, k)
	for name, ranks := range map[string][2]float64{"0-5": {0, 5}, "5-10": {5, 10}, "0.1-100": {0.1, 100}, "45-50": {45, 50}, "0-100": {0, 100}} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(4 * n * k)
			b.ReportAllocs()
			for b.Loop() {
				if err := e.SelectRanks(kept, s, nil, int(ranks[0]*k/100+0.5), int(ranks[1]*k/100+0.5)); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

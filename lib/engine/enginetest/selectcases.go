package enginetest

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/hardneg/hardneg/lib/engine"
)

func selectCases() []testCase {
	var cases []testCase
	for _, k := range []int{1, 2, 63, 64, 65, 127, 128, 1000, 4096} {
		for _, kind := range []string{"distinct", "ties", "equal", "zeros", "infinite"} {
			for _, masked := range []string{"none", "few", "half", "all"} {
				cases = append(cases, testCase{fmt.Sprintf("%d/%s/masked %s", k, kind, masked), func(tr *trial) {
					selectCase(tr, k, kind, masked)
				}})
			}
		}
	}
	return append(cases, testCase{"NaN", selectNaNCase})
}

// similarities returns n x k values: distinct ones, ones with many ties, all the same, zeros of both signs (equal,
// so that the column decides), or infinities among them.
func (tr *trial) similarities(n, k int, kind string) []float32 {
	s := tr.normal(n * k)
	for i, v := range s {
		switch kind {
		case "ties":
			s[i] = float32(math.Round(float64(v)*4) / 4)
		case "equal":
			s[i] = 0.5
		case "zeros":
			s[i] = float32(math.Copysign(0, float64(v)))
		case "infinite":
			if tr.r.IntN(4) == 0 {
				s[i] = float32(math.Inf(tr.r.IntN(2)*2 - 1))
			}
		}
	}
	return s
}

// pairs returns a set that holds a part of all pairs; nil for "none".
func (tr *trial) pairs(n, k int, how string) *engine.Pairs {
	if how == "none" {
		return nil
	}
	p, part := engine.NewPairs(n, k), map[string]float64{"few": 0.03, "half": 0.5, "all": 1}[how]
	for row := range n {
		for j := range k {
			if tr.r.Float64() < part {
				p.Add(row, j)
			}
		}
	}
	return p
}

func selectCase(tr *trial, k int, kind, how string) {
	const n = 5
	values := tr.similarities(n, k, kind)
	s, _ := tr.inputOf(values, n, k)
	masked := tr.pairs(n, k, how)
	ranges := [][2]int{{0, k}, {0, 0}, {k, k}, {0, 1}, {k - 1, k}, {0, k / 20}, {k / 20, k / 4}, {k / 3, k / 2}, {k / 2, k}, {0, k / 2}}
	for range 3 {
		a, b := tr.r.IntN(k+1), tr.r.IntN(k+1)
		ranges = append(ranges, [2]int{min(a, b), max(a, b)})
	}
	order := make([][]int, n)
	for row := range n {
		order[row] = ranked(values[row*k:][:k], masked, row)
	}
	for _, r := range ranges {
		kept := engine.NewPairs(n, k)
		for i := range kept.Bits { // what was there must go
			kept.Bits[i] = tr.r.Uint64()
		}
		if err := tr.e.SelectRanks(kept, s, masked, r[0], r[1]); err != nil {
			tr.t.Fatal(err)
		}
		want := engine.NewPairs(n, k)
		for row := range n {
			for _, j := range order[row][r[0]:r[1]] {
				if masked == nil || !masked.Has(row, j) {
					want.Add(row, j)
				}
			}
		}
		if !slices.Equal(kept.Bits, want.Bits) {
			for row := range n {
				if !slices.Equal(kept.Row(row), want.Row(row)) {
					tr.t.Fatalf("ranks %d to %d of row %d: %d kept, want %d; first difference in words %x, want %x",
						r[0], r[1], row, kept.Count(row), want.Count(row), kept.Row(row)[0], want.Row(row)[0])
				}
			}
		}
	}
}

// ranked lists the columns of a row by rank: what is masked last, larger values first, equal values by column.
func ranked(s []float32, masked *engine.Pairs, row int) []int {
	columns := make([]int, len(s))
	for j := range columns {
		columns[j] = j
	}
	last := func(j int) bool { return masked != nil && masked.Has(row, j) }
	slices.SortStableFunc(columns, func(a, b int) int {
		switch {
		case last(a) != last(b):
			if last(a) {
				return 1
			}
			return -1
		case s[a] > s[b]:
			return -1
		case s[a] < s[b]:
			return 1
		}
		return 0
	})
	return columns
}

// selectNaNCase: NaN anywhere, masked or not, whatever the ranks, is an error that names the first row with one.
func selectNaNCase(tr *trial) {
	const n = 30
	for _, k := range []int{1, 65, 1000} {
		for _, row := range []int{0, 13, n - 1} {
			for _, column := range []int{0, k / 2, k - 1} {
				values := tr.normal(n * k)
				values[row*k+column] = float32(math.NaN())
				values[(n-1)*k] = float32(math.NaN())
				s := engine.From(tr.e, values, n, k)
				masked := engine.NewPairs(n, k)
				masked.Add(row, column)
				for _, m := range []*engine.Pairs{nil, masked} {
					err := tr.e.SelectRanks(engine.NewPairs(n, k), s, m, 0, k/2)
					if err == nil || !strings.Contains(err.Error(), "NaN") || !strings.Contains(err.Error(), fmt.Sprint(row)) {
						tr.t.Fatalf("NaN in row %d, column %d of %d: error %v", row, column, k, err)
					}
				}
			}
		}
	}
}

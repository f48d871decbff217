package engine

import (
	"slices"
	"testing"
)

func TestPairs(t *testing.T) {
	for _, k := range []int{1, 63, 64, 65, 200} {
		p := NewPairs(3, k)
		p.Fill()
		for n := range 3 {
			if p.Count(n) != k {
				t.Fatalf("K %d: row %d of the full set counts %d", k, n, p.Count(n))
			}
		}
		p.Clear()
		want := []int{0, k / 2, k - 1}
		for _, j := range want {
			p.Add(1, j)
		}
		if want = slices.Compact(want); !slices.Equal(p.Negatives(1), want) || p.Count(0)+p.Count(2) != 0 {
			t.Fatalf("K %d: %v, want %v", k, p.Negatives(1), want)
		}
		p.Remove(1, k-1)
		if p.Has(1, k-1) {
			t.Fatal("a removed pair is still there")
		}
	}
}

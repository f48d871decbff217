package engine

import (
	"fmt"
	"math/bits"
)

// Pairs is a set of (query, negative) pairs: one bit a pair, so that 256 queries and 65,536 negatives take 2 MiB.
type Pairs struct {
	N, K  int      // queries, negatives
	Words int      // 64-bit words a row: (K + 63)/64
	Bits  []uint64 // row-major; pair (n, k) is bit k%64 of word n*Words + k/64; bits from K on are 0
}

// NewPairs returns the empty set of n by k pairs.
func NewPairs(n, k int) *Pairs {
	if n < 0 || k < 0 {
		panic(fmt.Sprintf("engine: %d x %d pairs", n, k))
	}
	words := (k + 63) / 64
	return &Pairs{N: n, K: k, Words: words, Bits: make([]uint64, n*words)}
}

// Has tells whether the pair of query n and negative k is in the set.
func (p *Pairs) Has(n, k int) bool { return p.Bits[n*p.Words+k>>6]>>(k&63)&1 != 0 }

// Add puts the pair in, Remove takes it out.
func (p *Pairs) Add(n, k int)    { p.Bits[n*p.Words+k>>6] |= 1 << (k & 63) }
func (p *Pairs) Remove(n, k int) { p.Bits[n*p.Words+k>>6] &^= 1 << (k & 63) }

// Row returns the words of query n, to read or to write.
func (p *Pairs) Row(n int) []uint64 { return p.Bits[n*p.Words : (n+1)*p.Words] }

// Clear empties the set. Fill puts every pair in.
func (p *Pairs) Clear() { clear(p.Bits) }
func (p *Pairs) Fill() {
	for n := range p.N {
		row := p.Row(n)
		for i := range row {
			row[i] = ^uint64(0)
		}
		if p.K%64 != 0 {
			row[p.Words-1] = 1<<(p.K%64) - 1
		}
	}
}

// Count is the number of pairs of query n.
func (p *Pairs) Count(n int) int {
	c := 0
	for _, w := range p.Row(n) {
		c += bits.OnesCount64(w)
	}
	return c
}

// Negatives lists the negatives of query n in ascending order.
func (p *Pairs) Negatives(n int) []int {
	list := make([]int, 0, p.Count(n))
	for i, w := range p.Row(n) {
		for ; w != 0; w &= w - 1 {
			list = append(list, i*64+bits.TrailingZeros64(w))
		}
	}
	return list
}

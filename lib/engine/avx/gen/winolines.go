package main

import "github.com/mmcloughlin/avo/reg"

// The transforms of one dimension, for the points 0, a, -a, b, -b and infinity. Constants are named in the order in
// which package avx lays them out (type points).

// plusMinus writes x + k y as result i and x - k y as result i+1; spare and x are overwritten.
func (t *transformer) plusMinus(x, y int, k reg.VecPhysical, spare, i int) {
	t.move(x, spare)
	t.fma(y, k, spare)
	t.store(spare, i)
	t.fnma(y, k, x)
	t.store(x, i+1)
}

// inputLine: B^T d. The first row is a2b2 d0 - (a2+b2) d2 + d4, those of a and -a are d4 - b2 d2 +- a (d3 - b2 d1),
// those of b and -b the same with a and b exchanged, and the last is a2b2 d1 - (a2+b2) d3 + d5.
func inputLine(t *transformer) {
	a, b, a2, b2, both, sum := t.k(0), t.k(1), t.k(2), t.k(3), t.k(4), t.k(5)
	for i := range 6 {
		t.load(i, i)
	}
	for i, square := range []reg.VecPhysical{b2, a2} {
		t.move(4, 6+2*i)
		t.fnma(2, square, 6+2*i)
		t.move(3, 7+2*i)
		t.fnma(1, square, 7+2*i)
	}
	t.fnma(2, sum, 4)
	t.fma(0, both, 4)
	t.store(4, 0)
	t.fnma(3, sum, 5)
	t.fma(1, both, 5)
	t.store(5, 5)
	t.plusMinus(6, 7, a, 0, 1)
	t.plusMinus(8, 9, b, 0, 3)
}

// pairs loads six values and leaves m0, m1 + m2, m1 - m2, m3 + m4, m3 - m4, m5 in registers 0, 1, 2, 3, 4, 5.
func (t *transformer) pairs() {
	for i := range 6 {
		t.load(i, i)
	}
	for _, i := range []int{1, 3} {
		t.add(i, i+1, 6)
		t.sub(i, i+1, i+1)
		t.move(6, i)
	}
}

// outputLine: A^T m. Result j is the sum of m times the points' j-th powers; infinity counts in the last.
func outputLine(t *transformer) {
	a, b, a2, b2, a3, b3 := t.k(0), t.k(1), t.k(2), t.k(3), t.k(4), t.k(5)
	t.pairs()
	t.add(0, 1, 0)
	t.add(0, 3, 0)
	t.store(0, 0)
	t.mul(2, a, 6)
	t.fma(4, b, 6)
	t.store(6, 1)
	t.mul(1, a2, 6)
	t.fma(3, b2, 6)
	t.store(6, 2)
	t.fma(2, a3, 5)
	t.fma(4, b3, 5)
	t.store(5, 3)
}

// gradientLine: A y, the transpose of outputLine.
func gradientLine(t *transformer) {
	a, b, a2, b2, a3, b3 := t.k(0), t.k(1), t.k(2), t.k(3), t.k(4), t.k(5)
	for i := range 4 {
		t.load(i, i)
	}
	t.store(0, 0)
	t.store(3, 5)
	for i, k := range [][3]reg.VecPhysical{{a, a2, a3}, {b, b2, b3}} {
		t.move(0, 4)
		t.fma(2, k[1], 4)
		t.mul(1, k[0], 5)
		t.fma(3, k[2], 5)
		t.add(4, 5, 6)
		t.store(6, 1+2*i)
		t.sub(4, 5, 6)
		t.store(6, 2+2*i)
	}
}

// weightLine: G g. Result 0 is f0 g0; those of a and -a are fa (g0 + a2 g2) +- fa a g1, the same for b; the last is g2.
func weightLine(t *transformer) {
	f0 := t.k(0)
	for i := range 3 {
		t.load(i, i)
	}
	t.store(2, 5)
	for i := range 2 {
		f, f1, f2 := t.k(1+3*i), t.k(2+3*i), t.k(3+3*i)
		t.mul(0, f, 3)
		t.fma(2, f2, 3)
		t.plusMinus(3, 1, f1, 4, 1+2*i)
	}
	t.mul(0, f0, 0)
	t.store(0, 0)
}

// weightGradientLine: G^T u, the transpose of weightLine.
func weightGradientLine(t *transformer) {
	f0 := t.k(0)
	t.pairs()
	t.mul(0, f0, 0)
	t.fma(1, t.k(1), 0)
	t.fma(3, t.k(4), 0)
	t.store(0, 0)
	t.mul(2, t.k(2), 6)
	t.fma(4, t.k(5), 6)
	t.store(6, 1)
	t.fma(1, t.k(3), 5)
	t.fma(3, t.k(6), 5)
	t.store(5, 2)
}

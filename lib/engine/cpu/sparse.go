package cpu

import (
	"math"
	"math/bits"

	"github.com/hardneg/hardneg/lib/parallel"
)

// fewKept tells whether so few pairs are kept that reading their keys one by one is faster than the matrix product
// over all: less than half of them, or where the product is another engine's faster one, less than a sixteenth.
func (w *infonce) fewKept(faster bool) bool {
	if w.l.Kept == nil {
		return false
	}
	pairs, share := 0, 2
	for _, m := range w.l.Kept.Bits {
		pairs += bits.OnesCount64(m)
	}
	if faster {
		share = 16
	}
	return pairs < w.n*w.k/share
}

// sparse goes through the kept negatives of each query.
func (w *infonce) sparse() {
	parallel.For(w.n, 1, func(n, _ int) {
		positive := w.positive(n)
		top := w.largest(n, positive)
		w.top[n], w.sum[n] = top, math.Exp(positive-top)
		w.mix(n)
		w.finish(n)
	})
}

// mix adds exp(l_j - top) of each kept j to the sum of query n, and as much of k_j to its mixed key. Keys of 64
// columns are summed in float32, these sums in float64.
func (w *infonce) mix(n int) {
	row := w.s[n*w.k : (n+1)*w.k]
	inverse, top, sum := 1/w.l.Temperature, w.top[n], w.sum[n]
	mixed := w.mixed[n*w.c : (n+1)*w.c]
	var index [64]int
	var p [64]float32
	for i := range (w.k + 63) / 64 {
		kept := 0
		for m := w.kept(n, i); m != 0; m &= m - 1 {
			j := 64*i + bits.TrailingZeros64(m)
			x := float64(row[j])*inverse - top
			if w.logWeight != nil {
				x += float64(w.logWeight[n*w.k+j])
			}
			x = exp(x)
			sum += x
			index[kept], p[kept] = j, float32(x)
			kept++
		}
		if w.dq != nil {
			w.addKeys(mixed, index[:kept], p[:kept])
		}
	}
	w.sum[n] = sum
}

// addKeys adds p times the keys of index to mixed (C), four keys at a time.
func (w *infonce) addKeys(mixed []float64, index []int, p []float32) {
	c := w.c
	key := func(i int) []float32 { return w.queue[index[i]*c:][:c] }
	for len(index) >= 4 {
		k0, k1, k2, k3 := key(0), key(1), key(2), key(3)
		p0, p1, p2, p3 := p[0], p[1], p[2], p[3]
		for j, v := range k0[:len(mixed)] {
			mixed[j] += float64(p0*v + p1*k1[j] + p2*k2[j] + p3*k3[j])
		}
		index, p = index[4:], p[4:]
	}
	for i, x := range p {
		for j, v := range key(i)[:len(mixed)] {
			mixed[j] += float64(x * v)
		}
	}
}

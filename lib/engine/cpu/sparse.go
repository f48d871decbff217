package cpu

import (
	"math"
	"math/bits"

	"github.com/hardneg/hardneg/lib/parallel"
)

// fewKept tells whether so few pairs are kept that reading their keys one by one is faster than the matrix product
// over all: less than a half of them, or where the product is another engine's faster one, less than 1 in 64.
func (w *infonce) fewKept(faster bool) bool {
	if w.l.Kept == nil {
		return false
	}
	pairs, share := 0, 2
	for _, m := range w.l.Kept.Bits {
		pairs += bits.OnesCount64(m)
	}
	if faster {
		share = 64
	}
	return pairs < w.n*w.k/share
}

// The sizes of a block of sparse: 1024 keys of 128 numbers are 512 KiB, which stay in a core's cache while 16 queries
// take from them what each keeps.
const (
	sparseKeys    = 1024
	sparseQueries = 16
)

// sparse goes through the kept negatives of each query, 16 queries by 1024 keys at a time.
func (w *infonce) sparse() {
	parallel.For(w.n, sparseQueries, func(lo, hi int) {
		for n := lo; n < hi; n++ {
			positive := w.positive(n)
			w.top[n] = w.largest(n, positive)
			w.sum[n] = math.Exp(positive - w.top[n])
		}
		for first := 0; first < w.k; first += sparseKeys {
			for n := lo; n < hi; n++ {
				w.mix(n, first, min(first+sparseKeys, w.k))
			}
		}
		for n := lo; n < hi; n++ {
			w.finish(n)
		}
	})
}

// mix adds exp(l_j - top) of each kept j of first..last-1 to the sum of query n, and as much of k_j to its mixed key.
func (w *infonce) mix(n, first, last int) {
	row := w.s[n*w.k : (n+1)*w.k]
	inverse, top, sum := 1/w.l.Temperature, w.top[n], w.sum[n]
	var index [sparseKeys]int // offsets of the kept keys in the queue
	var p [sparseKeys]float32
	kept := 0
	for i := first / 64; i < (last+63)/64; i++ {
		for m := w.kept(n, i); m != 0; m &= m - 1 {
			j := 64*i + bits.TrailingZeros64(m)
			x := float64(row[j])*inverse - top
			if w.logWeight != nil {
				x += float64(w.logWeight[n*w.k+j])
			}
			x = exp(x)
			sum += x
			index[kept], p[kept] = j*w.c, float32(x)
			kept++
		}
	}
	w.sum[n] = sum
	if w.dq == nil || kept == 0 {
		return
	}
	for kept%8 != 0 { // addKeys takes eight at a time: some key no times
		index[kept], p[kept] = index[0], 0
		kept++
	}
	for j := 0; j < w.c; j += columns {
		var part [columns]float32
		width := min(columns, w.c-j)
		addKeys(part[:width], w.queue[j:], index[:kept], p[:kept])
		mixed := w.mixed[n*w.c+j:]
		for i, v := range part[:width] {
			mixed[i] += float64(v)
		}
	}
}

// addKeys adds to y the rows of keys that begin at index, scaled by p: eight at a time, so that an element of y is
// loaded and stored once for eight products. There are a multiple of eight.
func addKeys(y, keys []float32, index []int, p []float32) {
	n := len(y)
	for len(index) >= 8 && len(p) >= 8 {
		k0, k1, k2, k3 := keys[index[0]:][:n], keys[index[1]:][:n], keys[index[2]:][:n], keys[index[3]:][:n]
		k4, k5, k6, k7 := keys[index[4]:][:n], keys[index[5]:][:n], keys[index[6]:][:n], keys[index[7]:][:n]
		p0, p1, p2, p3, p4, p5, p6, p7 := p[0], p[1], p[2], p[3], p[4], p[5], p[6], p[7]
		for j := range y {
			y[j] += p0*k0[j] + p1*k1[j] + p2*k2[j] + p3*k3[j] + p4*k4[j] + p5*k5[j] + p6*k6[j] + p7*k7[j]
		}
		index, p = index[8:], p[8:]
	}
}

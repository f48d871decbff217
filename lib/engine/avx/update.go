package avx

import (
	"gorgonia.org/tensor"

	"github.com/hardneg/hardneg/lib/engine"
	"github.com/hardneg/hardneg/lib/parallel"
)

// piece is the number of elements that a task of an element-by-element kernel takes.
const piece = 16 << 10

// SGD, as torch.optim.SGD: d = g + decay w; v = momentum v + d; w -= rate v.
func (e *Engine) SGD(w, v, g *tensor.Dense, rate, momentum, decay float32) {
	n := engine.CheckArena("SGD", w, v, g)
	ws, vs, gs := data(w), data(v), data(g)
	parameters := grow(&e.parameters, 3)
	parameters[0], parameters[1], parameters[2] = rate, momentum, decay
	parallel.For(n, piece, func(lo, hi int) {
		if k := (hi - lo) / 8; k > 0 {
			sgd(&ws[lo], &vs[lo], &gs[lo], &parameters[0], int64(k))
			lo += 8 * k
		}
		for i := lo; i < hi; i++ {
			d := gs[i] + float32(decay*ws[i])
			vs[i] = float32(momentum*vs[i]) + d
			ws[i] -= float32(rate * vs[i])
		}
	})
}

// MomentumUpdate: key = m key + (1 - m) query.
func (e *Engine) MomentumUpdate(key, query *tensor.Dense, m float64) {
	n := engine.CheckArena("MomentumUpdate", key, query)
	keys, queries := data(key), data(query)
	parameters := grow(&e.parameters, 2)
	old, rest := float32(m), float32(1-m)
	parameters[0], parameters[1] = old, rest
	parallel.For(n, piece, func(lo, hi int) {
		if k := (hi - lo) / 8; k > 0 {
			mix(&keys[lo], &queries[lo], &parameters[0], int64(k))
			lo += 8 * k
		}
		for i := lo; i < hi; i++ {
			keys[i] = float32(old*keys[i]) + float32(rest*queries[i])
		}
	})
}

// Dot: the sum of a b over all elements, in float64: 8 lanes for each piece, pieces in order.
func (e *Engine) Dot(a, b *tensor.Dense) float64 {
	engine.CheckSame("Dot", a, b)
	as, bs := data(a), data(b)
	pieces := (len(as) + piece - 1) / piece
	sums := grow64(&e.sums, 8*pieces)
	clear(sums)
	parallel.For(len(as), piece, func(lo, hi int) {
		s := sums[lo/piece*8:][:8]
		if k := (hi - lo) / 8; k > 0 {
			dot(&as[lo], &bs[lo], &s[0], int64(k))
			lo += 8 * k
		}
		for i := lo; i < hi; i++ {
			s[0] += float64(as[i]) * float64(bs[i])
		}
	})
	sum := 0.0
	for _, v := range sums {
		sum += v
	}
	return sum
}

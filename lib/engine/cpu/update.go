package cpu

import (
	"gorgonia.org/tensor"

	"github.com/hardneg/hardneg/lib/engine"
	"github.com/hardneg/hardneg/lib/parallel"
)

// piece is the number of elements that a worker takes at a time where nothing is summed.
const piece = 1 << 14

// SGD, as torch.optim.SGD: d = g + decay w; v = momentum v + d; w -= rate v.
func (e *Engine) SGD(w, v, g *tensor.Dense, rate, momentum, decay float32) {
	n := engine.CheckArena("SGD", w, v, g)
	ws, vs, gs := data(w), data(v), data(g)
	parallel.For(n, piece, func(lo, hi int) {
		for i := lo; i < hi; i++ {
			d := gs[i] + decay*ws[i]
			vs[i] = momentum*vs[i] + d
			ws[i] -= rate * vs[i]
		}
	})
}

// MomentumUpdate: key = m key + (1 - m) query.
func (e *Engine) MomentumUpdate(key, query *tensor.Dense, m float64) {
	n := engine.CheckArena("MomentumUpdate", key, query)
	keys, queries := data(key), data(query)
	old, rest := float32(m), float32(1-m)
	parallel.For(n, piece, func(lo, hi int) {
		for i := lo; i < hi; i++ {
			keys[i] = old*keys[i] + rest*queries[i]
		}
	})
}

package avx

import (
	"gorgonia.org/tensor"

	"github.com/hardneg/hardneg/lib/engine"
	"github.com/hardneg/hardneg/lib/parallel"
)

// Linear: y (N, O) = act(x (N, I) w^T + b).
func (e *Engine) Linear(y, x, w, b *tensor.Dense, relu bool) {
	n, i, o := engine.CheckLinear("Linear", y, x, w, b)
	out := data(y)
	e.multiply(out, matrix{data(x), i, 1}, matrix{data(w), 1, i}, n, o, i)
	if b == nil && !relu {
		return
	}
	var bias []float32
	if b != nil {
		bias = data(b)
	}
	for r := range n {
		row := out[r*o : (r+1)*o]
		for j, v := range bias {
			row[j] += v
		}
		if relu {
			for j, v := range row {
				if v < 0 { // NaN stays
					row[j] = 0
				}
			}
		}
	}
}

// LinearBackward: db is nil where there is no b; dx is nil where nobody needs it. y tells where ReLU was open.
func (e *Engine) LinearBackward(dx, dw, db, dy, y, x, w *tensor.Dense, relu bool) {
	n, i, o := engine.CheckLinear("LinearBackward", dy, x, w, db)
	engine.CheckSame("LinearBackward", dy, y)
	engine.CheckSame("LinearBackward", dw, w)
	if dx != nil {
		engine.CheckSame("LinearBackward", dx, x)
	}
	d := data(dy)
	if relu {
		open := grow(&e.shared[2], n*o)
		out := data(y)
		parallel.For(n*o, 16<<10, func(lo, hi int) {
			for j := lo; j < hi; j++ {
				open[j] = d[j]
				if out[j] <= 0 { // NaN lets its gradient pass
					open[j] = 0
				}
			}
		})
		d = open
	}
	if dx != nil {
		e.multiply(data(dx), matrix{d, o, 1}, matrix{data(w), i, 1}, n, i, o)
	}
	e.multiply(data(dw), matrix{d, 1, o}, matrix{data(x), i, 1}, o, i, n)
	if db == nil {
		return
	}
	sums := grow64(&e.perWorker()[0].sums, o)
	clear(sums)
	for r := range n {
		for j, v := range d[r*o : (r+1)*o] {
			sums[j] += float64(v)
		}
	}
	for j, v := range sums {
		data(db)[j] = float32(v)
	}
}

package cpu

import (
	"gorgonia.org/tensor"

	"github.com/hardneg/hardneg/lib/engine"
	"github.com/hardneg/hardneg/lib/parallel"
)

// Linear: y (N, O) = act(x (N, I) w^T + b), w (O, I), b (O) or nil, act being ReLU or nothing.
func (e *Engine) Linear(y, x, w, b *tensor.Dense, relu bool) {
	n, i, o := engine.CheckLinear("Linear", y, x, w, b)
	var bias []float32
	if b != nil {
		bias = data(b)
	}
	e.multiply(data(y), matrixOf(x, false), matrixOf(w, true), n, o, i, func(row []float32, _, j int) {
		if bias != nil {
			add(row, bias[j:][:len(row)])
		}
		if relu {
			rectify(row)
		}
	})
}

// LinearBackward: dw (O, I) = dy^T x, db (O) = sum of dy over N, dx (N, I) = dy w, dy (N, O) counting where ReLU was
// open. db is nil where there is no bias, dx where nobody needs it.
func (e *Engine) LinearBackward(dx, dw, db, dy, y, x, w *tensor.Dense, relu bool) {
	n, i, o := engine.CheckLinear("LinearBackward", dy, x, w, db)
	engine.CheckSame("LinearBackward", dw, w)
	if dx != nil {
		engine.CheckSame("LinearBackward", dx, x)
	}
	grad := matrixOf(dy, false)
	if relu {
		engine.CheckSame("LinearBackward", dy, y)
		grad.floats = grow(&e.shared.a, n*o)
		dys, ys := data(dy), data(y)
		parallel.For(n*o, 1<<14, func(lo, hi int) {
			for j := lo; j < hi; j++ {
				grad.floats[j] = open(dys[j], ys[j])
			}
		})
	}
	e.multiply(data(dw), matrix{grad.floats, 1, o}, matrixOf(x, false), o, i, n, nil)
	if dx != nil {
		e.multiply(data(dx), grad, matrixOf(w, false), n, i, o, nil)
	}
	if db == nil {
		return
	}
	dbs := data(db)
	parallel.For(o, 16, func(lo, hi int) {
		var sums [16]float64
		for row := range n {
			for j, v := range grad.floats[row*o:][lo:hi] {
				sums[j] += float64(v)
			}
		}
		for j := lo; j < hi; j++ {
			dbs[j] = float32(sums[j-lo])
		}
	})
}

// rectify is ReLU in place. NaN stays NaN, as in PyTorch.
func rectify(x []float32) {
	for i, v := range x {
		if v < 0 {
			x[i] = 0
		}
	}
}

// open is the gradient through ReLU: dy where its output y is above 0 or NaN, as in PyTorch, else 0.
func open(dy, y float32) float32 {
	if y <= 0 {
		return 0
	}
	return dy
}

package cpu

import (
	"fmt"

	"gorgonia.org/tensor"

	"github.com/hardneg/hardneg/lib/engine"
	"github.com/hardneg/hardneg/lib/parallel"
)

// Add is what Gorgonia calls where two gradients meet at one node. It takes the options that Gorgonia gives: a
// tensor to write (WithReuse) or to add to (WithIncr), or a itself (UseUnsafe); without any, the sum is a new tensor.
// Other types than float32 and views with strides go to Gorgonia's own engine.
func (e *Engine) Add(a, b tensor.Tensor, opts ...tensor.FuncOpt) (tensor.Tensor, error) {
	x, okX := contiguous(a)
	y, okY := contiguous(b)
	options := tensor.ParseFuncOpts(opts...)
	reuse, increment := options.IncrReuse()
	safe := options.Safe()
	out, okOut := x, true
	if reuse != nil {
		out, okOut = contiguous(reuse)
	}
	if !okX || !okY || !okOut {
		return e.StdEng.Add(a, b, opts...)
	}
	if reuse == nil && safe {
		out = engine.Of(x).New(x.Shape()...)
	}
	if !x.Shape().Eq(y.Shape()) || !out.Shape().Eq(x.Shape()) {
		return nil, fmt.Errorf("cpu: adding shapes %v and %v into %v", x.Shape(), y.Shape(), out.Shape())
	}
	addTo(data(out), data(x), data(y), increment)
	return out, nil
}

// addTo: out = x + y, or out += x + y.
func addTo(out, x, y []float32, increment bool) {
	parallel.For(len(out), piece, func(lo, hi int) {
		o, x, y := out[lo:hi], x[lo:hi], y[lo:hi]
		if increment {
			for i, v := range x {
				o[i] += v + y[i]
			}
			return
		}
		for i, v := range x {
			o[i] = v + y[i]
		}
	})
}

// contiguous returns t's dense tensor if it holds float32 in order, without gaps.
func contiguous(t tensor.Tensor) (*tensor.Dense, bool) {
	d, ok := t.(*tensor.Dense)
	if !ok || d.Dtype() != tensor.Float32 || d.RequiresIterator() || d.IsScalar() || d.DataOrder().IsColMajor() {
		return nil, false
	}
	return d, true
}

package avx

import (
	"math/rand/v2"

	"gorgonia.org/tensor"

	"github.com/hardneg/hardneg/lib/engine"
)

// suite calls every kernel of this package once or more, on shapes that leave edges of all kinds, with the same
// inputs each time. make returns tensors on e; outputs are what was written.
func suite(e engine.Engine, make func(shape ...int) *tensor.Dense) (outputs []*tensor.Dense) {
	outputs = convolutions(e, make)
	in := inputs(e, make)
	out := func(shape ...int) *tensor.Dense {
		t := make(shape...)
		outputs = append(outputs, t)
		return t
	}
	for _, c := range [][3]int{{1, 1, 1}, {128, 100, 64}, {17, 33, 700}, {16, 16, 16}, {7, 5, 300}} {
		m, n, k := c[0], c[1], c[2]
		e.MatMul(out(m, n), in(m, k), in(k, n), false, false)
		e.MatMul(out(m, n), in(k, m), in(n, k), true, true)
		y := out(m, n)
		x, w := in(m, k), in(n, k)
		e.Linear(y, x, w, in(n), true)
		e.LinearBackward(out(m, k), out(n, k), out(n), in(m, n), y, x, w, true)
	}
	for _, c := range [][]int{{6, 16, 8, 8}, {6, 48, 4, 4}, {8, 192, 2, 2}, {4, 24}, {4, 8, 16, 8}, {6, 12, 2, 1}} {
		for _, residual := range []*tensor.Dense{nil, in(c...)} {
			for _, relu := range []bool{false, true} {
				const splits = 2
				ch := c[1]
				bn := &engine.BatchNorm{Gamma: in(ch), Beta: in(ch), RunningMean: out(ch), RunningVar: out(ch), Mean: out(splits, ch),
					InvStd: out(splits, ch), Splits: splits, Momentum: 0.1, Eps: 1e-5, Train: true, ReLU: relu}
				x, y := in(c...), out(c...)
				e.BatchNorm(y, x, residual, bn)
				var dr *tensor.Dense
				if residual != nil {
					dr = out(c...)
				}
				e.BatchNormBackward(out(c...), dr, out(ch), out(ch), in(c...), y, x, bn)
			}
		}
	}
	for _, n := range []int{1, 8, 1003, 40000} {
		w, v := in(n), in(n)
		e.SGD(w, v, in(n), 0.1, 0.9, 1e-3)
		e.MomentumUpdate(v, w, 0.99)
		d := out(1)
		e.Upload(d, []float32{float32(e.Dot(w, v))})
		outputs = append(outputs, w, v)
	}
	return outputs
}

// convolutions is the part of suite that convolutions are in.
func convolutions(e engine.Engine, make func(shape ...int) *tensor.Dense) (outputs []*tensor.Dense) {
	in := inputs(e, make)
	out := func(shape ...int) *tensor.Dense {
		t := make(shape...)
		outputs = append(outputs, t)
		return t
	}
	for _, c := range []struct{ n, i, h, w, o, r, s, stride, pad int }{
		{128, 3, 16, 16, 48, 3, 3, 2, 1}, {33, 48, 8, 8, 48, 3, 3, 1, 1}, {32, 48, 8, 8, 96, 3, 3, 2, 1}, {17, 96, 4, 4, 50, 3, 3, 2, 1},
		{5, 7, 9, 11, 13, 3, 3, 2, 1}, {16, 17, 5, 6, 33, 1, 1, 1, 0}, {3, 20, 7, 7, 9, 5, 3, 3, 2}, {2, 64, 32, 32, 64, 3, 3, 1, 1},
		{18, 16, 2, 2, 30, 3, 3, 1, 2}, {20, 24, 8, 8, 16, 1, 1, 2, 0}, {1, 1, 1, 1, 1, 1, 1, 1, 0}, {4, 2, 3, 3, 5, 2, 2, 1, 3},
		{17, 3, 5, 7, 20, 3, 3, 1, 1}, {1, 1, 1, 1, 1, 3, 3, 1, 1}, {34, 66, 4, 4, 64, 3, 3, 1, 1}, {3, 193, 6, 9, 70, 3, 3, 1, 1}, {2, 16, 17, 34, 16, 3, 3, 1, 1},
	} {
		ho, wo := (c.h+2*c.pad-c.r)/c.stride+1, (c.w+2*c.pad-c.s)/c.stride+1
		x, w, dy := in(c.n, c.i, c.h, c.w), in(c.o, c.i, c.r, c.s), in(c.n, c.o, ho, wo)
		e.Conv2D(out(c.n, c.o, ho, wo), x, w, c.stride, c.pad)
		e.Conv2DBackwardData(out(c.n, c.i, c.h, c.w), dy, w, c.stride, c.pad)
		e.Conv2DBackwardWeights(out(c.o, c.i, c.r, c.s), dy, x, c.stride, c.pad)
	}
	return outputs
}

// inputs returns what makes tensors of normal draws, the same ones each time.
func inputs(e engine.Engine, make func(shape ...int) *tensor.Dense) func(shape ...int) *tensor.Dense {
	r := rand.New(rand.NewPCG(1, 2))
	return func(shape ...int) *tensor.Dense {
		t := make(shape...)
		x := engine.Floats(t)
		for i := range x {
			x[i] = float32(r.NormFloat64())
		}
		e.Upload(t, x)
		return t
	}
}

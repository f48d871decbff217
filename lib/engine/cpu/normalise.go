package cpu

import (
	"math"

	"gorgonia.org/tensor"

	"github.com/hardneg/hardneg/lib/engine"
	"github.com/hardneg/hardneg/lib/parallel"
)

// Normalise: row n of y = row n of x / norm[n], norm[n] = max(|row n of x|, 1e-12), as torch's F.normalize.
func (e *Engine) Normalise(y, norm, x *tensor.Dense) {
	n, c := engine.CheckRows("Normalise", norm, x, y)
	xs, ys, norms := data(x), data(y), data(norm)
	parallel.For(n, 64, func(lo, hi int) {
		for row := lo; row < hi; row++ {
			in, out := xs[row*c:][:c], ys[row*c:][:c]
			sum := 0.0
			for _, v := range in {
				sum += float64(v) * float64(v)
			}
			length := math.Sqrt(sum)
			if length < 1e-12 { // not max: NaN stays
				length = 1e-12
			}
			norms[row] = float32(length)
			for j, v := range in {
				out[j] = float32(float64(v) / length)
			}
		}
	})
}

// NormaliseBackward: dx = (dy - y (y.dy)) / norm.
func (e *Engine) NormaliseBackward(dx, dy, y, norm *tensor.Dense) {
	n, c := engine.CheckRows("NormaliseBackward", norm, y, dy, dx)
	dxs, dys, ys, norms := data(dx), data(dy), data(y), data(norm)
	parallel.For(n, 64, func(lo, hi int) {
		for row := lo; row < hi; row++ {
			out, grad, unit := dxs[row*c:][:c], dys[row*c:][:c], ys[row*c:][:c]
			dot, length := 0.0, float64(norms[row])
			for j, v := range unit {
				dot += float64(v) * float64(grad[j])
			}
			for j, v := range unit {
				out[j] = float32((float64(grad[j]) - float64(v)*dot) / length)
			}
		}
	})
}

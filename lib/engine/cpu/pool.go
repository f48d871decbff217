package cpu

import (
	"gorgonia.org/tensor"

	"github.com/hardneg/hardneg/lib/engine"
	"github.com/hardneg/hardneg/lib/parallel"
)

// GlobalAvgPool: y (N, C) = mean of x (N, C, H, W) over H and W.
func (e *Engine) GlobalAvgPool(y, x *tensor.Dense) {
	n, c, p := engine.CheckPool("GlobalAvgPool", y, x)
	xs, ys := data(x), data(y)
	parallel.For(n*c, 1024, func(lo, hi int) {
		for i := lo; i < hi; i++ {
			sum := 0.0
			for _, v := range xs[i*p:][:p] {
				sum += float64(v)
			}
			ys[i] = float32(sum / float64(p))
		}
	})
}

// GlobalAvgPoolBackward: each element of dx (N, C, H, W) is dy (N, C) / (H W).
func (e *Engine) GlobalAvgPoolBackward(dx, dy *tensor.Dense) {
	n, c, p := engine.CheckPool("GlobalAvgPoolBackward", dy, dx)
	dxs, dys := data(dx), data(dy)
	parallel.For(n*c, 1024, func(lo, hi int) {
		for i := lo; i < hi; i++ {
			v := dys[i] / float32(p)
			plane := dxs[i*p:][:p]
			for j := range plane {
				plane[j] = v
			}
		}
	})
}

package cpu

import (
	"gorgonia.org/tensor"

	"github.com/hardneg/hardneg/lib/engine"
	"github.com/hardneg/hardneg/lib/parallel"
)

// together is the number of images whose positions are the columns of one matrix: small images share one, so that
// rows are long enough to be worth a loop.
func together(c engine.Conv) int { return max(1, min(c.N, columns/(c.Ho*c.Wo))) }

// channelsAt is the number of channels whose patches are laid out at a time: about depth rows.
func channelsAt(c engine.Conv) int { return max(1, min(c.I, depth/(c.R*c.S))) }

// Conv2D: y (N, O, Ho, Wo) = x (N, I, H, W) convolved with w (O, I, R, S).
func (e *Engine) Conv2D(y, x, w *tensor.Dense, stride, pad int) {
	c := engine.CheckConv("Conv2D", y, x, w, stride, pad)
	images, channels := together(c), channelsAt(c)
	p, patch, kernel := c.Ho*c.Wo, c.R*c.S, c.I*c.R*c.S
	xs, ws, ys := data(x), data(w), data(y)
	work := e.perWorker()
	parallel.ForWorker(c.N, images, func(worker, lo, hi int) {
		n := (hi - lo) * p
		out := grow(&work[worker].a, c.O*n)
		col := grow(&work[worker].b, channels*patch*n)
		clear(out)
		for i := 0; i < c.I; i += channels {
			end := min(i+channels, c.I)
			for image := lo; image < hi; image++ {
				im2col(col[(image-lo)*p:], n, xs[image*c.I*c.H*c.W:], c, i, end)
			}
			addProduct(out, n, ws[i*patch:], kernel, 1, col, n, c.O, n, (end-i)*patch)
		}
		for image := lo; image < hi; image++ {
			for o := range c.O {
				copy(ys[(image*c.O+o)*p:][:p], out[o*n+(image-lo)*p:])
			}
		}
	})
}

// Conv2DBackwardData: dx (N, I, H, W) from dy (N, O, Ho, Wo) and w (O, I, R, S).
func (e *Engine) Conv2DBackwardData(dx, dy, w *tensor.Dense, stride, pad int) {
	c := engine.CheckConv("Conv2DBackwardData", dy, dx, w, stride, pad)
	images, channels := together(c), channelsAt(c)
	p, patch, kernel := c.Ho*c.Wo, c.R*c.S, c.I*c.R*c.S
	dxs, ws, dys := data(dx), data(w), data(dy)
	work := e.perWorker()
	parallel.ForWorker(c.N, images, func(worker, lo, hi int) {
		n := (hi - lo) * p
		out := grow(&work[worker].a, c.O*n)
		col := grow(&work[worker].b, channels*patch*n)
		for image := lo; image < hi; image++ {
			for o := range c.O {
				copy(out[o*n+(image-lo)*p:][:p], dys[(image*c.O+o)*p:])
			}
		}
		clear(dxs[lo*c.I*c.H*c.W : hi*c.I*c.H*c.W])
		for i := 0; i < c.I; i += channels {
			end := min(i+channels, c.I)
			rows := (end - i) * patch
			clear(col[:rows*n])
			addProduct(col, n, ws[i*patch:], 1, kernel, out, n, rows, n, c.O)
			for image := lo; image < hi; image++ {
				col2im(dxs[image*c.I*c.H*c.W:], col[(image-lo)*p:], n, c, i, end)
			}
		}
	})
}

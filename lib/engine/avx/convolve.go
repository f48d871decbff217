package avx

import (
	"gorgonia.org/tensor"

	"github.com/hardneg/hardneg/lib/engine"
)

// Conv2D: y (N, O, Ho, Wo) = x (N, I, H, W) convolved with w (O, I, R, S).
func (e *Engine) Conv2D(y, x, w *tensor.Dense, stride, pad int) {
	g := engine.CheckConv("Conv2D", y, x, w, stride, pad)
	if e.chooses(g) {
		e.winoSlide(e.winoForward(g), data(y), data(x), data(w))
		return
	}
	e.slide(e.forwardWindow(g), data(y), data(x), data(w))
}

// Conv2DBackwardData: dx from dy and w.
func (e *Engine) Conv2DBackwardData(dx, dy, w *tensor.Dense, stride, pad int) {
	g := engine.CheckConv("Conv2DBackwardData", dy, dx, w, stride, pad)
	if e.chooses(g) {
		e.winoSlide(e.winoBackward(g), data(dx), data(dy), data(w))
		return
	}
	e.slide(e.backwardWindow(g), data(dx), data(dy), data(w))
}

// Conv2DBackwardWeights: dw from dy and x.
func (e *Engine) Conv2DBackwardWeights(dw, dy, x *tensor.Dense, stride, pad int) {
	g := engine.CheckConv("Conv2DBackwardWeights", dy, x, dw, stride, pad)
	if e.chooses(g) {
		e.winoCorrelate(g, data(dw), data(dy), data(x))
		return
	}
	e.correlate(g, data(dw), data(dy), data(x))
}

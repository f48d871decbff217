package op

import (
	"fmt"

	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// Conv2D is the convolution of x (N, I, H, W) with w (O, I, R, S), no bias, zero padding on all sides:
// y (N, O, Ho, Wo), Ho = (H + 2 pad - R)/stride + 1.
func Conv2D(p *Plan, x, w *G.Node, stride, pad int) *G.Node {
	xs, ws := x.Shape(), w.Shape()
	if xs.Dims() != 4 || ws.Dims() != 4 || xs[1] != ws[1] || stride < 1 || pad < 0 ||
		xs[2]+2*pad < ws[2] || xs[3]+2*pad < ws[3] {
		panic(fmt.Sprintf("op: Conv2D of x %v with w %v, stride %d, padding %d: want (N, I, H, W) and (O, I, R, S)", xs, ws, stride, pad))
	}
	y := p.buffer(xs[0], ws[0], (xs[2]+2*pad-ws[2])/stride+1, (xs[3]+2*pad-ws[3])/stride+1)
	o := &operation{
		name:    fmt.Sprintf("Conv2D %dx%d stride %d", ws[2], ws[3], stride),
		forward: true,
		result:  y,
		compute: func(in []*tensor.Dense) { p.Engine.Conv2D(y, in[0], in[1], stride, pad) },
	}
	o.gradient = func(in G.Nodes, _, dy *G.Node) (G.Nodes, error) {
		grads := make(G.Nodes, 2)
		if o.needs[0] {
			grads[0] = convData(p, dy, in[1], in[0].Shape(), stride, pad)
		}
		if o.needs[1] {
			grads[1] = convWeights(p, dy, in[0], in[1], stride, pad)
		}
		return grads, nil
	}
	return p.apply(o, x, w)
}

// convData is the gradient to the images.
func convData(p *Plan, dy, w *G.Node, shape tensor.Shape, stride, pad int) *G.Node {
	dx := p.buffer(shape...)
	return p.apply(&operation{
		name:    "Conv2D gradient to x",
		result:  dx,
		compute: func(in []*tensor.Dense) { p.Engine.Conv2DBackwardData(dx, in[0], in[1], stride, pad) },
	}, dy, w)
}

// convWeights is the gradient to the weights.
func convWeights(p *Plan, dy, x, w *G.Node, stride, pad int) *G.Node {
	dw := p.gradient(w)
	return p.apply(&operation{
		name:    "Conv2D gradient to w",
		result:  dw,
		compute: func(in []*tensor.Dense) { p.Engine.Conv2DBackwardWeights(dw, in[0], in[1], stride, pad) },
	}, dy, x)
}

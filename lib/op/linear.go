package op

import (
	"fmt"

	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// Linear is y (N, O) = act(x w^T + b), x (N, I), w (O, I), b (O) or nil, act being ReLU or nothing.
func Linear(p *Plan, x, w, b *G.Node, relu bool) *G.Node {
	xs, ws := x.Shape(), w.Shape()
	if xs.Dims() != 2 || ws.Dims() != 2 || xs[1] != ws[1] || b != nil && b.Shape().TotalSize() != ws[0] {
		panic(fmt.Sprintf("op: Linear of x %v with w %v, b %v: want (N, I), (O, I) and (O)", xs, ws, shapeOf(b)))
	}
	in := G.Nodes{x, w}
	if b != nil {
		in = append(in, b)
	}
	y := p.buffer(xs[0], ws[0])
	o := &operation{
		name:    "Linear",
		forward: true,
		result:  y,
		compute: func(in []*tensor.Dense) { p.Engine.Linear(y, in[0], in[1], third(in), relu) },
	}
	if relu {
		o.name = "Linear ReLU"
	}
	o.gradient = func(in G.Nodes, y, dy *G.Node) (G.Nodes, error) { return linearGradient(p, o, in, y, dy, relu), nil }
	return p.apply(o, in...)
}

// linearGradient adds one operation that fills all gradients and further ones that hand out the others.
func linearGradient(p *Plan, o *operation, in G.Nodes, y, dy *G.Node, relu bool) G.Nodes {
	var dx, db *tensor.Dense
	dw := p.gradient(in[1])
	if len(in) == 3 {
		db = p.gradient(in[2])
	}
	grads := make(G.Nodes, len(in))
	fill := &operation{name: "Linear gradient to w", result: dw}
	if o.needs[0] {
		dx = p.buffer(in[0].Shape()...)
		fill.name, fill.result = "Linear gradient to x", dx
	}
	fill.compute = func(v []*tensor.Dense) { p.Engine.LinearBackward(dx, dw, db, v[0], v[1], v[2], v[3], relu) }
	first := p.apply(fill, dy, y, in[0], in[1])
	grads[1] = first
	if dx != nil {
		grads[0], grads[1] = first, p.also("Linear gradient to w", first, dw)
	}
	if db != nil {
		grads[2] = p.also("Linear gradient to b", first, db)
	}
	return grads
}

// third is the bias among an operation's inputs, or nil.
func third(in []*tensor.Dense) *tensor.Dense {
	if len(in) < 3 {
		return nil
	}
	return in[2]
}

// shapeOf is n's shape, for messages; n may be nil.
func shapeOf(n *G.Node) any {
	if n == nil {
		return "none"
	}
	return n.Shape()
}

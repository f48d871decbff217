package op

import (
	"fmt"

	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// Inject is how a gradient that was computed outside of the graph enters it: the scalar <y, dy>, the sum of the
// products of all elements, whose gradient to y is dy. Differentiate it itself (G.Grad(op.Inject(p, y, dy), ...)): the
// gradient to y is dy also where the scalar is used in a larger expression. dy is an input node of y's shape.
func Inject(p *Plan, y, dy *G.Node) *G.Node {
	if !y.Shape().Eq(dy.Shape()) {
		panic(fmt.Sprintf("op: Inject of dy %v into y %v: want equal shapes", dy.Shape(), y.Shape()))
	}
	p.NoGradient(dy)
	dot := G.NewF32(0)
	return p.apply(&operation{
		name:     "Inject",
		shape:    tensor.ScalarShape(),
		result:   dot,
		compute:  func(in []*tensor.Dense) { *dot = G.F32(p.Engine.Dot(in[0], in[1])) },
		gradient: func(in G.Nodes, _, _ *G.Node) (G.Nodes, error) { return G.Nodes{in[1], nil}, nil },
	}, y, dy)
}

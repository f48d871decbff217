package op

import (
	"fmt"

	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// Fork splits the way of x in two: both nodes are x itself. Use main for the path that the block is about and side,
// once, for its shortcut. It computes nothing forward; its gradient is the sum of the two that come back, in a buffer
// of the plan. (Were x used twice, Gorgonia would add them, in memory allocated at every step.)
//
// To Gorgonia side is not differentiable: the gradient to it is caught by the fork instead. So side must lead to
// the same loss as main does, through operations of this package.
func Fork(p *Plan, x *G.Node) (main, side *G.Node) {
	caught := &branch{}
	main = p.apply(&operation{
		name:    "Fork",
		forward: true,
		shape:   x.Shape().Clone(),
		gradient: func(_ G.Nodes, y, dy *G.Node) (G.Nodes, error) {
			if caught.grad == nil {
				return nil, fmt.Errorf("op: no gradient came back through the side branch of %v", y)
			}
			return G.Nodes{sum(p, dy, caught.grad)}, nil
		},
	}, x)
	side = p.apply(&operation{name: "Fork side", forward: true, shape: x.Shape().Clone(), branch: caught}, main)
	delete(p.constant, side)
	return main, side
}

// branch catches the gradient to the side branch of a fork.
type branch struct{ grad *G.Node }

func (b *branch) add(grad *G.Node) {
	if b.grad != nil {
		panic("op: the side branch of a Fork is used twice: fork it again")
	}
	b.grad = grad
}

// sum is a + b.
func sum(p *Plan, a, b *G.Node) *G.Node {
	s := p.buffer(a.Shape()...)
	into := tensor.WithReuse(s)
	return p.apply(&operation{
		name:   "Sum of gradients",
		result: s,
		compute: func(in []*tensor.Dense) {
			if _, err := p.Engine.Add(in[0], in[1], into); err != nil {
				panic(err)
			}
		},
	}, a, b)
}

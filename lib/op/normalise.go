package op

import (
	"fmt"

	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// Normalise divides each row of x (N, C) by its length, or by 1e-12 where that is larger, as
// torch.nn.functional.normalize does.
func Normalise(p *Plan, x *G.Node) *G.Node {
	xs := x.Shape()
	if xs.Dims() != 2 {
		panic(fmt.Sprintf("op: Normalise of x %v: want (N, C)", xs))
	}
	y, norm := p.buffer(xs...), p.buffer(xs[0])
	return p.apply(&operation{
		name:    "Normalise",
		forward: true,
		result:  y,
		compute: func(in []*tensor.Dense) { p.Engine.Normalise(y, norm, in[0]) },
		gradient: func(_ G.Nodes, y, dy *G.Node) (G.Nodes, error) {
			dx := p.buffer(xs...)
			return G.Nodes{p.apply(&operation{
				name:    "Normalise gradient",
				result:  dx,
				compute: func(v []*tensor.Dense) { p.Engine.NormaliseBackward(dx, v[0], v[1], norm) },
			}, dy, y)}, nil
		},
	}, x)
}

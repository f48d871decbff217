package op

import (
	"fmt"

	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// GlobalAvgPool is the mean of x (N, C, H, W) over H and W: y (N, C).
func GlobalAvgPool(p *Plan, x *G.Node) *G.Node {
	xs := x.Shape()
	if xs.Dims() != 4 {
		panic(fmt.Sprintf("op: GlobalAvgPool of x %v: want (N, C, H, W)", xs))
	}
	y := p.buffer(xs[0], xs[1])
	return p.apply(&operation{
		name:    "GlobalAvgPool",
		forward: true,
		result:  y,
		compute: func(in []*tensor.Dense) { p.Engine.GlobalAvgPool(y, in[0]) },
		gradient: func(in G.Nodes, _, dy *G.Node) (G.Nodes, error) {
			dx := p.buffer(xs...)
			return G.Nodes{p.apply(&operation{
				name:    "GlobalAvgPool gradient",
				result:  dx,
				compute: func(v []*tensor.Dense) { p.Engine.GlobalAvgPoolBackward(dx, v[0]) },
			}, dy)}, nil
		},
	}, x)
}

package op

import (
	"fmt"

	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"github.com/hardneg/hardneg/lib/engine"
)

// BatchNorm is y = act(gamma (x - mean)/sqrt(var + eps) + beta + residual), x (N, C, H, W) or (N, C), residual like
// x or nil, gamma and beta (C). The rest is bn's to say: batch or running statistics, ReLU, splits. The caller owns
// bn's running statistics, which outlive the graph; its Gamma, Beta, Mean and InvStd are set here.
func BatchNorm(p *Plan, x, residual, gamma, beta *G.Node, bn *engine.BatchNorm) *G.Node {
	xs := x.Shape()
	if xs.Dims() != 4 && xs.Dims() != 2 || gamma.Shape().TotalSize() != xs[1] || beta.Shape().TotalSize() != xs[1] {
		panic(fmt.Sprintf("op: BatchNorm of x %v with gamma %v and beta %v: want (N, C, H, W) or (N, C), and (C)",
			xs, gamma.Shape(), beta.Shape()))
	}
	in := G.Nodes{x, gamma, beta}
	if residual != nil {
		if !residual.Shape().Eq(xs) {
			panic(fmt.Sprintf("op: BatchNorm of x %v with a residual %v: want equal shapes", xs, residual.Shape()))
		}
		in = append(in, residual)
	}
	splits := max(1, bn.Splits)
	if bn.Train && xs[0]%splits != 0 {
		panic(fmt.Sprintf("op: BatchNorm of x %v in %d splits: want a batch that they divide", xs, splits))
	}
	if bn.Train {
		bn.Mean, bn.InvStd = p.buffer(splits, xs[1]), p.buffer(splits, xs[1])
	}
	y := p.buffer(xs...)
	o := &operation{
		name:    "BatchNorm",
		forward: true,
		result:  y,
		compute: func(in []*tensor.Dense) {
			bn.Gamma, bn.Beta = in[1], in[2]
			p.Engine.BatchNorm(y, in[0], fourth(in), bn)
		},
	}
	if bn.ReLU {
		o.name = "BatchNorm ReLU"
	}
	o.gradient = func(in G.Nodes, y, dy *G.Node) (G.Nodes, error) { return batchNormGradient(p, in, y, dy, bn), nil }
	return p.apply(o, in...)
}

// batchNormGradient adds one operation that fills all gradients and further ones that hand out the others.
func batchNormGradient(p *Plan, in G.Nodes, y, dy *G.Node, bn *engine.BatchNorm) G.Nodes {
	dx, dgamma, dbeta := p.buffer(in[0].Shape()...), p.gradient(in[1]), p.gradient(in[2])
	var dresidual *tensor.Dense
	if len(in) == 4 {
		dresidual = p.buffer(in[3].Shape()...)
	}
	first := p.apply(&operation{
		name:   "BatchNorm gradient to x",
		result: dx,
		compute: func(v []*tensor.Dense) {
			p.Engine.BatchNormBackward(dx, dresidual, dgamma, dbeta, v[0], v[1], v[2], bn)
		},
	}, dy, y, in[0])
	grads := G.Nodes{first, p.also("BatchNorm gradient to gamma", first, dgamma), p.also("BatchNorm gradient to beta", first, dbeta)}
	if dresidual != nil {
		grads = append(grads, p.also("BatchNorm gradient to residual", first, dresidual))
	}
	return grads
}

// fourth is the residual among an operation's inputs, or nil.
func fourth(in []*tensor.Dense) *tensor.Dense {
	if len(in) < 4 {
		return nil
	}
	return in[3]
}

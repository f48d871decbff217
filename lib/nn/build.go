package nn

import (
	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"github.com/hardneg/hardneg/lib/engine"
	"github.com/hardneg/hardneg/lib/op"
)

// PyTorch's defaults for BatchNorm.
const (
	bnMomentum = 0.1
	bnEps      = 1e-5
)

// builder makes the nodes of a graph's forward pass.
type builder struct {
	g     *Graph
	train bool
	norms int // BatchNorms so far
}

// build: images -> blocks -> pool (the feature) -> head -> rows of length 1 (or logits).
func (b *builder) build() {
	g, c := b.g, b.g.Encoder.Config
	g.X = g.Weights.Engine.New(g.Batch, 3, c.Size, c.Size)
	x := b.input("x", g.X)
	g.plan.NoGradient(x)
	for _, bl := range g.Encoder.body {
		x = b.block(x, bl)
	}
	x = op.GlobalAvgPool(g.plan, x)
	g.feature = x
	for _, d := range g.Encoder.head {
		x = op.Linear(g.plan, x, b.param(d.name+".weight"), b.param(d.name+".bias"), d.relu)
	}
	if c.Classes == 0 {
		x = op.Normalise(g.plan, x)
	}
	g.out = x
}

func (b *builder) block(x *G.Node, bl block) *G.Node {
	if !bl.residual {
		for _, u := range bl.units {
			x = b.unit(x, u, nil, true)
		}
		return x
	}
	x, shortcut := op.Fork(b.g.plan, x)
	last := len(bl.units) - 1
	for _, u := range bl.units[:last] {
		x = b.unit(x, u, nil, true)
	}
	x = b.conv(x, bl.units[last])
	norm := b.norms
	b.norms++
	if bl.shortcut != nil {
		shortcut = b.unit(shortcut, *bl.shortcut, nil, false)
	}
	return b.norm(x, shortcut, bl.units[last].bn, norm, true)
}

// unit is convolution, BatchNorm, and ReLU where asked for.
func (b *builder) unit(x *G.Node, u unit, residual *G.Node, relu bool) *G.Node {
	x = b.conv(x, u)
	b.norms++
	return b.norm(x, residual, u.bn, b.norms-1, relu)
}

func (b *builder) conv(x *G.Node, u unit) *G.Node {
	return op.Conv2D(b.g.plan, x, b.param(u.conv+".weight"), u.stride, u.kernel/2)
}

// norm is the BatchNorm whose running statistics are Weights.Stats[i].
func (b *builder) norm(x, residual *G.Node, name string, i int, relu bool) *G.Node {
	s, splits := b.g.Weights.Stats[i], 1
	if b.train { // running statistics know no splits, so evaluation takes batches of any size
		splits = b.g.Encoder.Config.Splits
	}
	return op.BatchNorm(b.g.plan, x, residual, b.param(name+".weight"), b.param(name+".bias"), &engine.BatchNorm{
		RunningMean: s.Mean, RunningVar: s.Var,
		Splits: splits, Momentum: bnMomentum, Eps: bnEps,
		Train: b.train, ReLU: relu,
	})
}

// param is the input node that holds a parameter: the memory of Weights itself.
func (b *builder) param(name string) *G.Node {
	n := b.input(name, b.g.Weights.Get(name))
	b.g.params[name] = n
	return n
}

func (b *builder) input(name string, t *tensor.Dense) *G.Node {
	return G.NewTensor(b.g.Expr, tensor.Float32, t.Dims(), G.WithShape(t.Shape().Clone()...), G.WithName(name), G.WithValue(t))
}

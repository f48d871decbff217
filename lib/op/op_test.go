package op_test

import (
	"math"
	"testing"

	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"github.com/hardneg/hardneg/lib/engine"
	"github.com/hardneg/hardneg/lib/engine/cpu"
	"github.com/hardneg/hardneg/lib/op"
)

// bench is a graph under test: inputs with gradients, one result, and the gradient dy that is injected there.
type bench struct {
	t                 *testing.T
	e                 engine.Engine
	plan              *op.Plan
	g                 *G.ExprGraph
	params            G.Nodes
	y                 *G.Node
	dy                *tensor.Dense
	forward, backward G.VM
}

func newBench(t *testing.T) *bench {
	e := cpu.New()
	return &bench{t: t, e: e, plan: op.NewPlan(e), g: G.NewGraph()}
}

// input adds an input node with a gradient.
func (b *bench) input(name string, data []float32, shape ...int) *G.Node {
	n := b.fixed(name, data, shape...)
	b.params = append(b.params, n)
	return n
}

// fixed adds an input node of which no gradient is asked.
func (b *bench) fixed(name string, data []float32, shape ...int) *G.Node {
	return G.NewTensor(b.g, tensor.Float32, len(shape), G.WithShape(append([]int(nil), shape...)...), G.WithName(name), G.WithValue(engine.From(b.e, data, shape...)))
}

// finish differentiates <y, dy>.
func (b *bench) finish(y *G.Node, dy []float32) {
	b.t.Helper()
	b.y, b.dy = y, engine.From(b.e, dy, y.Shape()...)
	var err error
	if b.forward, err = b.plan.Machine(b.g); err != nil {
		b.t.Fatal(err)
	}
	d := G.NewTensor(b.g, tensor.Float32, y.Dims(), G.WithShape(y.Shape().Clone()...), G.WithName("dy"), G.WithValue(b.dy))
	loss := op.Inject(b.plan, y, d)
	if len(b.params) > 0 {
		if _, err := G.Grad(loss, b.params...); err != nil {
			b.t.Fatal(err)
		}
	}
	if b.backward, err = b.plan.Machine(b.g); err != nil {
		b.t.Fatal(err)
	}
}

// run runs both passes.
func (b *bench) run() {
	b.t.Helper()
	if err := b.plan.Run(b.forward, op.Forward); err != nil {
		b.t.Fatal(err)
	}
	if err := b.plan.Run(b.backward, op.Backward); err != nil {
		b.t.Fatal(err)
	}
}

// result is y, grad the gradient to the input n, after run.
func (b *bench) result() []float32 { return engine.Floats(b.y.Value().(*tensor.Dense)) }

func (b *bench) grad(n *G.Node) []float32 {
	b.t.Helper()
	v, err := n.Grad()
	if err != nil {
		b.t.Fatalf("%s: %v", n.Name(), err)
	}
	return engine.Floats(v.(*tensor.Dense))
}

// differs is the norm of a - b as a share of the norm of b.
func differs[T float32 | float64](a []float32, b []T) float64 {
	if len(a) != len(b) {
		return math.Inf(1)
	}
	diff, norm := 0.0, 0.0
	for i, v := range b {
		d := float64(a[i]) - float64(v)
		diff += d * d
		norm += float64(v) * float64(v)
	}
	return math.Sqrt(diff / norm)
}

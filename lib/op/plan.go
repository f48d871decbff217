// Package op holds the Gorgonia operations that encoders are made of. Each calls a kernel of an engine.Engine, has
// a symbolic derivative (G.SDOp), and runs under Gorgonia's TapeMachine.
//
// Gorgonia's own operations would do for a small net; these exist because some of those have no or a wrong gradient
// (pooling, BatchNorm in evaluation) and because they allocate every result anew in every step.
//
// A Plan owns the memory: the result of every operation of a graph, allocated when the graph is built and
// overwritten by every run. Copy what must outlive the next run.
package op

import (
	"errors"
	"fmt"

	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"github.com/hardneg/hardneg/lib/engine"
)

// Pass says which operations compute and which hand back what they computed before.
type Pass int

const (
	Whole    Pass = iota // every operation computes: the graph is run in one go
	Forward              // from the inputs to the outputs; the machine holds only these operations
	Backward             // the gradients: operations of the forward pass hand back the buffers that Forward filled
)

// Plan owns the buffers of one graph, and its runs.
type Plan struct {
	Engine engine.Engine

	pass      Pass
	filled    bool // the buffers of the forward pass are those of the last input
	last      int  // number of the operation made last
	floats    int
	constant  map[*G.Node]bool
	gradients map[*G.Node]*tensor.Dense
	written   map[*G.Node]bool
}

// NewPlan returns an empty plan for a graph that will compute on e.
func NewPlan(e engine.Engine) *Plan {
	return &Plan{Engine: e, constant: map[*G.Node]bool{}, gradients: map[*G.Node]*tensor.Dense{}, written: map[*G.Node]bool{}}
}

// NoGradient says that nobody needs the gradient to n: no operation computes it. Say so before n is used.
// Images are such nodes, and what is computed from such nodes alone is one too.
func (p *Plan) NoGradient(n *G.Node) { p.constant[n] = true }

// GradientInto says where the gradient to the input node w is to be written, for example a view of an arena that
// holds the gradients of all parameters. Such a node may be used by one operation only, since a second one would
// overwrite what the first one wrote. Say so before the graph is differentiated.
func (p *Plan) GradientInto(w *G.Node, buffer *tensor.Dense) {
	if !w.Shape().Eq(buffer.Shape()) {
		panic(fmt.Sprintf("op: a gradient buffer of shape %v for %s of shape %v", buffer.Shape(), w.Name(), w.Shape()))
	}
	p.gradients[w] = buffer
}

// Floats is the number of float32 values in the plan's buffers.
func (p *Plan) Floats() int { return p.floats }

// buffer allocates. Nothing else in this package does.
func (p *Plan) buffer(shape ...int) *tensor.Dense {
	t := p.Engine.New(shape...)
	p.floats += t.Shape().TotalSize()
	return t
}

// gradient is the buffer for the gradient to w.
func (p *Plan) gradient(w *G.Node) *tensor.Dense {
	into, ok := p.gradients[w]
	if !ok {
		return p.buffer(w.Shape()...)
	}
	if p.written[w] {
		panic(fmt.Sprintf("op: %s is used by two operations, and the second gradient would overwrite the first", w.Name()))
	}
	p.written[w] = true
	return into
}

// Machine compiles what g holds now; operations that are added later are not part of it. So a machine that is made
// before the graph is differentiated runs the forward pass, and one that is made afterwards runs both.
//
// Two nodes with equal hashes, which have 32 bits, would be taken for one by Gorgonia's compiler: that is an error.
func (p *Plan) Machine(g *G.ExprGraph) (G.VM, error) {
	seen := map[uint32]*G.Node{}
	for _, n := range g.AllNodes() {
		if other, ok := seen[n.Hashcode()]; ok && other != n {
			return nil, fmt.Errorf("op: nodes %v and %v have the same hash %#x: rename one of the inputs", other, n, n.Hashcode())
		}
		seen[n.Hashcode()] = n
	}
	return G.NewTapeMachine(g, G.WithEngine(p.Engine)), nil
}

// ErrNoForward is the error of a Backward pass with nothing to go back through.
var ErrNoForward = errors.New("op: Backward before Forward: the buffers that it reads are not filled")

// Run runs m for a pass. A forward pass that failed leaves nothing to go back through.
func (p *Plan) Run(m G.VM, pass Pass) error {
	if pass == Backward && !p.filled {
		return ErrNoForward
	}
	if pass != Backward {
		p.filled = false
	}
	p.pass = pass
	err := m.RunAll()
	m.Reset()
	if err == nil {
		p.filled = true
	}
	return err
}

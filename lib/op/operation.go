package op

import (
	"fmt"
	"hash"
	"hash/fnv"

	"github.com/chewxy/hm"
	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// operation is what all operations of this package are to Gorgonia: a G.Op with a symbolic derivative. What sets
// them apart is in two functions.
type operation struct {
	plan    *Plan
	name    string
	number  int  // unique in the plan, so that Gorgonia never merges two operations that own state
	forward bool // part of the forward pass: not computed again in pass Backward

	inputs []tensor.Shape
	shape  tensor.Shape // of the result
	result G.Value      // where compute writes; nil: the result is the first input itself

	// compute fills result. Values are those of the inputs, scalars excepted.
	compute func(in []*tensor.Dense)
	// gradient returns a node for each input that needs a gradient, nil for the others. y is this operation's node.
	gradient func(in G.Nodes, y, dy *G.Node) (G.Nodes, error)

	needs  []bool          // which inputs need a gradient
	values []*tensor.Dense // reused by every Do
	branch *branch         // set for the side branch of a fork
}

var _ G.SDOp = (*operation)(nil)

// apply makes the node of o on its inputs. Shapes were checked by the caller, so what fails here is a programmer's
// error (inputs of two graphs, say).
func (p *Plan) apply(o *operation, in ...*G.Node) *G.Node {
	p.last++
	o.plan, o.number = p, p.last
	o.values = make([]*tensor.Dense, len(in))
	constant := true
	for _, n := range in {
		o.inputs = append(o.inputs, n.Shape().Clone())
		need := o.gradient != nil && !p.constant[n]
		o.needs = append(o.needs, need)
		constant = constant && !need
	}
	if o.shape == nil {
		o.shape = o.result.Shape().Clone()
	}
	y, err := G.ApplyOp(o, in...)
	if err != nil {
		panic(fmt.Sprintf("op: %s: %v", o.name, err))
	}
	if constant {
		p.NoGradient(y)
	}
	return y
}

// Do is called by the machine. The engine's panics become errors, since a machine runs on a goroutine of its own,
// where nobody could recover them.
func (o *operation) Do(in ...G.Value) (result G.Value, err error) {
	if o.result == nil {
		return in[0], nil
	}
	if o.forward && o.plan.pass == Backward {
		return o.result, nil
	}
	defer func() {
		if r := recover(); r != nil {
			result, err = nil, fmt.Errorf("op: %v: %v", o, r)
		}
	}()
	for i, v := range in {
		o.values[i], _ = v.(*tensor.Dense)
	}
	o.compute(o.values)
	return o.result, nil
}

// DiffWRT tells Gorgonia which inputs need a gradient.
func (o *operation) DiffWRT(int) []bool { return o.needs }

// SymDiff adds the nodes of the gradients to the graph.
func (o *operation) SymDiff(in G.Nodes, y, dy *G.Node) (G.Nodes, error) {
	if o.gradient == nil {
		return nil, fmt.Errorf("op: %v has no derivative", o)
	}
	grads, err := o.gradient(in, y, dy)
	if err != nil {
		return nil, err
	}
	for i, n := range in {
		if from, ok := n.Op().(*operation); ok && from.branch != nil && grads[i] != nil {
			from.branch.add(grads[i])
		}
	}
	return grads, nil
}

// Arity, Type and InferShape are what Gorgonia checks a graph by.
func (o *operation) Arity() int { return len(o.inputs) }

func (o *operation) Type() hm.Type {
	types := make([]hm.Type, 0, len(o.inputs)+1)
	for _, s := range append(o.inputs[:len(o.inputs):len(o.inputs)], o.shape) {
		if s.Dims() == 0 {
			types = append(types, tensor.Float32)
		} else {
			types = append(types, G.TensorType{Dims: s.Dims(), Of: tensor.Float32})
		}
	}
	return hm.NewFnType(types...)
}

func (o *operation) InferShape(...G.DimSizer) (tensor.Shape, error) { return o.shape.Clone(), nil }

// ReturnsPtr, CallsExtern and OverwritesInput tell the compiler to give each result a register of its own.
func (o *operation) ReturnsPtr() bool     { return true }
func (o *operation) CallsExtern() bool    { return false }
func (o *operation) OverwritesInput() int { return -1 }

// WriteHash writes a hash that no other operation of the plan has.
func (o *operation) WriteHash(h hash.Hash) { fmt.Fprintf(h, "hardneg %s %d", o.name, o.number) }

func (o *operation) Hashcode() uint32 {
	h := fnv.New32a()
	o.WriteHash(h)
	return h.Sum32()
}

func (o *operation) String() string { return fmt.Sprintf("%s #%d", o.name, o.number) }

// also is a further result of a kernel that has several: it hands out buffer once first, the node of the operation
// that fills it, is computed.
func (p *Plan) also(name string, first *G.Node, buffer *tensor.Dense) *G.Node {
	return p.apply(&operation{name: name, result: buffer, compute: func([]*tensor.Dense) {}}, first)
}

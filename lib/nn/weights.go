package nn

import (
	"fmt"

	"gorgonia.org/tensor"

	"github.com/hardneg/hardneg/lib/engine"
)

// Weights are the parameters and running statistics of an encoder. Parameters lie one after the other in one arena,
// so that the optimiser and the momentum update are one pass over it. Graphs refer to the same memory: what changes
// here changes in all of them.
type Weights struct {
	Engine engine.Engine
	Flat   *tensor.Dense // all parameters, one dimension
	Params []Param       // in the order of Flat
	Stats  []Stat        // of each BatchNorm, in order of use; moved by forward passes in training, and by nothing else

	encoder *Encoder
}

// Param is one parameter.
type Param struct {
	Name  string
	Shape tensor.Shape
	Value *tensor.Dense // a view of Flat

	offset int // in Flat
}

// Stat holds the running statistics of one BatchNorm.
type Stat struct {
	Name      string        // of the BatchNorm: "bn1"
	Mean, Var *tensor.Dense // (C)
}

// blank makes weights of zeros.
func (e *Encoder) blank(eng engine.Engine) *Weights {
	w := &Weights{Engine: eng, Flat: eng.New(e.Parameters()), encoder: e}
	at := 0
	for _, s := range e.names {
		w.Params = append(w.Params, Param{Name: s.name, Shape: s.shape.Clone(), Value: eng.View(w.Flat, at, s.shape...), offset: at})
		at += s.shape.TotalSize()
	}
	for _, n := range e.norms {
		w.Stats = append(w.Stats, Stat{Name: n.name, Mean: eng.New(n.channels), Var: eng.New(n.channels)})
	}
	return w
}

// Get returns the parameter or running statistic called name ("conv1.weight", "bn1.running_var"), nil if there is
// none. It is the memory itself, not a copy.
func (w *Weights) Get(name string) *tensor.Dense {
	for _, n := range w.named() {
		if n.name == name {
			return n.value
		}
	}
	return nil
}

type namedTensor struct {
	name  string
	value *tensor.Dense
}

// named lists all parameters, then all running statistics.
func (w *Weights) named() []namedTensor {
	var all []namedTensor
	for _, p := range w.Params {
		all = append(all, namedTensor{p.Name, p.Value})
	}
	for _, s := range w.Stats {
		all = append(all, namedTensor{s.Name + ".running_mean", s.Mean}, namedTensor{s.Name + ".running_var", s.Var})
	}
	return all
}

// CopyFrom copies other's parameters and running statistics, also from another engine. Weights of another encoder
// are a programmer's error.
func (w *Weights) CopyFrom(other *Weights) {
	to, from := w.named(), other.named()
	if len(to) != len(from) {
		panic(fmt.Sprintf("nn: CopyFrom: %d tensors into %d", len(from), len(to)))
	}
	for i, t := range to {
		f := from[i]
		if t.name != f.name || !t.value.Shape().Eq(f.value.Shape()) {
			panic(fmt.Sprintf("nn: CopyFrom: %s %v into %s %v", f.name, f.value.Shape(), t.name, t.value.Shape()))
		}
		if w.Engine == other.Engine {
			w.Engine.Copy(t.value, f.value)
		} else {
			w.Engine.Upload(t.value, engine.Floats(f.value))
		}
	}
}

// Clone returns a copy on eng; nil is the engine of w.
func (w *Weights) Clone(eng engine.Engine) *Weights {
	if eng == nil {
		eng = w.Engine
	}
	c := w.encoder.blank(eng)
	c.CopyFrom(w)
	return c
}

// upload sets all parameters from flat, in the order of Params and of NCHW.
func (w *Weights) upload(flat []float32) {
	for _, p := range w.Params {
		w.Engine.Upload(p.Value, flat[p.offset:p.offset+p.Shape.TotalSize()])
	}
}

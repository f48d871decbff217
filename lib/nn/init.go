package nn

import (
	"math"

	"gorgonia.org/tensor"

	"github.com/hardneg/hardneg/lib/engine"
	"github.com/hardneg/hardneg/lib/stream"
)

// list makes the lists of parameters and BatchNorms, in the order of PyTorch's state_dict.
//
// Bounds are those of PyTorch's modules: kaiming_uniform_(a=sqrt(5)) is U(-1/sqrt(fan_in), 1/sqrt(fan_in)) for the
// weights of convolutions and linear layers, and so are the biases of the latter; BatchNorm begins with 1 and 0.
func (e *Encoder) list() {
	conv := func(u unit) {
		fan := u.in * u.kernel * u.kernel
		e.names = append(e.names,
			spec{name: u.conv + ".weight", shape: tensor.Shape{u.out, u.in, u.kernel, u.kernel}, bound: 1 / math.Sqrt(float64(fan))},
			spec{name: u.bn + ".weight", shape: tensor.Shape{u.out}, fill: 1},
			spec{name: u.bn + ".bias", shape: tensor.Shape{u.out}})
		e.norms = append(e.norms, norm{u.bn, u.out})
	}
	for _, b := range e.body {
		for _, u := range b.units {
			conv(u)
		}
		if b.shortcut != nil {
			conv(*b.shortcut)
		}
	}
	for _, d := range e.head {
		bound := 1 / math.Sqrt(float64(d.in))
		e.names = append(e.names,
			spec{name: d.name + ".weight", shape: tensor.Shape{d.out, d.in}, bound: bound},
			spec{name: d.name + ".bias", shape: tensor.Shape{d.out}, bound: bound})
	}
}

// NewWeights returns weights on eng, initialised as PyTorch does by default, from the stream of the seed's weights.
// Encoders that differ only in what follows the pool have the same initial weights before it.
func (e *Encoder) NewWeights(eng engine.Engine, seed uint64) *Weights {
	w := e.blank(eng)
	flat := make([]float32, w.Flat.Shape().TotalSize())
	random := stream.New(seed, stream.Weights)
	at := 0
	for _, s := range e.names {
		for range s.shape.TotalSize() {
			if s.bound > 0 {
				flat[at] = float32((2*random.Float64() - 1) * s.bound)
			} else {
				flat[at] = s.fill
			}
			at++
		}
	}
	w.upload(flat)
	for _, s := range w.Stats {
		ones := make([]float32, s.Var.Shape().TotalSize())
		for i := range ones {
			ones[i] = 1
		}
		eng.Upload(s.Var, ones)
	}
	return w
}

package op_test

import (
	"testing"

	G "gorgonia.org/gorgonia"

	"github.com/hardneg/hardneg/lib/engine"
	"github.com/hardneg/hardneg/lib/op"
	"github.com/hardneg/hardneg/lib/safetensors"
)

// vectors were written by peers/op_vectors.py: PyTorch's results and gradients in float64.
const vectors = "testdata/vectors.safetensors"

// apply builds the operation of a case from its inputs, which come by name.
type apply func(b *bench, in map[string]*G.Node, bn *engine.BatchNorm) *G.Node

func conv(stride, pad int) apply {
	return func(b *bench, in map[string]*G.Node, _ *engine.BatchNorm) *G.Node {
		return op.Conv2D(b.plan, in["x"], in["w"], stride, pad)
	}
}

func norm(set engine.BatchNorm) apply {
	return func(b *bench, in map[string]*G.Node, bn *engine.BatchNorm) *G.Node {
		set.RunningMean, set.RunningVar, set.Momentum, set.Eps = bn.RunningMean, bn.RunningVar, 0.1, 1e-5
		return op.BatchNorm(b.plan, in["x"], in["residual"], in["gamma"], in["beta"], &set)
	}
}

func linear(relu bool) apply {
	return func(b *bench, in map[string]*G.Node, _ *engine.BatchNorm) *G.Node {
		return op.Linear(b.plan, in["x"], in["w"], in["b"], relu)
	}
}

var cases = []struct {
	name  string
	apply apply
}{
	{"conv 3x3", conv(1, 1)},
	{"conv 3x3 stride 2", conv(2, 1)},
	{"conv 1x1 stride 2", conv(2, 0)},
	{"conv 1x1", conv(1, 0)},
	{"norm train", norm(engine.BatchNorm{Train: true})},
	{"norm train relu", norm(engine.BatchNorm{Train: true, ReLU: true})},
	{"norm train relu residual", norm(engine.BatchNorm{Train: true, ReLU: true})},
	{"norm train residual splits", norm(engine.BatchNorm{Train: true, Splits: 3})},
	{"norm train relu splits", norm(engine.BatchNorm{Train: true, ReLU: true, Splits: 3})},
	{"norm eval relu residual", norm(engine.BatchNorm{ReLU: true})},
	{"norm eval", norm(engine.BatchNorm{})},
	{"norm train rows relu", norm(engine.BatchNorm{Train: true, ReLU: true})},
	{"linear", linear(false)},
	{"linear bias relu", linear(true)},
	{"pool", func(b *bench, in map[string]*G.Node, _ *engine.BatchNorm) *G.Node {
		return op.GlobalAvgPool(b.plan, in["x"])
	}},
	{"normalise", func(b *bench, in map[string]*G.Node, _ *engine.BatchNorm) *G.Node {
		return op.Normalise(b.plan, in["x"])
	}},
}

// Each operation and its gradients are PyTorch's, to float32's rounding.
func TestOperationsArePyTorchs(t *testing.T) {
	file, err := safetensors.Read(vectors)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			b, in, bn := newBench(t), map[string]*G.Node{}, &engine.BatchNorm{}
			for _, name := range []string{"x", "w", "b", "gamma", "beta", "residual", "running_mean", "running_var"} {
				v, ok := file.Get(c.name + "/" + name)
				if !ok {
					continue
				}
				data := v.Data.([]float32)
				switch name {
				case "running_mean":
					bn.RunningMean = engine.From(b.e, data, v.Shape...)
				case "running_var":
					bn.RunningVar = engine.From(b.e, data, v.Shape...)
				default:
					in[name] = b.input(name, data, v.Shape...)
				}
			}
			dy, err := file.Float32(c.name + "/dy")
			if err != nil {
				t.Fatal(err)
			}
			b.finish(c.apply(b, in, bn), dy)
			b.run()
			compare := func(what string, got []float32) {
				want, err := file.Float64(c.name + "/" + what)
				if err != nil {
					t.Fatal(err)
				}
				if d := differs(got, want); !(d < 1e-6) {
					t.Errorf("%s: differs from PyTorch's by %.1e of its norm", what, d)
				}
			}
			compare("y", b.result())
			for name, n := range in {
				compare("d"+name, b.grad(n))
			}
			if bn.RunningMean != nil {
				compare("running_mean_after", engine.Floats(bn.RunningMean))
				compare("running_var_after", engine.Floats(bn.RunningVar))
			}
		})
	}
}

package nn_test

import (
	"math"
	"testing"

	"gorgonia.org/tensor"

	"github.com/hardneg/hardneg/lib/engine"
	_ "github.com/hardneg/hardneg/lib/engine/avx"
	_ "github.com/hardneg/hardneg/lib/engine/cpu"
	"github.com/hardneg/hardneg/lib/nn"
	"github.com/hardneg/hardneg/lib/safetensors"
)

// peers/nn_vectors.py wrote, for each of these nets, weights, a batch, and what PyTorch makes of them in float64.
var torchNets = []struct {
	name    string
	config  nn.Config
	classes int
}{
	{"main", nn.Config{Width: 4, Size: 8, Dim: 6}, 0},
	{"main-head1-splits", nn.Config{Width: 4, Size: 9, Dim: 6, Head: 1, Splits: 2}, 0},
	{"classifier", nn.Config{Width: 4, Size: 8, Classes: 3}, 3},
	{"resnet18", nn.Config{Net: "resnet18", Width: 2, Size: 20, Head: 1, Dim: 6, Splits: 2}, 0},
}

// The settings of peers/nn_vectors.py.
const (
	torchRate, torchMomentum, torchDecay = 0.1, 0.9, 1e-3
	torchTemperature                     = 0.2
	torchSteps                           = 3
)

type vectors struct {
	t *testing.T
	f *safetensors.File
}

func (v vectors) f32(name string) []float32 {
	v.t.Helper()
	d, err := v.f.Float32(name)
	if err != nil {
		v.t.Fatal(err)
	}
	return d
}

// near fails where got differs from PyTorch's float64 by more than limit times its norm.
func (v vectors) near(name string, got []float32, limit float64) {
	v.t.Helper()
	want, err := v.f.Float64(name)
	if err != nil {
		v.t.Fatal(err)
	}
	if d := differs(got, want); !(d <= limit) {
		v.t.Errorf("%s: differs from PyTorch's by %.1e of its norm, want at most %.0e", name, d, limit)
	}
}

// differs is the norm of a - b as a share of the norm of b.
func differs(a []float32, b []float64) float64 {
	if len(a) != len(b) {
		return math.Inf(1)
	}
	diff, norm := 0.0, 0.0
	for i, v := range b {
		diff += (float64(a[i]) - v) * (float64(a[i]) - v)
		norm += v * v
	}
	return math.Sqrt(diff / norm)
}

// loss returns the loss of out and its gradient: InfoNCE, or the cross-entropy of a classifier.
func (v vectors) loss(eng engine.Engine, out *tensor.Dense, classes int) (float64, *tensor.Dense) {
	n := out.Shape()[0]
	if classes > 0 {
		y, d, sum := engine.Floats(out), make([]float32, n*classes), 0.0
		for i := range n {
			z, label := 0.0, i%classes
			for _, l := range y[i*classes : (i+1)*classes] {
				z += math.Exp(float64(l))
			}
			for j, l := range y[i*classes : (i+1)*classes] {
				d[i*classes+j] = float32(math.Exp(float64(l)) / z / float64(n))
			}
			d[i*classes+label] -= 1 / float32(n)
			sum += math.Log(z) - float64(y[i*classes+label])
		}
		return sum / float64(n), engine.From(eng, d, n, classes)
	}
	dim := out.Shape()[1]
	queue := engine.From(eng, v.f32("queue"), 24, dim)
	s := eng.New(n, 24)
	eng.MatMul(s, out, queue, false, true)
	l := &engine.InfoNCE{Q: out, K: engine.From(eng, v.f32("k"), n, dim), Queue: queue, S: s, Temperature: torchTemperature,
		Loss: make([]float64, n), Positive: make([]float64, n), DQ: eng.New(n, dim)}
	eng.InfoNCE(l)
	sum := 0.0
	for _, x := range l.Loss {
		sum += x
	}
	return sum / float64(n), l.DQ
}

// The first step's loss is PyTorch's to 1e-6 and its gradients to 1e-5 of their norm; after three steps of SGD,
// weights, running statistics and features in evaluation are PyTorch's too.
func TestStepsArePyTorchs(t *testing.T) {
	for _, name := range engine.Names() {
		t.Run(name, func(t *testing.T) {
			eng, err := engine.Open(name)
			if err != nil {
				t.Skipf("not on this machine: %v", err)
			}
			t.Logf("variant %s", eng.Variant())
			stepsArePyTorchs(t, eng)
		})
	}
}

func stepsArePyTorchs(t *testing.T, eng engine.Engine) {
	for _, c := range torchNets {
		t.Run(c.name, func(t *testing.T) {
			f, err := safetensors.Read("testdata/" + c.name + ".safetensors")
			if err != nil {
				t.Fatal(err)
			}
			v := vectors{t, f}
			e, err := nn.New(c.config)
			if err != nil {
				t.Fatal(err)
			}
			w := e.NewWeights(eng, 1)
			if err := w.Load("testdata/" + c.name + ".weights.safetensors"); err != nil {
				t.Fatal(err)
			}
			x := v.f32("x")
			batch := len(x) / (3 * e.Config.Size * e.Config.Size)
			g, err := e.Train(w, batch)
			if err != nil {
				t.Fatal(err)
			}
			velocity := eng.New(e.Parameters())
			for step := range torchSteps {
				out, err := g.Forward(x)
				if err != nil {
					t.Fatal(err)
				}
				loss, dout := v.loss(eng, out, c.classes)
				if err := g.Backward(dout); err != nil {
					t.Fatal(err)
				}
				if step == 0 {
					v.near("y", engine.Floats(out), 1e-6)
					v.near("dy", engine.Floats(dout), 1e-5)
					v.near("loss", []float32{float32(loss)}, 1e-6)
					v.first(g, w)
				}
				eng.SGD(w.Flat, velocity, g.Grads, torchRate, torchMomentum, torchDecay)
			}
			eval, err := e.Forward(w, batch, false)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := eval.Forward(x); err != nil {
				t.Fatal(err)
			}
			v.near("eval feature", engine.Floats(eval.Feature()), 1e-5)
			v.near("eval y", engine.Floats(eval.Out()), 1e-5)
			for _, p := range w.Params {
				v.near("after 3/"+p.Name, engine.Floats(p.Value), 1e-5)
			}
			for _, s := range w.Stats {
				v.near("after 3/"+s.Name+".running_mean", engine.Floats(s.Mean), 1e-5)
				v.near("after 3/"+s.Name+".running_var", engine.Floats(s.Var), 1e-5)
			}
		})
	}
}

// first compares the gradients and running statistics of the first step.
func (v vectors) first(g *nn.Graph, w *nn.Weights) {
	var all []float64
	for _, p := range w.Params {
		want, err := v.f.Float64("gradient/" + p.Name)
		if err != nil {
			v.t.Fatal(err)
		}
		all = append(all, want...)
		v.near("gradient/"+p.Name, engine.Floats(g.Grad(p.Name)), 1e-5)
	}
	d := differs(engine.Floats(g.Grads), all)
	v.t.Logf("all gradients together differ from PyTorch's float64 by %.1e of their norm", d)
	if !(d <= 1e-5) {
		v.t.Errorf("all gradients together differ from PyTorch's by %.1e of their norm", d)
	}
	for _, s := range w.Stats {
		v.near("after 1/"+s.Name+".running_mean", engine.Floats(s.Mean), 1e-6)
		v.near("after 1/"+s.Name+".running_var", engine.Floats(s.Var), 1e-6)
	}
}

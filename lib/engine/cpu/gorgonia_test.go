package cpu_test

import (
	"testing"

	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"github.com/hardneg/hardneg/lib/engine"
	"github.com/hardneg/hardneg/lib/engine/cpu"
)

// faster stands for an engine that embeds the plain one and overrides what it does better.
type faster struct {
	*cpu.Engine
	adds int
}

func newFaster() *faster {
	f := &faster{Engine: cpu.New()}
	f.Bind(f)
	return f
}

func (f *faster) Name() string { return "faster" }

func (f *faster) Add(a, b tensor.Tensor, opts ...tensor.FuncOpt) (tensor.Tensor, error) {
	f.adds++
	return f.Engine.Add(a, b, opts...)
}

// TestGradientsMeet runs a graph in which x has two consumers: Gorgonia adds the two gradients through the engine
// of the machine, and what it makes on the way lives on that engine.
func TestGradientsMeet(t *testing.T) {
	f := newFaster()
	for _, e := range []engine.Engine{cpu.New(), f} {
		g := G.NewGraph()
		node := func(name string, values ...float32) *G.Node {
			return G.NewTensor(g, tensor.Float32, 2, G.WithShape(2, 2), G.WithName(name), G.WithValue(engine.From(e, values, 2, 2)))
		}
		x, a, b := node("x", 1, 2, 3, 4), node("a", 5, 6, 7, 8), node("b", 10, 20, 30, 40)
		left, right := G.Must(G.HadamardProd(x, a)), G.Must(G.HadamardProd(x, b))
		cost := G.Must(G.Sum(G.Must(G.Add(left, right))))
		grads, err := G.Grad(cost, x)
		if err != nil {
			t.Fatal(err)
		}
		m := G.NewTapeMachine(g, G.WithEngine(e))
		for run := range 3 { // gradients do not add up over runs
			if err := m.RunAll(); err != nil {
				t.Fatal(err)
			}
			dx := grads[0].Value().(*tensor.Dense)
			if engine.Of(dx) != e {
				t.Errorf("%s: the gradient lives on %T", e.Name(), dx.Engine())
			}
			for i, got := range engine.Floats(dx) {
				if want := []float32{15, 26, 37, 48}[i]; got != want {
					t.Errorf("%s, run %d: element %d of the gradient is %g, want %g", e.Name(), run, i, got, want)
				}
			}
			if got := cost.Value().Data(); got != float32(15+52+111+192) {
				t.Errorf("%s: the cost is %v, want 370", e.Name(), got)
			}
			m.Reset()
		}
		m.Close()
	}
	if f.adds == 0 {
		t.Error("Gorgonia did not call the embedding engine's Add")
	}
}

// TestOwner: tensors, views, and clones name the embedding engine as theirs.
func TestOwner(t *testing.T) {
	f := newFaster()
	x := f.New(6)
	sum, err := tensor.Add(x, x)
	if err != nil {
		t.Fatal(err)
	}
	for what, y := range map[string]tensor.Tensor{"new": x, "view": f.View(x, 2, 2, 2), "sum": sum, "clone": x.Clone().(tensor.Tensor)} {
		if engine.Of(y.(*tensor.Dense)) != engine.Engine(f) {
			t.Errorf("%s: lives on %T", what, y.Engine())
		}
	}
	for n := range 40 {
		if at := f.New(n + 1).Uintptr(); at%64 != 0 {
			t.Fatalf("%d elements begin at %x, not at a multiple of 64", n+1, at)
		}
	}
}

// TestAddRefuses: shapes that differ are an error that names both.
func TestAddRefuses(t *testing.T) {
	e := cpu.New()
	if _, err := e.Add(e.New(2, 3), e.New(3, 2)); err == nil {
		t.Error("adding (2, 3) and (3, 2) is no error")
	}
}

// TestKernelsDoNotAllocate: after the first call the scratch is there; what is left are the closures of the loops.
func TestKernelsDoNotAllocate(t *testing.T) {
	e := cpu.New()
	x, w, y := e.New(64, 48, 8, 8), e.New(48, 48, 3, 3), e.New(64, 48, 8, 8)
	bn := &engine.BatchNorm{Gamma: e.New(48), Beta: e.New(48), RunningMean: e.New(48), RunningVar: e.New(48), Mean: e.New(1, 48),
		InvStd: e.New(1, 48), Momentum: 0.1, Eps: 1e-5, Train: true, ReLU: true}
	step := func() {
		e.Conv2D(y, x, w, 1, 1)
		e.BatchNorm(x, y, nil, bn)
		e.BatchNormBackward(x, nil, bn.Gamma, bn.Beta, x, x, y, bn)
		e.Conv2DBackwardData(x, y, w, 1, 1)
		e.Conv2DBackwardWeights(w, y, x, 1, 1)
	}
	step()
	result := testing.Benchmark(func(b *testing.B) {
		for b.Loop() {
			step()
		}
	})
	if got := result.AllocedBytesPerOp(); got > 20000 {
		t.Errorf("five kernels allocate %d bytes, want only what loops cost", got)
	}
}

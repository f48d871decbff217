package op_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"github.com/hardneg/hardneg/lib/engine"
	"github.com/hardneg/hardneg/lib/engine/cpu"
	"github.com/hardneg/hardneg/lib/op"
)

// spy counts what is asked of an engine.
type spy struct {
	engine.Engine
	news, convs, data, weights, adds int
	fail                             bool
}

func (s *spy) New(shape ...int) *tensor.Dense { s.news++; return s.Engine.New(shape...) }

func (s *spy) Conv2D(y, x, w *tensor.Dense, stride, pad int) {
	s.convs++
	if s.fail {
		panic("no more")
	}
	s.Engine.Conv2D(y, x, w, stride, pad)
}

func (s *spy) Conv2DBackwardData(dx, dy, w *tensor.Dense, stride, pad int) {
	s.data++
	s.Engine.Conv2DBackwardData(dx, dy, w, stride, pad)
}

func (s *spy) Conv2DBackwardWeights(dw, dy, x *tensor.Dense, stride, pad int) {
	s.weights++
	s.Engine.Conv2DBackwardWeights(dw, dy, x, stride, pad)
}

func (s *spy) Add(a, b tensor.Tensor, opts ...tensor.FuncOpt) (tensor.Tensor, error) {
	s.adds++
	return s.Engine.Add(a, b, opts...)
}

// twoConvs is y = w1 * (w0 * x), x without a gradient.
func twoConvs(t *testing.T) (*bench, *spy, [2]*G.Node) {
	b := newBench(t)
	s := &spy{Engine: cpu.New()}
	b.e = s
	b.plan = op.NewPlan(s)
	x := b.fixed("x", make([]float32, 2*1*3*3), 2, 1, 3, 3)
	b.plan.NoGradient(x)
	w0, w1 := b.input("w0", make([]float32, 9), 1, 1, 3, 3), b.input("w1", make([]float32, 9), 1, 1, 3, 3)
	b.finish(op.Conv2D(b.plan, op.Conv2D(b.plan, x, w0, 1, 1), w1, 1, 1), make([]float32, 2*3*3))
	return b, s, [2]*G.Node{w0, w1}
}

// A step computes each operation once, allocates nothing on the engine, and leaves out the gradient to the images.
func TestEachKernelRunsOnce(t *testing.T) {
	b, s, _ := twoConvs(t)
	news := s.news
	for range 3 {
		b.run()
	}
	if s.convs != 6 || s.weights != 6 || s.data != 3 {
		t.Errorf("3 steps: %d convolutions, %d gradients to weights and %d to images, want 6, 6 and 3", s.convs, s.weights, s.data)
	}
	if s.news != news {
		t.Errorf("%d tensors were allocated by steps", s.news-news)
	}
}

// All in one run gives the same as forward, then backward.
func TestWholeIsForwardThenBackward(t *testing.T) {
	params, dy := numbers()
	a, inA := ours(t, params, dy)
	b, inB := ours(t, params, dy)
	a.run()
	if err := b.plan.Run(b.backward, op.Whole); err != nil {
		t.Fatal(err)
	}
	for _, p := range params {
		if d := differs(a.grad(inA[p.name]), b.grad(inB[p.name])); d != 0 {
			t.Errorf("gradient to %s differs by %v", p.name, d)
		}
	}
}

func TestBackwardNeedsForward(t *testing.T) {
	b, s, _ := twoConvs(t)
	if err := b.plan.Run(b.backward, op.Backward); !errors.Is(err, op.ErrNoForward) {
		t.Errorf("Backward at first: %v, want ErrNoForward", err)
	}
	b.run()
	s.fail = true
	if err := b.plan.Run(b.forward, op.Forward); err == nil || !strings.Contains(err.Error(), "no more") {
		t.Errorf("a kernel's panic became %v, want an error that carries its text", err)
	}
	if err := b.plan.Run(b.backward, op.Backward); !errors.Is(err, op.ErrNoForward) {
		t.Errorf("Backward after a failed Forward: %v, want ErrNoForward", err)
	}
	s.fail = false
	b.run()
}

// Gradients land where GradientInto says.
func TestGradientInto(t *testing.T) {
	params, dy := numbers()
	b := newBench(t)
	total := 0
	for _, p := range params {
		total += len(p.data)
	}
	arena, at := b.e.New(total), map[string]int{}
	var views []*tensor.Dense
	in := map[string]*G.Node{}
	for i, p := range params[1:] {
		in[p.name] = b.input(p.name, p.data, p.shape...)
		views = append(views, b.e.View(arena, at["next"], p.shape...))
		b.plan.GradientInto(in[p.name], views[i])
		at["next"] += len(p.data)
	}
	x := b.fixed("x", params[0].data, params[0].shape...)
	b.plan.NoGradient(x)
	bn := &engine.BatchNorm{RunningMean: b.e.New(width), RunningVar: b.e.New(width), Train: true}
	h := op.BatchNorm(b.plan, op.Conv2D(b.plan, x, in["w0"], 1, 1), nil, in["gamma0"], in["beta0"], bn)
	h = op.Linear(b.plan, op.GlobalAvgPool(b.plan, h), in["h0"], in["b0"], true)
	used := map[string]bool{"w0": true, "gamma0": true, "beta0": true, "h0": true, "b0": true, "h1": true}
	b.params = nil
	for name := range used {
		b.params = append(b.params, in[name])
	}
	b.finish(op.Linear(b.plan, h, in["h1"], nil, false), dy)
	b.run()
	for i, p := range params[1:] {
		filled := false
		for _, v := range engine.Floats(views[i]) {
			filled = filled || v != 0
		}
		if filled != used[p.name] {
			t.Errorf("%s: its part of the arena is filled: %v, want %v", p.name, filled, used[p.name])
		}
		if used[p.name] && differs(b.grad(in[p.name]), engine.Floats(views[i])) != 0 {
			t.Errorf("%s: the node's gradient is not the arena's", p.name)
		}
	}
}

// Names whose 32-bit hashes are equal would be one node to Gorgonia's compiler.
func TestEqualHashesAreAnError(t *testing.T) {
	b := newBench(t)
	u, v := b.input("251f16fc", []float32{1, 2}, 2), b.input("bcb06098", []float32{3, 4}, 2)
	if u.Hashcode() != v.Hashcode() {
		t.Fatal("the names' hashes differ: find others")
	}
	if _, err := b.plan.Machine(b.g); err == nil || !strings.Contains(err.Error(), "same hash") {
		t.Errorf("%v, want an error about the hash", err)
	}
}

// What a programmer gets wrong panics, with the shapes in the message.
func TestPanics(t *testing.T) {
	b := newBench(t)
	n := 0
	node := func(shape ...int) *G.Node {
		n++
		return b.input(fmt.Sprint("n", n), make([]float32, tensor.Shape(shape).TotalSize()), shape...)
	}
	p := b.plan
	for _, c := range []struct {
		want string
		f    func()
	}{
		{"x (2, 3, 4, 4) with w (5, 2, 3, 3)", func() { op.Conv2D(p, node(2, 3, 4, 4), node(5, 2, 3, 3), 1, 1) }},
		{"x (2, 3, 1, 1) with w (5, 3, 3, 3)", func() { op.Conv2D(p, node(2, 3, 1, 1), node(5, 3, 3, 3), 1, 0) }},
		{"stride 0", func() { op.Conv2D(p, node(2, 3, 4, 4), node(5, 3, 3, 3), 0, 1) }},
		{"x (2, 3, 4, 4) with gamma (4)", func() {
			op.BatchNorm(p, node(2, 3, 4, 4), nil, node(4), node(3), &engine.BatchNorm{})
		}},
		{"a residual (2, 3, 4, 5)", func() {
			op.BatchNorm(p, node(2, 3, 4, 4), node(2, 3, 4, 5), node(3), node(3), &engine.BatchNorm{})
		}},
		{"3 splits", func() {
			op.BatchNorm(p, node(2, 3, 4, 4), nil, node(3), node(3), &engine.BatchNorm{Train: true, Splits: 3})
		}},
		{"x (2, 3) with w (4, 5), b none", func() { op.Linear(p, node(2, 3), node(4, 5), nil, false) }},
		{"b (3)", func() { op.Linear(p, node(2, 3), node(4, 3), node(3), false) }},
		{"x (2, 3)", func() { op.GlobalAvgPool(p, node(2, 3)) }},
		{"x (2, 3, 4, 4)", func() { op.Normalise(p, node(2, 3, 4, 4)) }},
		{"dy (3, 2) into y (2, 3)", func() { op.Inject(p, node(2, 3), node(3, 2)) }},
		{"shape (3) for n", func() { p.GradientInto(node(2), b.e.New(3)) }},
		{"used by two operations", func() {
			w := node(3, 3)
			p.GradientInto(w, b.e.New(3, 3))
			b.params = G.Nodes{w}
			b.finish(op.Linear(p, op.Linear(p, node(2, 3), w, nil, false), w, nil, false), make([]float32, 6))
		}},
		{"side branch of a Fork is used twice", func() {
			w := node(3, 3)
			b.params = G.Nodes{w}
			main, side := op.Fork(p, op.Linear(p, node(2, 3), w, nil, false))
			bn := &engine.BatchNorm{RunningMean: b.e.New(3), RunningVar: b.e.New(3)}
			y := op.BatchNorm(p, main, side, node(3), node(3), bn)
			b.finish(op.BatchNorm(p, y, side, node(3), node(3), bn), make([]float32, 6))
		}},
	} {
		func() {
			defer func() {
				if got := fmt.Sprint(recover()); !strings.Contains(got, c.want) {
					t.Errorf("panic %q, want one with %q", got, c.want)
				}
			}()
			c.f()
		}()
	}
}

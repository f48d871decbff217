package nn_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/hardneg/hardneg/lib/engine"
	"github.com/hardneg/hardneg/lib/engine/cpu"
	"github.com/hardneg/hardneg/lib/nn"
	"github.com/hardneg/hardneg/lib/op"
	"github.com/hardneg/hardneg/lib/parallel"
	"github.com/hardneg/hardneg/lib/stream"
)

// images are random numbers in the shape of g's images.
func images(g *nn.Graph, seed uint64) []float32 {
	r, x := stream.New(seed), make([]float32, g.X.Shape().TotalSize())
	for i := range x {
		x[i] = float32(r.NormFloat64())
	}
	return x
}

func must(t testing.TB) func(*nn.Graph, error) *nn.Graph {
	return func(g *nn.Graph, err error) *nn.Graph {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return g
	}
}

func forward(t testing.TB, g *nn.Graph, x []float32) []float32 {
	t.Helper()
	y, err := g.Forward(x)
	if err != nil {
		t.Fatal(err)
	}
	return engine.Floats(y)
}

// The query's graph, the key's and one for evaluation: what they share and what they do not.
func TestGraphsShareWeights(t *testing.T) {
	e := encoder(t, nn.Config{Width: 4, Size: 8, Dim: 6})
	query := e.NewWeights(cpu.New(), 1)
	key := query.Clone(nil)
	q, k := must(t)(e.Train(query, 6)), must(t)(e.Forward(key, 6, true))
	eval := must(t)(e.Forward(query, 3, false))
	x, few := images(q, 1), images(eval, 2)
	if !slices.Equal(forward(t, q, x), forward(t, k, x)) {
		t.Error("equal weights, different outputs")
	}
	if k.Grads != nil || k.Grad("conv1.weight") != nil {
		t.Error("the key's graph has gradients")
	}

	// Statistics: each set of weights has its own, moved in training only.
	mean := func(w *nn.Weights) []float32 { return engine.Floats(w.Get("bn1.running_mean")) }
	if !slices.Equal(mean(query), mean(key)) || mean(query)[0] == 0 {
		t.Error("one forward pass in training each, on the same images: want equal statistics, moved")
	}
	before, keys := mean(query), mean(key)
	forward(t, eval, few)
	if !slices.Equal(mean(query), before) {
		t.Error("evaluation moved the running statistics")
	}
	forward(t, q, x)
	if slices.Equal(mean(query), before) || !slices.Equal(mean(key), keys) {
		t.Error("the query's statistics did not move, or the key's did")
	}

	// Weights: changed through the arena, seen by all graphs on them, and by no other.
	old, oldKey := forward(t, eval, few), forward(t, k, x)
	query.Engine.MomentumUpdate(query.Flat, query.Engine.New(e.Parameters()), 0.5)
	if slices.Equal(forward(t, eval, few), old) {
		t.Error("evaluation does not see the new weights")
	}
	if !slices.Equal(forward(t, k, x), oldKey) {
		t.Error("the key's graph sees the query's weights")
	}
}

// Between Forward and Backward the outputs can be read; Backward can be repeated, and leaves them as they are.
func TestBackwardTwice(t *testing.T) {
	e := encoder(t, nn.Config{Net: "resnet18", Width: 2, Size: 8, Splits: 2})
	w := e.NewWeights(cpu.New(), 1)
	g := must(t)(e.Train(w, 8))
	y := forward(t, g, images(g, 1))
	dout := engine.From(w.Engine, make([]float32, len(y)), g.Out().Shape()...)
	w.Engine.Upload(dout, images(g, 2)[:len(y)])
	mean := engine.Floats(w.Get("bn1.running_mean"))
	for range 2 {
		if err := g.Backward(dout); err != nil {
			t.Fatal(err)
		}
	}
	first := engine.Floats(g.Grads)
	if err := g.Backward(dout); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(first, engine.Floats(g.Grads)) {
		t.Error("the same gradient to the output, other gradients")
	}
	if !slices.Equal(y, engine.Floats(g.Out())) || !slices.Equal(mean, engine.Floats(w.Get("bn1.running_mean"))) {
		t.Error("Backward changed the output or the running statistics")
	}
	for _, p := range w.Params {
		if v := engine.Floats(g.Grad(p.Name)); !slices.ContainsFunc(v, func(x float32) bool { return x != 0 }) {
			t.Errorf("no gradient to %s", p.Name)
		}
	}
}

// Evaluation takes batches that splits do not divide.
func TestEvaluationKnowsNoSplits(t *testing.T) {
	e := encoder(t, nn.Config{Width: 4, Size: 8, Splits: 3})
	g := must(t)(e.Forward(e.NewWeights(cpu.New(), 1), 4, false))
	forward(t, g, images(g, 1))
}

// The same bits for any number of threads.
func TestThreads(t *testing.T) {
	defer parallel.SetThreads(parallel.Threads())
	var want []float32
	for _, threads := range []int{1, 2, 5} {
		parallel.SetThreads(threads)
		e := encoder(t, nn.Config{Net: "resnet18", Width: 4, Size: 8})
		g := must(t)(e.Train(e.NewWeights(cpu.New(), 1), 8))
		y := forward(t, g, images(g, 1))
		if err := g.Backward(engine.From(g.Weights.Engine, images(g, 2)[:len(y)], g.Out().Shape()...)); err != nil {
			t.Fatal(err)
		}
		got := append(y, engine.Floats(g.Grads)...)
		if want != nil && !slices.Equal(got, want) {
			t.Errorf("%d threads: other bits", threads)
		}
		want = got
	}
}

func TestGraphErrors(t *testing.T) {
	e := encoder(t, nn.Config{Width: 4, Size: 8, Dim: 6, Splits: 3})
	w := e.NewWeights(cpu.New(), 1)
	train := func(e *nn.Encoder, batch int) error { _, err := e.Train(w, batch); return err }
	g := must(t)(e.Train(w, 6))
	key := must(t)(e.Forward(w, 6, true))
	forward(t, key, images(key, 1))
	tiny := encoder(t, nn.Config{Width: 4, Size: 4, Dim: 6, Splits: 3})
	for want, err := range map[string]error{
		"batch of 0 images":                 train(e, 0),
		"batch of 8 images in 3 splits":     train(e, 8),
		"more than one value a channel":     func() error { _, err := tiny.Train(tiny.NewWeights(w.Engine, 1), 3); return err }(),
		"weights of {Net:main Size:8":       train(encoder(t, nn.Config{Width: 8, Size: 8}), 6),
		"Backward before Forward":           g.Backward(w.Engine.New(6, 6)),
		"the graph has no gradients: make ": key.Backward(w.Engine.New(6, 6)),
	} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want an error with %q", err, want)
		}
	}
	if err := g.Backward(w.Engine.New(6, 6)); !errors.Is(err, op.ErrNoForward) {
		t.Errorf("%v, want ErrNoForward", err)
	}
	for want, f := range map[string]func(){
		"Forward of 5 values, want those of x (6, 3, 8, 8)":     func() { _, _ = g.Forward(make([]float32, 5)) },
		"Backward from a gradient of shape (6, 5), want (6, 6)": func() { _ = g.Backward(w.Engine.New(6, 5)) },
	} {
		func() {
			defer func() {
				if got := fmt.Sprint(recover()); !strings.Contains(got, want) {
					t.Errorf("panic %q, want %q", got, want)
				}
			}()
			f()
		}()
	}
	if g.Out() != nil || g.Feature() != nil {
		t.Error("there is an output before the first Forward")
	}
	if err := g.Close(); err != nil {
		t.Error(err)
	}
}

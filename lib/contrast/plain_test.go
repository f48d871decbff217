package contrast

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/hardneg/hardneg/lib/engine"
	"github.com/hardneg/hardneg/lib/engine/cpu"
	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// step is one evaluation's inputs: normalised rows on an engine.
type step struct{ q, k, queue, s *tensor.Dense }

func newStep(n, c, k int, r *rand.Rand) step {
	e := cpu.New()
	rows := func(n int) *tensor.Dense {
		x := make([]float32, n*c)
		for i := range x {
			x[i] = float32(r.NormFloat64())
		}
		y := e.New(n, c)
		e.Normalise(y, e.New(n), engine.From(e, x, n, c))
		return y
	}
	p := step{rows(n), rows(n), rows(k), e.New(n, k)}
	Similarities(p.s, p.q, p.queue)
	return p
}

// plain runs PlainInfoNCE and its gradient to q in a graph over stock tensors.
func (p step) plain(t *testing.T, logWeights []float32, temperature float64) (loss float64, dq []float32) {
	t.Helper()
	g := G.NewGraph()
	node := func(name string, x []float32, shape tensor.Shape) *G.Node {
		return G.NodeFromAny(g, tensor.New(tensor.WithShape(shape...), tensor.WithBacking(x)), G.WithName(name))
	}
	of := func(name string, x *tensor.Dense) *G.Node { return node(name, engine.Floats(x), x.Shape()) }
	q := of("q", p.q)
	l, err := PlainInfoNCE(g, q, of("k", p.k), of("queue", p.queue), node("w", logWeights, p.s.Shape()), temperature)
	if err != nil {
		t.Fatal(err)
	}
	grads, err := G.Grad(l, q)
	if err != nil {
		t.Fatal(err)
	}
	m := G.NewTapeMachine(g)
	defer m.Close()
	if err := m.RunAll(); err != nil {
		t.Fatal(err)
	}
	return float64(l.Value().Data().(float32)), grads[0].Value().Data().([]float32)
}

func TestPlainIsFused(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	inf := float32(math.Inf(-1))
	for _, policy := range []Policy{Band{0, 100}, Band{0, 5}, Band{5, 100}, Band{5, 10}, Random{20}} {
		for _, temperature := range []float64{0.07, 0.1, 0.2, 0.5} {
			p := newStep(8, 16, 300, r)
			kept := keep(t, policy, p.s, nil, Rand{Seed: 3})
			weights := make([]float32, 8*300)
			for i := range weights {
				if !kept.Has(i/300, i%300) {
					weights[i] = inf
				}
			}
			l := InfoNCE(p.q, p.k, p.queue, p.s, kept, temperature)
			loss, dq := p.plain(t, weights, temperature)
			wide := make([]float64, len(dq))
			for i, v := range dq {
				wide[i] = float64(v)
			}
			if d := math.Abs(loss/Mean(l.Loss) - 1); d > 3e-6 {
				t.Errorf("%v, T %g: losses %.9g and %.9g", policy, temperature, loss, Mean(l.Loss))
			}
			if d := distance(engine.Floats(l.DQ), wide); d > 5e-6 {
				t.Errorf("%v, T %g: gradients differ by %.3g of their largest element", policy, temperature, d)
			}
		}
	}
}

// With weights instead of removals too, the two forms agree: the hook for policies that weigh.
func TestPlainIsFusedWithLogWeights(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	p := newStep(4, 8, 100, r)
	weights := make([]float32, 400)
	for i := range weights {
		weights[i] = float32(r.NormFloat64())
	}
	l := &engine.InfoNCE{Q: p.q, K: p.k, Queue: p.queue, S: p.s, Temperature: 0.2, LogWeight: engine.From(engine.Of(p.q), weights, 4, 100)}
	mean := Evaluate(l)
	loss, dq := p.plain(t, weights, 0.2)
	wide := make([]float64, len(dq))
	for i, v := range dq {
		wide[i] = float64(v)
	}
	if math.Abs(loss/mean-1) > 3e-6 || distance(engine.Floats(l.DQ), wide) > 5e-6 {
		t.Errorf("losses %.9g and %.9g", loss, mean)
	}
}

func TestPlainNamesWhatFails(t *testing.T) {
	g := G.NewGraph()
	node := func(name string, n, c int) *G.Node {
		return G.NewMatrix(g, tensor.Float32, G.WithShape(n, c), G.WithName(name))
	}
	if _, err := PlainInfoNCE(g, node("q", 4, 8), node("k", 4, 8), node("queue", 30, 9), node("w", 4, 30), 0.2); err == nil {
		t.Error("queries of 8 and keys of 9 columns are no error")
	}
}

func TestBandOfAllIsPlainMoCo(t *testing.T) {
	p := newStep(16, 32, 3000, rand.New(rand.NewPCG(5, 6)))
	all := InfoNCE(p.q, p.k, p.queue, p.s, nil, 0.1)
	band := InfoNCE(p.q, p.k, p.queue, p.s, keep(t, Band{0, 100}, p.s, nil, Rand{}), 0.1)
	for n, v := range all.Loss {
		if band.Loss[n] != v {
			t.Fatalf("query %d: loss %v, plain %v", n, band.Loss[n], v)
		}
	}
	x, y := engine.Floats(all.DQ), engine.Floats(band.DQ)
	for i := range x {
		if x[i] != y[i] {
			t.Fatalf("gradient %d: %v, plain %v", i, y[i], x[i])
		}
	}
}

func TestEvaluateKeepsItsMemory(t *testing.T) {
	p := newStep(4, 8, 70, rand.New(rand.NewPCG(7, 8)))
	l := InfoNCE(p.q, p.k, p.queue, p.s, nil, 0.2)
	dq, first := l.DQ, l.Loss[0]
	l.Loss[0] = 0
	if mean := Evaluate(l); l.DQ != dq || l.Loss[0] != first || mean != Mean(l.Loss) {
		t.Error("a second evaluation is not the first in the same memory")
	}
}

package op_test

import (
	"math"
	"math/rand/v2"
	"testing"

	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"github.com/hardneg/hardneg/lib/engine"
	"github.com/hardneg/hardneg/lib/op"
)

// residual is a small residual net, built twice from the same numbers: a stem, one block with a shortcut, pool, a
// head of two layers.
const (
	images, channels, side, width, dim = 3, 2, 6, 4, 5
)

func normals(r *rand.Rand, n int, scale float64) []float32 {
	v := make([]float32, n)
	for i := range v {
		v[i] = float32(r.NormFloat64() * scale)
	}
	return v
}

type number struct {
	name  string
	data  []float32
	shape []int
}

func numbers() (params []number, dy []float32) {
	r := rand.New(rand.NewPCG(1, 2))
	add := func(name string, scale, shift float64, shape ...int) {
		v := normals(r, tensor.Shape(shape).TotalSize(), scale)
		for i := range v {
			v[i] += float32(shift)
		}
		params = append(params, number{name, v, shape})
	}
	add("x", 1, 0, images, channels, side, side)
	add("w0", 0.5, 0, width, channels, 3, 3)
	add("w1", 0.4, 0, width, width, 3, 3)
	add("w2", 0.4, 0, width, width, 3, 3)
	for _, i := range []string{"0", "1", "2"} {
		add("gamma"+i, 0.2, 1, width)
		add("beta"+i, 0.3, 0, width)
	}
	add("h0", 0.7, 0, width, width)
	add("b0", 0.3, 0.2, width)
	add("h1", 0.7, 0, dim, width)
	return params, normals(r, images*dim, 1)
}

// ours is the net of this package's operations, finished.
func ours(t *testing.T, params []number, dy []float32) (*bench, map[string]*G.Node) {
	b, in := newBench(t), map[string]*G.Node{}
	for _, p := range params {
		in[p.name] = b.input(p.name, p.data, p.shape...)
	}
	unit := func(x, residual *G.Node, i string, relu bool) *G.Node {
		bn := &engine.BatchNorm{RunningMean: b.e.New(width), RunningVar: b.e.New(width), Momentum: 0.1, Eps: 1e-5, Train: true, ReLU: relu}
		return op.BatchNorm(b.plan, op.Conv2D(b.plan, x, in["w"+i], 1, 1), residual, in["gamma"+i], in["beta"+i], bn)
	}
	x, shortcut := op.Fork(b.plan, unit(in["x"], nil, "0", true))
	x = unit(unit(x, nil, "1", true), shortcut, "2", true)
	x = op.Linear(b.plan, op.GlobalAvgPool(b.plan, x), in["h0"], in["b0"], true)
	b.finish(op.Linear(b.plan, x, in["h1"], nil, false), dy)
	return b, in
}

// The same net of Gorgonia's own operations, where those are right, has the same gradients: so Fork adds what
// Gorgonia adds.
func TestGradientsAreStockGorgonias(t *testing.T) {
	params, dy := numbers()
	b, in := ours(t, params, dy)
	b.run()

	g, stock, wrt := G.NewGraph(), map[string]*G.Node{}, G.Nodes{}
	for _, p := range params {
		shape := p.shape
		if len(shape) == 1 {
			shape = []int{1, shape[0], 1, 1}
			if p.name == "b0" {
				shape = []int{1, width}
			}
		}
		v := tensor.New(tensor.WithShape(append([]int(nil), shape...)...), tensor.WithBacking(append([]float32(nil), p.data...)))
		stock[p.name] = G.NewTensor(g, tensor.Float32, len(shape), G.WithShape(shape...), G.WithName(p.name), G.WithValue(v))
		wrt = append(wrt, stock[p.name])
	}
	unit := func(x *G.Node, i string) *G.Node {
		y := G.Must(G.Conv2d(x, stock["w"+i], tensor.Shape{3, 3}, []int{1, 1}, []int{1, 1}, []int{1, 1}))
		y, _, _, _, err := G.BatchNorm(y, stock["gamma"+i], stock["beta"+i], 0.1, 1e-5)
		if err != nil {
			t.Fatal(err)
		}
		return y
	}
	relu := func(x *G.Node) *G.Node { return G.Must(G.Rectify(x)) }
	x := relu(unit(stock["x"], "0"))
	x = relu(G.Must(G.Add(unit(relu(unit(x, "1")), "2"), x)))
	x = G.Must(G.Reshape(x, tensor.Shape{images * width, side * side}))
	x = G.Must(G.Reshape(G.Must(G.Mean(x, 1)), tensor.Shape{images, width}))
	x = relu(G.Must(G.BroadcastAdd(G.Must(G.Mul(x, G.Must(G.Transpose(stock["h0"], 1, 0)))), stock["b0"], nil, []byte{0})))
	y := G.Must(G.Mul(x, G.Must(G.Transpose(stock["h1"], 1, 0))))
	d := G.NewConstant(tensor.New(tensor.WithShape(images, dim), tensor.WithBacking(dy)))
	grads, err := G.Grad(G.Must(G.Sum(G.Must(G.HadamardProd(y, d)))), wrt...)
	if err != nil {
		t.Fatal(err)
	}
	vm := G.NewTapeMachine(g)
	if err := vm.RunAll(); err != nil {
		t.Fatal(err)
	}
	if d := differs(b.result(), y.Value().Data().([]float32)); d > 1e-5 {
		t.Errorf("y: differs from stock Gorgonia's by %.1e of its norm", d)
	}
	for i, p := range params {
		if d := differs(b.grad(in[p.name]), grads[i].Value().Data().([]float32)); !(d < 2e-5) {
			t.Errorf("gradient to %s: differs from stock Gorgonia's by %.1e of its norm", p.name, d)
		}
	}
}

// The gradient along a direction is the slope along it, by central differences.
func TestGradientsAreSlopes(t *testing.T) {
	params, dy := numbers()
	b, in := ours(t, params, dy)
	b.run()
	r := rand.New(rand.NewPCG(3, 4))
	for _, p := range params {
		value, n := in[p.name].Value().(*tensor.Dense), len(p.data)
		grad := b.grad(in[p.name])
		direction := normals(r, n, 1/math.Sqrt(float64(n)))
		slope := 0.0
		for i, v := range direction {
			slope += float64(v) * float64(grad[i])
		}
		const h = 1e-3
		at := func(step float32) float64 {
			moved := append([]float32(nil), p.data...)
			for i, v := range direction {
				moved[i] += step * v
			}
			b.e.Upload(value, moved)
			if err := b.plan.Run(b.forward, op.Forward); err != nil {
				t.Fatal(err)
			}
			return b.e.Dot(b.y.Value().(*tensor.Dense), b.dy)
		}
		got := (at(h) - at(-h)) / (2 * h)
		b.e.Upload(value, p.data)
		if scale := math.Abs(slope) + 0.1; !(math.Abs(got-slope) < 3e-3*scale) {
			t.Errorf("%s: slope %.6f, gradient %.6f", p.name, got, slope)
		}
	}
}

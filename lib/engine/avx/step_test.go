package avx

import (
	"testing"

	"gorgonia.org/tensor"

	"github.com/hardneg/hardneg/lib/engine"
)

// block is a convolution with its BatchNorm and ReLU, and the tensors of a training step.
type block struct {
	layer
	add               *tensor.Dense // a residual, or nil
	x, dx, w, dw      *tensor.Dense
	z, y, dz, dy, dr  *tensor.Dense
	bn                *engine.BatchNorm
	dgamma, dbeta     *tensor.Dense
	withoutInputGrads bool
}

// chain lays layers end to end, each with buffers of its own.
func chain(e engine.Engine, layers []layer) []*block {
	var blocks []*block
	x := random(e, layers[0].n, layers[0].i, layers[0].size, layers[0].size)
	dx := e.New(x.Shape()...)
	for i, l := range layers {
		out := []int{l.n, l.o, l.out(), l.out()}
		b := &block{layer: l, x: x, dx: dx, w: random(e, l.o, l.i, l.window, l.window), z: e.New(out...), y: e.New(out...),
			dz: e.New(out...), dy: e.New(out...), bn: newBatchNorm(e, l.o), dgamma: e.New(l.o), dbeta: e.New(l.o), withoutInputGrads: i == 0}
		b.dw = e.New(b.w.Shape()...)
		x, dx = b.y, b.dy
		blocks = append(blocks, b)
	}
	return blocks
}

func (b *block) forward(e engine.Engine) {
	e.Conv2D(b.z, b.x, b.w, b.stride, b.window/2)
	e.BatchNorm(b.y, b.z, b.add, b.bn)
}

func (b *block) backward(e engine.Engine) {
	e.BatchNormBackward(b.dz, b.dr, b.dgamma, b.dbeta, b.dy, b.y, b.z, b.bn)
	e.Conv2DBackwardWeights(b.dw, b.dz, b.x, b.stride, b.window/2)
	if !b.withoutInputGrads {
		e.Conv2DBackwardData(b.dx, b.dz, b.w, b.stride, b.window/2)
	}
}

// mainStep returns a forward pass, a backward pass and SGD of the encoder "main": four convolutions, the pool, two
// linear layers and the normalisation, kernel after kernel.
func mainStep(e engine.Engine) func() {
	const n, c, dim, parameters = 128, 192, 64, 290_000
	blocks := chain(e, mainNet)
	last := blocks[len(blocks)-1]
	f, h, z, out, norm := e.New(n, c), e.New(n, c), e.New(n, dim), e.New(n, dim), e.New(n)
	w1, b1, w2, b2 := random(e, c, c), random(e, c), random(e, dim, c), random(e, dim)
	dout, dz, dh, df := random(e, n, dim), e.New(n, dim), e.New(n, c), e.New(n, c)
	dw1, db1, dw2, db2 := e.New(c, c), e.New(c), e.New(dim, c), e.New(dim)
	w, v, g := e.New(parameters), e.New(parameters), e.New(parameters)
	return func() {
		for _, b := range blocks {
			b.forward(e)
		}
		e.GlobalAvgPool(f, last.y)
		e.Linear(h, f, w1, b1, true)
		e.Linear(z, h, w2, b2, false)
		e.Normalise(out, norm, z)
		e.NormaliseBackward(dz, dout, out, norm)
		e.LinearBackward(dh, dw2, db2, dz, z, h, w2, false)
		e.LinearBackward(df, dw1, db1, dh, h, f, w1, true)
		e.GlobalAvgPoolBackward(last.dy, df)
		for i := len(blocks) - 1; i >= 0; i-- {
			blocks[i].backward(e)
		}
		e.SGD(w, v, g, 0.03, 0.9, 5e-4)
	}
}

// resNetStep is the same for ResNet-18 as it is used for 32x32 images, batch 64, without its linear layer.
func resNetStep(e engine.Engine) func() {
	const n = 64
	layers := []layer{{n, 3, 32, 64, 3, 1}}
	var short []layer
	in, size := 64, 32
	for _, o := range []int{64, 128, 256, 512} {
		for unit := range 2 {
			stride := 1
			if unit == 0 && o > 64 {
				stride = 2
				short = append(short, layer{n, in, size, o, 1, 2})
			}
			layers = append(layers, layer{n, in, size, o, 3, stride})
			size /= stride
			layers = append(layers, layer{n, o, size, o, 3, 1})
			in = o
		}
	}
	blocks := chain(e, layers)
	var shorts []*block
	for _, l := range short {
		shorts = append(shorts, chain(e, []layer{l})...)
		shorts[len(shorts)-1].withoutInputGrads = false
	}
	for i, b := range blocks {
		if i > 0 && i%2 == 0 { // the second of a unit adds what came in
			b.add, b.dr = random(e, b.y.Shape()...), e.New(b.y.Shape()...)
		}
	}
	f, df := e.New(n, 512), random(e, n, 512)
	w, v, g := e.New(11_200_000), e.New(11_200_000), e.New(11_200_000)
	last := blocks[len(blocks)-1]
	return func() {
		for _, b := range append(blocks, shorts...) {
			b.forward(e)
		}
		e.GlobalAvgPool(f, last.y)
		e.GlobalAvgPoolBackward(last.dy, df)
		for i := len(blocks) - 1; i >= 0; i-- {
			blocks[i].backward(e)
		}
		for _, b := range shorts {
			b.backward(e)
		}
		e.SGD(w, v, g, 0.03, 0.9, 5e-4)
	}
}

func BenchmarkStep(b *testing.B) {
	eachBench(b, func(b *testing.B, e *Engine) {
		b.Run("main", func(b *testing.B) { fastest(b, 0, mainStep(e)) })
		b.Run("resnet18", func(b *testing.B) { fastest(b, 0, resNetStep(e)) })
	})
}

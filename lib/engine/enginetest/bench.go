package enginetest

import (
	"fmt"
	"testing"

	"gorgonia.org/tensor"

	"github.com/hardneg/hardneg/lib/engine"
	"github.com/hardneg/hardneg/lib/stream"
)

// Bench measures every kernel of e at the sizes of a training step of the encoder "main": batches of 128 images of
// 16 pixels, 4,096 negatives, 64 dimensions, 359,040 weights.
func Bench(b *testing.B, e engine.Engine) {
	const n, c, k, weights = 128, 64, 4096, 359040
	tr := &trial{e: e, r: stream.New(5)}
	in := func(shape ...int) *tensor.Dense {
		return engine.From(e, tr.normal(tensor.Shape(shape).TotalSize()), shape...)
	}
	measure := func(name string, flops int, f func()) {
		b.Run(name, func(b *testing.B) {
			f()
			for b.Loop() {
				f()
			}
			if flops > 0 {
				b.ReportMetric(float64(flops)*float64(b.N)/b.Elapsed().Seconds()/1e9, "GFLOP/s")
			}
		})
	}
	var all []func() // forward and backward of main's convolutions
	total := 0
	for i, row := range MainConvs {
		s := square(n, row)
		x, w, y := in(s.xShape()...), in(s.wShape()...), in(s.yShape()...)
		out, dx, dw := e.New(s.yShape()...), e.New(s.xShape()...), e.New(s.wShape()...)
		flops := 2 * n * s.o * s.ho() * s.wo() * s.i * s.r * s.s
		kernels := []func(){func() { e.Conv2D(out, x, w, s.stride, s.pad) }, func() { e.Conv2DBackwardWeights(dw, y, x, s.stride, s.pad) }}
		if i > 0 { // nobody needs the gradient to the pixels
			kernels = append(kernels, func() { e.Conv2DBackwardData(dx, y, w, s.stride, s.pad) })
		}
		for j, f := range kernels {
			measure(fmt.Sprintf("%s/%d-%d", []string{"Conv2D", "BackwardWeights", "BackwardData"}[j], s.i, s.o), flops, f)
			total += flops
		}
		all = append(all, kernels...)
		benchBatchNorm(e, measure, out, y, s)
	}
	measure("Convolutions", total, func() {
		for _, f := range all {
			f()
		}
	})

	x, w, y := in(n, 192), in(192, 192), in(n, 192)
	dw := e.New(192, 192)
	measure("Linear", 2*n*192*192, func() { e.Linear(y, x, w, nil, true) })
	measure("LinearBackward", 4*n*192*192, func() { e.LinearBackward(x, dw, nil, y, y, x, w, true) })
	q, queue, s := engine.From(e, tr.rows(n, c), n, c), engine.From(e, tr.rows(k, c), k, c), e.New(n, k)
	measure("Similarities", 2*n*k*c, func() { e.MatMul(s, q, queue, false, true) })
	kept := engine.NewPairs(n, k)
	measure("SelectRanks", 0, func() { _ = e.SelectRanks(kept, s, nil, 0, k/20) })
	l := &engine.InfoNCE{Q: q, K: q, Queue: queue, S: s, Temperature: 0.2, Loss: make([]float64, n), Positive: make([]float64, n), DQ: e.New(n, c)}
	measure("InfoNCE/all", 0, func() { e.InfoNCE(l) })
	l.Kept = kept
	measure("InfoNCE/5%", 0, func() { e.InfoNCE(l) })
	norm, unit := e.New(n), e.New(n, c)
	measure("Normalise", 0, func() { e.Normalise(unit, norm, q) })
	flat, velocity, grad := in(weights), in(weights), in(weights)
	measure("SGD", 0, func() { e.SGD(flat, velocity, grad, 0, 0.9, 5e-4) })
	measure("MomentumUpdate", 0, func() { e.MomentumUpdate(flat, grad, 0.99) })
}

func benchBatchNorm(e engine.Engine, measure func(string, int, func()), x, dy *tensor.Dense, s conv) {
	y, dx := e.New(s.yShape()...), e.New(s.yShape()...)
	one := func() *tensor.Dense { return e.New(s.o) }
	bn := &engine.BatchNorm{Gamma: one(), Beta: one(), RunningMean: one(), RunningVar: one(), Mean: e.New(1, s.o), InvStd: e.New(1, s.o),
		Momentum: 0.1, Eps: 1e-5, Train: true, ReLU: true}
	dgamma, dbeta := one(), one()
	measure(fmt.Sprint("BatchNorm/", s.o), 0, func() { e.BatchNorm(y, x, nil, bn) })
	measure(fmt.Sprint("BatchNormBackward/", s.o), 0, func() { e.BatchNormBackward(dx, nil, dgamma, dbeta, dy, y, x, bn) })
}

package avx

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"gorgonia.org/tensor"

	"github.com/hardneg/hardneg/lib/engine"
)

// fastest reports the least time of one call of f: other programs on the machine can only make a call slower
// (cpu-ms is the processor time of all threads, which is less sensitive to them, and most telling with GOMAXPROCS=1).
// flops, where known, is its number of additions and multiplications.
func fastest(b *testing.B, flops float64, f func()) {
	f()
	least, work := time.Hour, time.Hour
	for b.Loop() {
		t, p := time.Now(), processorTime()
		f()
		least, work = min(least, time.Since(t)), min(work, processorTime()-p)
	}
	b.ReportMetric(least.Seconds()*1e3, "min-ms")
	b.ReportMetric(work.Seconds()*1e3, "cpu-ms")
	if flops > 0 {
		b.ReportMetric(flops/least.Seconds()/1e9, "GFLOP/s")
		b.ReportMetric(flops/work.Seconds()/1e9, "GFLOP/s-cpu")
	}
}

// eachBench runs f for each instruction set that this machine has.
func eachBench(b *testing.B, f func(b *testing.B, e *Engine)) {
	for _, isa := range []string{avx2, avx512} {
		if e, err := Open(isa); err == nil {
			b.Run(isa, func(b *testing.B) { f(b, e) })
		}
	}
}

func random(e engine.Engine, shape ...int) *tensor.Dense {
	x := make([]float32, tensor.Shape(shape).TotalSize())
	for i := range x {
		x[i] = float32(rand.NormFloat64())
	}
	return engine.From(e, x, shape...)
}

// layer is a convolution with the BatchNorm behind it.
type layer struct{ n, i, size, o, window, stride int }

func (l layer) out() int { return (l.size-1)/l.stride + 1 }

// flops counts products with padding too, as other libraries do.
func (l layer) flops() float64 {
	return 2 * float64(l.n*l.i*l.o*l.window*l.window) * float64(l.out()*l.out())
}

func (l layer) String() string {
	return fmt.Sprintf("%dx%dx%d-%d-k%d-s%d", l.i, l.size, l.size, l.o, l.window, l.stride)
}

// mainNet are the layers of the encoder "main", batch 128.
var mainNet = []layer{{128, 3, 16, 48, 3, 2}, {128, 48, 8, 48, 3, 1}, {128, 48, 8, 96, 3, 2}, {128, 96, 4, 192, 3, 2}}

// resNet are layers of ResNet-18 for 32x32 images, batch 64.
var resNet = []layer{{64, 3, 32, 64, 3, 1}, {64, 64, 32, 64, 3, 1}, {64, 64, 32, 128, 3, 2}, {64, 64, 32, 128, 1, 2},
	{64, 128, 16, 128, 3, 1}, {64, 256, 8, 256, 3, 1}, {64, 512, 4, 512, 3, 1}}

func BenchmarkConv2D(b *testing.B) {
	eachBench(b, func(b *testing.B, e *Engine) {
		for _, l := range append(append([]layer{}, mainNet...), resNet...) {
			x, w := random(e, l.n, l.i, l.size, l.size), random(e, l.o, l.i, l.window, l.window)
			y := random(e, l.n, l.o, l.out(), l.out())
			dx, dw := e.New(x.Shape()...), e.New(w.Shape()...)
			pad := l.window / 2
			b.Run(l.String()+"/forward", func(b *testing.B) {
				fastest(b, l.flops(), func() { e.Conv2D(y, x, w, l.stride, pad) })
			})
			b.Run(l.String()+"/data", func(b *testing.B) {
				fastest(b, l.flops(), func() { e.Conv2DBackwardData(dx, y, w, l.stride, pad) })
			})
			b.Run(l.String()+"/weights", func(b *testing.B) {
				fastest(b, l.flops(), func() { e.Conv2DBackwardWeights(dw, y, x, l.stride, pad) })
			})
		}
	})
}

func BenchmarkBatchNorm(b *testing.B) {
	eachBench(b, func(b *testing.B, e *Engine) {
		for _, l := range mainNet[1:] {
			x, y := random(e, l.n, l.o, l.out(), l.out()), random(e, l.n, l.o, l.out(), l.out())
			dx, bn := e.New(x.Shape()...), newBatchNorm(e, l.o)
			b.Run(l.String()+"/forward", func(b *testing.B) { fastest(b, 0, func() { e.BatchNorm(y, x, nil, bn) }) })
			b.Run(l.String()+"/backward", func(b *testing.B) {
				fastest(b, 0, func() { e.BatchNormBackward(dx, nil, bn.RunningMean, bn.RunningVar, y, y, x, bn) })
			})
		}
	})
}

func newBatchNorm(e engine.Engine, c int) *engine.BatchNorm {
	return &engine.BatchNorm{Gamma: random(e, c), Beta: random(e, c), RunningMean: e.New(c), RunningVar: e.New(c),
		Mean: e.New(1, c), InvStd: e.New(1, c), Splits: 1, Momentum: 0.1, Eps: 1e-5, Train: true, ReLU: true}
}

func BenchmarkMatMul(b *testing.B) {
	eachBench(b, func(b *testing.B, e *Engine) {
		for _, s := range [][3]int{{128, 4096, 64}, {512, 512, 512}} {
			m, n, k := s[0], s[1], s[2]
			c, x, y := e.New(m, n), random(e, m, k), random(e, n, k)
			b.Run(fmt.Sprintf("%dx%dx%d", m, n, k), func(b *testing.B) {
				fastest(b, 2*float64(m*n*k), func() { e.MatMul(c, x, y, false, true) })
			})
		}
	})
}

// BenchmarkTile is the micro-kernel by itself, on one thread, with operands in the first-level cache and in the second.
func BenchmarkTile(b *testing.B) {
	eachBench(b, func(b *testing.B, e *Engine) {
		for _, k := range []int{128, 432, 2048} {
			units := e.k.wide
			m := e.k.rows[units-1]
			pa, pb := make([]float32, m*k), make([]float32, units*unit*k)
			pc := make([]float32, m*units*unit)
			w := walk{rows: 1, cols: 1, run: int64(k), aStep: int64(4 * m), b2: int64(4 * unit * k), c2: int64(4 * unit * m), ldc: 4 * unit}
			b.Run(fmt.Sprintf("%dx%d-k%d", m, units*unit, k), func(b *testing.B) {
				fastest(b, 2*float64(m*units*unit*k)*100, func() {
					for range 100 {
						e.k.tile(m, units, &pa[0], &pb[0], &pc[0], &w)
					}
				})
			})
		}
	})
}

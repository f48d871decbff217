package cpu

import (
	"gorgonia.org/tensor"

	"github.com/hardneg/hardneg/lib/engine"
	"github.com/hardneg/hardneg/lib/parallel"
)

// BatchNormBackward: with g = dy where ReLU was open, z = (x - mean) invstd, and sums over the M values of a split,
//
//	dresidual = g,  dbeta = sum g,  dgamma = sum g z,  dx = gamma invstd (g - sum g / M - z sum(g z) / M),
//
// the last two terms in training only: running statistics are constants. dresidual is nil where there was no
// residual. (Ioffe and Szegedy, "Batch Normalization", 2015, section 3.)
func (e *Engine) BatchNormBackward(dx, dresidual, dgamma, dbeta, dy, y, x *tensor.Dense, bn *engine.BatchNorm) {
	s := planesOf("BatchNormBackward", x, bn, dx, dresidual, dy, y)
	engine.CheckSame("BatchNormBackward", dgamma, bn.Gamma)
	engine.CheckSame("BatchNormBackward", dbeta, bn.Beta)
	b := back{planes: s, bn: bn, dx: data(dx), dr: optional(dresidual), dy: data(dy), x: data(x)}
	if bn.ReLU {
		b.y = data(y)
	}
	gammas, betas := data(dgamma), data(dbeta)
	parallel.For(s.c, s.grain(), func(lo, hi int) {
		for channel := lo; channel < hi; channel++ {
			g, gz := 0.0, 0.0
			for split := range s.splits {
				sumG, sumGZ := b.sums(channel, split)
				b.write(channel, split, sumG, sumGZ)
				g += sumG
				gz += sumGZ
			}
			betas[channel], gammas[channel] = float32(g), float32(gz)
		}
	})
}

// back is what one backward pass reads and writes; y is nil where there was no ReLU.
type back struct {
	planes
	bn       *engine.BatchNorm
	dx, dr   []float32
	dy, y, x []float32
}

// sums returns the sums of g and of g z over a channel of a split. It leaves g in dx.
func (b *back) sums(channel, split int) (sumG, sumGZ float64) {
	for image := split; image < b.n; image += b.splits {
		mean, inv := b.normal(channel, image, b.bn)
		g, x := b.at(b.dx, image, channel), b.at(b.x, image, channel)
		copy(g, b.at(b.dy, image, channel))
		for i, v := range b.at(b.y, image, channel) {
			g[i] = open(g[i], v)
		}
		for i, v := range g {
			sumG += float64(v)
			sumGZ += float64(v) * float64((x[i]-mean)*inv)
		}
		if b.dr != nil {
			copy(b.at(b.dr, image, channel), g)
		}
	}
	return sumG, sumGZ
}

// write turns the g that sums left in dx into dx.
func (b *back) write(channel, split int, sumG, sumGZ float64) {
	gamma, m := data(b.bn.Gamma)[channel], float64(b.count)
	meanG, meanGZ := float32(sumG/m), float32(sumGZ/m)
	for image := split; image < b.n; image += b.splits {
		mean, inv := b.normal(channel, image, b.bn)
		scale := gamma * inv
		g, x := b.at(b.dx, image, channel), b.at(b.x, image, channel)
		if !b.bn.Train {
			for i := range g {
				g[i] *= scale
			}
			continue
		}
		for i, v := range x {
			g[i] = scale * (g[i] - meanG - (v-mean)*inv*meanGZ)
		}
	}
}

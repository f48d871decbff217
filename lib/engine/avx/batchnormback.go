package avx

import (
	"gorgonia.org/tensor"

	"github.com/hardneg/hardneg/lib/engine"
	"github.com/hardneg/hardneg/lib/parallel"
)

// BatchNormBackward: with g = dy where ReLU was open, z = (x - mean) invstd, and sums over the M values of a split,
//
//	dresidual = g,  dbeta = sum g,  dgamma = sum g z,  dx = gamma invstd (g - sum g / M - z sum(g z) / M).
//
// The sum of g z is that of g x, less mean times the sum of g, in float64.
func (e *Engine) BatchNormBackward(dx, dresidual, dgamma, dbeta, dy, y, x *tensor.Dense, bn *engine.BatchNorm) {
	n, c, p, splits := engine.CheckBatchNorm("BatchNormBackward", x, bn, dx, dresidual, dy, y)
	s, ok := stripsOf(n, c, p, splits)
	if !ok || !bn.Train {
		e.Engine.BatchNormBackward(dx, dresidual, dgamma, dbeta, dy, y, x, bn)
		return
	}
	engine.CheckSame("BatchNormBackward", dgamma, bn.Gamma)
	engine.CheckSame("BatchNormBackward", dbeta, bn.Beta)
	dxs, dys, xs := data(dx), data(dy), data(x)
	ys, drs := xs, dxs // pointers that the kernels do not follow
	sum, write := normBackSums, normBack
	if bn.ReLU {
		sum, write, ys = normBackSumsReLU, normBackReLU, data(y)
	}
	if dresidual != nil {
		write, drs = normBackAdd, data(dresidual)
		if bn.ReLU {
			write = normBackAddReLU
		}
	}
	gamma, dgammas, dbetas := data(bn.Gamma), data(dgamma), data(dbeta)
	count := float64(n / splits * p)
	workers := e.perWorker()
	parallel.ForWorker(s.count, s.grain(), func(worker, lo, hi int) {
		wk := workers[worker]
		sums, parameters := grow64(&wk.sums, 16), grow(&wk.parameters, 32)
		for strip := lo; strip < hi; strip++ {
			var allG, allGZ [8]float64
			for split := range s.splits {
				clear(sums)
				s.rows(strip, split, func(at int, n, stride, inner int64) {
					sum(&dys[at], &ys[at], &xs[at], &sums[0], n, stride, inner)
				})
				for j := range s.channels {
					ch := s.channel(strip) + j
					mean, inv := normal(bn, split, ch)
					g := s.reduce(sums[0:8], j)
					gz := (s.reduce(sums[8:16], j) - float64(mean)*g) * float64(inv)
					allG[j] += g
					allGZ[j] += gz
					s.spread(parameters[0:8], j, mean)
					s.spread(parameters[8:16], j, gamma[ch]*inv)
					s.spread(parameters[16:24], j, float32(g/count))
					s.spread(parameters[24:32], j, float32(float64(inv)*gz/count))
				}
				s.rows(strip, split, func(at int, n, stride, inner int64) {
					write(&dxs[at], &drs[at], &dys[at], &ys[at], &xs[at], &parameters[0], n, stride, inner)
				})
			}
			for j := range s.channels {
				ch := s.channel(strip) + j
				dbetas[ch], dgammas[ch] = float32(allG[j]), float32(allGZ[j])
			}
		}
	})
}

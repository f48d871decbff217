package avx

import (
	"math"

	"gorgonia.org/tensor"

	"github.com/hardneg/hardneg/lib/engine"
	"github.com/hardneg/hardneg/lib/parallel"
)

// BatchNorm: y = act(gamma (x - mean)/sqrt(var + eps) + beta + residual); see engine.BatchNorm. A strip is read for
// its sums and read again, from the cache, for its result. Sums are float64, which holds squares of float32 exactly:
// the variance may be taken as a difference.
func (e *Engine) BatchNorm(y, x, residual *tensor.Dense, bn *engine.BatchNorm) {
	n, c, p, splits := engine.CheckBatchNorm("BatchNorm", x, bn, y, residual)
	s, ok := stripsOf(n, c, p, splits)
	if !ok {
		e.Engine.BatchNorm(y, x, residual, bn)
		return
	}
	if !bn.Train {
		s.splits = 1
	}
	xs, ys, rs := data(x), data(y), data(x)
	apply := normApply
	switch {
	case residual != nil && bn.ReLU:
		apply, rs = normApplyAddReLU, data(residual)
	case residual != nil:
		apply, rs = normApplyAdd, data(residual)
	case bn.ReLU:
		apply = normApplyReLU
	}
	gamma, beta := data(bn.Gamma), data(bn.Beta)
	workers := e.perWorker()
	parallel.ForWorker(s.count, s.grain(), func(worker, lo, hi int) {
		wk := workers[worker]
		sums, parameters := grow64(&wk.sums, 16), grow(&wk.parameters, 32)
		for strip := lo; strip < hi; strip++ {
			if bn.Train {
				s.statistics(xs, sums, strip, bn)
			}
			for split := range s.splits {
				for j := range s.channels {
					ch := s.channel(strip) + j
					mean, inv := normal(bn, split, ch)
					s.spread(parameters[0:8], j, mean)
					s.spread(parameters[8:16], j, gamma[ch]*inv)
					s.spread(parameters[16:24], j, beta[ch])
				}
				s.rows(strip, split, func(at int, n, stride, inner int64) {
					apply(&ys[at], &xs[at], &rs[at], &parameters[0], n, stride, inner)
				})
			}
		}
	})
}

// normal is the mean and 1/sqrt(var + eps) that a channel is normalised by.
func normal(bn *engine.BatchNorm, split, channel int) (mean, inv float32) {
	if bn.Train {
		at := split*bn.Gamma.Shape()[0] + channel
		return data(bn.Mean)[at], data(bn.InvStd)[at]
	}
	v := float64(data(bn.RunningVar)[channel])
	return data(bn.RunningMean)[channel], float32(1 / math.Sqrt(v+float64(bn.Eps)))
}

// statistics writes Mean and InvStd of a strip's channels and moves their running statistics.
func (s *strips) statistics(xs []float32, sums []float64, strip int, bn *engine.BatchNorm) {
	var means, variances [8]float64
	means32, invs := data(bn.Mean), data(bn.InvStd)
	count := float64(s.n / s.splits * s.p)
	for split := range s.splits {
		clear(sums)
		s.rows(strip, split, func(at int, n, stride, inner int64) {
			normSums(&xs[at], &sums[0], n, stride, inner)
		})
		for j := range s.channels {
			mean := s.reduce(sums[0:8], j) / count
			squares := s.reduce(sums[8:16], j) - mean*mean*count
			if squares < 0 { // by rounding; NaN stays
				squares = 0
			}
			at := split*s.c + s.channel(strip) + j
			means32[at] = float32(mean)
			invs[at] = float32(1 / math.Sqrt(squares/count+float64(bn.Eps)))
			means[j] += mean
			variances[j] += squares / (count - 1)
		}
	}
	move := func(running *float32, batch float64) {
		*running = float32((1-float64(bn.Momentum))*float64(*running) + float64(bn.Momentum)*batch/float64(s.splits))
	}
	for j := range s.channels {
		ch := s.channel(strip) + j
		move(&data(bn.RunningMean)[ch], means[j])
		move(&data(bn.RunningVar)[ch], variances[j])
	}
}

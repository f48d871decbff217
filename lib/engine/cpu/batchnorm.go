package cpu

import (
	"math"

	"gorgonia.org/tensor"

	"github.com/hardneg/hardneg/lib/engine"
	"github.com/hardneg/hardneg/lib/parallel"
)

// planes are the sizes of a batch normalisation: x (n, c, p). Sample i belongs to split i mod splits, and each
// split has count values a channel.
type planes struct {
	n, c, p, splits, count int
}

func planesOf(kernel string, x *tensor.Dense, bn *engine.BatchNorm, like ...*tensor.Dense) planes {
	n, c, p, splits := engine.CheckBatchNorm(kernel, x, bn, like...)
	return planes{n, c, p, splits, n / splits * p}
}

// at is plane (image, channel) of x; nil where x is nil.
func (s planes) at(x []float32, image, channel int) []float32 {
	if x == nil {
		return nil
	}
	return x[(image*s.c+channel)*s.p:][:s.p]
}

// grain is the number of channels a worker takes: those of one cache line where a plane is a single value.
func (s planes) grain() int { return max(1, 16/s.p) }

// optional is data, or nil where t is.
func optional(t *tensor.Dense) []float32 {
	if t == nil {
		return nil
	}
	return data(t)
}

// BatchNorm: y = act(gamma (x - mean)/sqrt(var + eps) + beta + residual); see engine.BatchNorm. y and x are
// (N, C, H, W) or (N, C), residual is like x or nil.
func (e *Engine) BatchNorm(y, x, residual *tensor.Dense, bn *engine.BatchNorm) {
	s := planesOf("BatchNorm", x, bn, y, residual)
	xs, ys, rs := data(x), data(y), optional(residual)
	gamma, beta := data(bn.Gamma), data(bn.Beta)
	parallel.For(s.c, s.grain(), func(lo, hi int) {
		for channel := lo; channel < hi; channel++ {
			if bn.Train {
				s.statistics(xs, channel, bn)
			}
			for image := range s.n {
				mean, inv := s.normal(channel, image, bn)
				out := s.at(ys, image, channel)
				scale, shift := gamma[channel]*inv, beta[channel]
				for i, v := range s.at(xs, image, channel) {
					out[i] = (v-mean)*scale + shift
				}
				if rs != nil {
					add(out, s.at(rs, image, channel))
				}
				if bn.ReLU {
					rectify(out)
				}
			}
		}
	})
}

// normal is the mean and 1/sqrt(var + eps) that the image's values of a channel are normalised by.
func (s planes) normal(channel, image int, bn *engine.BatchNorm) (mean, inv float32) {
	if bn.Train {
		at := image%s.splits*s.c + channel
		return data(bn.Mean)[at], data(bn.InvStd)[at]
	}
	v := float64(data(bn.RunningVar)[channel])
	return data(bn.RunningMean)[channel], float32(1 / math.Sqrt(v+float64(bn.Eps)))
}

// statistics writes the channel's Mean and InvStd of each split and moves the running statistics towards the mean
// of the splits'. Two passes, so that a large mean does not cost the variance its digits.
func (s planes) statistics(xs []float32, channel int, bn *engine.BatchNorm) {
	means, variances := 0.0, 0.0
	for split := range s.splits {
		sum := 0.0
		for image := split; image < s.n; image += s.splits {
			for _, v := range s.at(xs, image, channel) {
				sum += float64(v)
			}
		}
		mean := sum / float64(s.count)
		squares := 0.0
		for image := split; image < s.n; image += s.splits {
			for _, v := range s.at(xs, image, channel) {
				d := float64(v) - mean
				squares += d * d
			}
		}
		at := split*s.c + channel
		data(bn.Mean)[at] = float32(mean)
		data(bn.InvStd)[at] = float32(1 / math.Sqrt(squares/float64(s.count)+float64(bn.Eps)))
		means += mean
		variances += squares / float64(s.count-1)
	}
	move := func(running *tensor.Dense, batch float64) {
		r := &data(running)[channel]
		*r = float32((1-float64(bn.Momentum))*float64(*r) + float64(bn.Momentum)*batch/float64(s.splits))
	}
	move(bn.RunningMean, means)
	move(bn.RunningVar, variances)
}

package enginetest

import "math"

// batchNorm is a batch normalisation in float64 of x (n, c, p); see engine.BatchNorm for the rest.
type batchNorm struct {
	n, c, p, splits         int
	momentum, eps           float64
	train, relu             bool
	gamma, beta             []float64
	runningMean, runningVar []float64
}

// values calls f with the index of each element of channel c of split s.
func (b *batchNorm) values(s, c int, f func(i int)) {
	for n := s; n < b.n; n += b.splits {
		for p := range b.p {
			f((n*b.c+c)*b.p + p)
		}
	}
}

// statistics returns mean and 1/sqrt(var + eps) of channel c in split s, and the unbiased variance.
func (b *batchNorm) statistics(x []float64, s, c int) (mean, inv, unbiased float64) {
	if !b.train {
		return b.runningMean[c], 1 / math.Sqrt(b.runningVar[c]+b.eps), 0
	}
	count, sum, squares := 0.0, 0.0, 0.0
	b.values(s, c, func(i int) { count++; sum += x[i] })
	mean = sum / count
	b.values(s, c, func(i int) { squares += (x[i] - mean) * (x[i] - mean) })
	return mean, 1 / math.Sqrt(squares/count+b.eps), squares / (count - 1)
}

// forward returns y and, in training, the running statistics after the pass.
func (b *batchNorm) forward(x, residual []float64) (y, runningMean, runningVar []float64) {
	y = make([]float64, len(x))
	runningMean, runningVar = make([]float64, b.c), make([]float64, b.c)
	for c := range b.c {
		means, variances := 0.0, 0.0
		for s := range b.splits {
			mean, inv, unbiased := b.statistics(x, s, c)
			means += mean
			variances += unbiased
			b.values(s, c, func(i int) {
				y[i] = b.gamma[c]*(x[i]-mean)*inv + b.beta[c]
				if residual != nil {
					y[i] += residual[i]
				}
				if b.relu && y[i] < 0 {
					y[i] = 0
				}
			})
		}
		runningMean[c], runningVar[c] = b.runningMean[c], b.runningVar[c]
		if b.train {
			runningMean[c] += b.momentum * (means/float64(b.splits) - b.runningMean[c])
			runningVar[c] += b.momentum * (variances/float64(b.splits) - b.runningVar[c])
		}
	}
	return y, runningMean, runningVar
}

// backward returns the gradients; y tells where ReLU was open.
//
// With z = (x - mean) inv and h = gamma g: in training x moves the mean and the variance as well, so that
// dx = inv (h - mean of h - z mean of (h z)), the means being over the channel's values in the split.
func (b *batchNorm) backward(dy, y, x []float64) (dx, dresidual, dgamma, dbeta []float64) {
	dx, dresidual = make([]float64, len(x)), make([]float64, len(x))
	dgamma, dbeta = make([]float64, b.c), make([]float64, b.c)
	for i, g := range dy {
		if !b.relu || y[i] > 0 {
			dresidual[i] = g
		}
	}
	for c := range b.c {
		for s := range b.splits {
			mean, inv, _ := b.statistics(x, s, c)
			count, h, hz := 0.0, 0.0, 0.0
			b.values(s, c, func(i int) {
				z := (x[i] - mean) * inv
				count++
				h += b.gamma[c] * dresidual[i]
				hz += b.gamma[c] * dresidual[i] * z
				dbeta[c] += dresidual[i]
				dgamma[c] += dresidual[i] * z
			})
			b.values(s, c, func(i int) {
				dx[i] = inv * b.gamma[c] * dresidual[i]
				if b.train {
					dx[i] -= inv * (h/count + (x[i]-mean)*inv*hz/count)
				}
			})
		}
	}
	return dx, dresidual, dgamma, dbeta
}

// normalise divides rows of x (n, c) by their lengths, or by 1e-12 where they are shorter.
func normalise(x []float64, n, c int) (y, norm []float64) {
	y, norm = make([]float64, n*c), make([]float64, n)
	for row := range n {
		for j := range c {
			norm[row] += x[row*c+j] * x[row*c+j]
		}
		norm[row] = math.Sqrt(norm[row])
		if norm[row] < 1e-12 {
			norm[row] = 1e-12
		}
		for j := range c {
			y[row*c+j] = x[row*c+j] / norm[row]
		}
	}
	return y, norm
}

// normaliseBackward is the gradient of y = x/|x|: dy less its part along y, over the length.
func normaliseBackward(dy, y, norm []float64, n, c int) []float64 {
	dx := make([]float64, n*c)
	for row := range n {
		along := 0.0
		for j := range c {
			along += y[row*c+j] * dy[row*c+j]
		}
		for j := range c {
			dx[row*c+j] = (dy[row*c+j] - y[row*c+j]*along) / norm[row]
		}
	}
	return dx
}

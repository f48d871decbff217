package probe

import (
	"math"

	"github.com/hardneg/hardneg/lib/parallel"
)

// moments returns the mean of each column of x (rows of dim) and its standard deviation, the unbiased one, plus 1e-6:
// a column that never changes becomes 0, not NaN.
func moments(x []float32, dim int) (mean, std []float64) {
	mean, std = make([]float64, dim), make([]float64, dim)
	n := len(x) / dim
	for i, v := range x {
		mean[i%dim] += float64(v)
	}
	for j := range mean {
		mean[j] /= float64(n)
	}
	for i, v := range x {
		d := float64(v) - mean[i%dim]
		std[i%dim] += d * d
	}
	for j := range std {
		std[j] = math.Sqrt(std[j]/float64(max(n-1, 1))) + 1e-6
	}
	return mean, std
}

// standardise returns (x - mean) / std, column by column.
func standardise(x []float32, mean, std []float64) []float32 {
	out, dim := make([]float32, len(x)), len(mean)
	parallel.For(len(x)/dim, 256, func(lo, hi int) {
		for i := lo * dim; i < hi*dim; i++ {
			out[i] = float32((float64(x[i]) - mean[i%dim]) / std[i%dim])
		}
	})
	return out
}

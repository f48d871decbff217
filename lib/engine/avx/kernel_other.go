//go:build !amd64

package avx

// On other platforms Open returns an error, and nothing of what follows runs.

func lacking(string) string { return "needs an amd64 CPU: use engine cpu" }

type kernels struct {
	rows  [2]int
	units [2][]func(a, b, c *float32, w *int64)
	wide  int

	winoInput, winoOutput, winoGradient, winoWeight, winoWeightGradient transform
}

var kernelsOf map[string]*kernels

func columns16(dst, src *float32, dstStep, srcStep, groups int64) {}
func rows16(dst, src *float32, dstStep, srcStep, groups int64)    {}

func normSums(x *float32, sums *float64, n, stride, inner int64) {}

func normApply(y, x, residual, parameters *float32, n, stride, inner int64)        {}
func normApplyReLU(y, x, residual, parameters *float32, n, stride, inner int64)    {}
func normApplyAdd(y, x, residual, parameters *float32, n, stride, inner int64)     {}
func normApplyAddReLU(y, x, residual, parameters *float32, n, stride, inner int64) {}

func normBackSums(dy, y, x *float32, sums *float64, n, stride, inner int64)     {}
func normBackSumsReLU(dy, y, x *float32, sums *float64, n, stride, inner int64) {}

func normBack(dx, dresidual, dy, y, x, parameters *float32, n, stride, inner int64)        {}
func normBackReLU(dx, dresidual, dy, y, x, parameters *float32, n, stride, inner int64)    {}
func normBackAdd(dx, dresidual, dy, y, x, parameters *float32, n, stride, inner int64)     {}
func normBackAddReLU(dx, dresidual, dy, y, x, parameters *float32, n, stride, inner int64) {}

func sgd(w, v, g, parameters *float32, vectors int64)    {}
func mix(key, query, parameters *float32, vectors int64) {}
func dot(a, b *float32, sums *float64, vectors int64)    {}

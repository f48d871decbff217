//go:build !amd64

package avx

// On other platforms Open returns an error, and nothing of what follows runs.

func lacking(string) string { return "needs an amd64 CPU: use engine cpu" }

type kernels struct {
	rows  [2]int
	units [2][]func(a, b, c *float32, w *int64)
	wide  int
}

var kernelsOf map[string]*kernels

func columns16(dst, src *float32, dstStep, srcStep, groups int64) { panic("avx: not amd64") }
func rows16(dst, src *float32, dstStep, srcStep, groups int64)    { panic("avx: not amd64") }

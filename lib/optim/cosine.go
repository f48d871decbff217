package optim

import (
	"fmt"
	"math"
)

// Cosine is the learning rate of a step, counted from 0: half a cosine from rate0 down, which would reach 0 at step
// total (Loshchilov and Hutter, "SGDR", 2017, without restarts). The first warmup steps rise linearly, to
// rate0 at the last of them; the cosine then spans the total - warmup steps that are left.
func Cosine(rate0 float64, step, total, warmup int) float64 {
	if total < 1 || warmup < 0 || warmup > total || step < 0 {
		panic(fmt.Sprintf("optim: Cosine: step %d of %d with %d of warm-up", step, total, warmup))
	}
	if step < warmup {
		return rate0 * float64(step+1) / float64(warmup)
	}
	if step >= total {
		return 0
	}
	return rate0 * 0.5 * (1 + math.Cos(math.Pi*float64(step-warmup)/float64(total-warmup)))
}

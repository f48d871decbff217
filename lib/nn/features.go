package nn

import (
	"context"
	"fmt"

	"github.com/hardneg/hardneg/lib/parallel"
)

// Features computes the pooled features of n images with w's running statistics: (n, F) float32, row-major.
//
// image writes image i (3, S, S), normalised, into dst; it is called from several goroutines at once. Images go
// through the encoder batch at a time, the last batch filled up with copies of the last image, whose features are
// dropped. progress, which may be nil, is called after each batch.
func (e *Encoder) Features(ctx context.Context, w *Weights, n, batch int, image func(dst []float32, i int) error, progress func(done, total int)) ([]float32, error) {
	if n == 0 {
		return nil, nil
	}
	g, err := e.Forward(w, min(batch, n), false)
	if err != nil {
		return nil, err
	}
	defer g.Close()
	f, one := e.FeatureDim(), g.X.Shape().TotalSize()/g.Batch
	features := make([]float32, n*f)
	x := make([]float32, g.Batch*one)
	rows := make([]float32, g.Batch*f)
	failed := make([]error, g.Batch)
	for lo := 0; lo < n; lo += g.Batch {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		parallel.For(g.Batch, 8, func(a, b int) {
			for j := a; j < b; j++ {
				failed[j] = image(x[j*one:(j+1)*one], min(lo+j, n-1))
			}
		})
		for j, err := range failed {
			if err != nil {
				return nil, fmt.Errorf("nn: features of image %d: %w", min(lo+j, n-1), err)
			}
		}
		if _, err := g.Forward(x); err != nil {
			return nil, err
		}
		w.Engine.Download(rows, g.Feature())
		hi := min(lo+g.Batch, n)
		copy(features[lo*f:hi*f], rows)
		if progress != nil {
			progress(hi, n)
		}
	}
	return features, nil
}

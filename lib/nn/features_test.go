package nn_test

import (
	"context"
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/hardneg/hardneg/lib/engine"
	"github.com/hardneg/hardneg/lib/engine/cpu"
	"github.com/hardneg/hardneg/lib/nn"
)

// Features are those of one graph over all images, however they are cut into batches.
func TestFeatures(t *testing.T) {
	e := encoder(t, nn.Config{Width: 4, Size: 8})
	w := e.NewWeights(cpu.New(), 1)
	const n = 10
	all := must(t)(e.Forward(w, n, false))
	x := images(all, 1)
	forward(t, all, x)
	want := make([]float64, 0, n*e.FeatureDim())
	for _, v := range engine.Floats(all.Feature()) {
		want = append(want, float64(v))
	}
	image := func(dst []float32, i int) error { copy(dst, x[i*len(dst):]); return nil }
	for _, batch := range []int{1, 3, 10, 64} {
		var seen []int
		got, err := e.Features(context.Background(), w, n, batch, image, func(done, total int) { seen = append(seen, done, total) })
		if err != nil {
			t.Fatal(err)
		}
		if d := differs(got, want); !(d < 1e-6) {
			t.Errorf("batches of %d: differ by %.1e of the norm", batch, d)
		}
		if k := len(seen); k == 0 || seen[k-2] != n || seen[k-1] != n || k/2 != (n+batch-1)/batch {
			t.Errorf("batches of %d: progress %v", batch, seen)
		}
	}
	if got, err := e.Features(context.Background(), w, 0, 4, image, nil); err != nil || len(got) != 0 {
		t.Errorf("features of no images: %v, %v", got, err)
	}
}

func TestFeaturesStops(t *testing.T) {
	e := encoder(t, nn.Config{Width: 4, Size: 8})
	w := e.NewWeights(cpu.New(), 1)
	broken := errors.New("a broken image")
	image := func(dst []float32, i int) error {
		if i == 5 {
			return broken
		}
		dst[0] = float32(math.Pi)
		return nil
	}
	if _, err := e.Features(context.Background(), w, 8, 2, image, nil); !errors.Is(err, broken) || !strings.Contains(err.Error(), "image 5") {
		t.Errorf("%v, want the error of image 5", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	_, err := e.Features(ctx, w, 8, 2, image, func(int, int) { cancel() })
	if !errors.Is(err, context.Canceled) {
		t.Errorf("%v, want context.Canceled", err)
	}
	if _, err := e.Features(context.Background(), w, 8, 0, image, nil); err == nil {
		t.Error("batches of 0: no error")
	}
}

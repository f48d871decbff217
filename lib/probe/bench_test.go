package probe

import (
	"context"
	"math/rand/v2"
	"strconv"
	"testing"
	"time"

	"github.com/hardneg/hardneg/lib/engine"
	_ "github.com/hardneg/hardneg/lib/engine/cpu"
)

// overlapping returns n rows of dim columns in classes that overlap, as the features of a trained encoder do.
func overlapping(n, dim, classes int, r *rand.Rand) ([]float32, []int) {
	centre := make([]float64, classes*dim)
	for i := range centre {
		centre[i] = r.NormFloat64() * 0.2
	}
	x, labels := make([]float32, n*dim), make([]int, n)
	for i := range labels {
		labels[i] = r.IntN(classes)
		shared := r.NormFloat64()
		for j := range dim {
			x[i*dim+j] = max(0, float32(centre[labels[i]*dim+j]+r.NormFloat64()+shared*float64(j%7)/3))
		}
	}
	return x, labels
}

// BenchmarkProbes: 10,000 training and as many test features of 192 columns.
func BenchmarkProbes(b *testing.B) {
	const n, dim = 10000, 192
	e, err := engine.Open("")
	if err != nil {
		b.Fatal(err)
	}
	for _, classes := range []int{10, 100} {
		x, labels := overlapping(2*n, dim, classes, rand.New(rand.NewPCG(1, 2)))
		probe := func(name string, f func() (Result, error)) {
			b.Run(name+"/"+strconv.Itoa(classes)+"/"+e.Name(), func(b *testing.B) {
				for b.Loop() {
					start := time.Now()
					r, err := f()
					if err != nil {
						b.Fatal(err)
					}
					b.Logf("%.2f s, accuracy %.4f, objective %.6f, %d iterations", time.Since(start).Seconds(), r.Accuracy, r.Objective, r.Iterations)
				}
			})
		}
		train, test := x[:n*dim], x[n*dim:]
		probe("KNN20", func() (Result, error) {
			return KNN(train, labels[:n], test, labels[n:], dim, classes, KNNConfig{Engine: e})
		})
		probe("Linear", func() (Result, error) {
			return Linear(context.Background(), train, labels[:n], test, labels[n:], dim, classes, LinearConfig{Engine: e})
		})
		probe("LinearSGD", func() (Result, error) {
			return LinearSGD(context.Background(), train, labels[:n], test, labels[n:], dim, classes, SGDConfig{Rate: 0.03, Engine: e})
		})
	}
}

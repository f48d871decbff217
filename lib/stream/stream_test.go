package stream

import (
	"math"
	"testing"
)

func TestNewIsFixedByItsNames(t *testing.T) {
	if a, b := New(1, View, 2, 3).Uint64(), New(1, View, 2, 3).Uint64(); a != b {
		t.Fatalf("equal names gave %x and %x", a, b)
	}
	first := map[uint64][]uint64{}
	for seed := uint64(0); seed < 4; seed++ {
		for epoch := uint64(0); epoch < 30; epoch++ {
			for image := uint64(0); image < 100; image++ {
				v := New(seed, View, epoch, image).Uint64()
				if old, met := first[v]; met {
					t.Fatalf("seed %d, epoch %d, image %d begins as %v does", seed, epoch, image, old)
				}
				first[v] = []uint64{seed, epoch, image}
			}
		}
	}
	if New(1, 2, 3).Uint64() == New(1, 3, 2).Uint64() {
		t.Fatal("the order of the ids makes no difference")
	}
}

// The first numbers of neighbouring streams are uncorrelated: 20,000 pairs, five standard errors.
func TestNeighboursAreUncorrelated(t *testing.T) {
	const n = 20000
	sum := 0.0
	for i := range uint64(n) {
		sum += (New(7, View, 0, i).Float64() - 0.5) * (New(7, View, 0, i+1).Float64() - 0.5)
	}
	if r := sum / n * 12; math.Abs(r) > 5/math.Sqrt(n) {
		t.Fatalf("correlation %g", r)
	}
}

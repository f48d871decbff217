package contrast

import (
	"math/rand/v2"
	"testing"

	"github.com/hardneg/hardneg/lib/engine"
	"github.com/hardneg/hardneg/lib/engine/cpu"
)

// BenchmarkPolicies: what selection costs a step of N 128, K 4,096.
func BenchmarkPolicies(b *testing.B) {
	const n, k = 128, 4096
	r := rand.New(rand.NewPCG(1, 2))
	x := make([]float32, n*k)
	for i := range x {
		x[i] = float32(r.NormFloat64() * 0.1)
	}
	s := engine.From(cpu.New(), x, n, k)
	known := Known{QueryID: r.Perm(10000)[:n], NegativeID: r.Perm(10000)[:k]}
	kept, masked := engine.NewPairs(n, k), engine.NewPairs(n, k)
	b.Run("mask", func(b *testing.B) {
		for b.Loop() {
			Mask{OwnImage: true}.Pairs(masked, known)
		}
	})
	for _, p := range []Policy{Band{0, 5}, Band{5, 10}, Band{5, 100}, Random{5}, Random{50}} {
		b.Run(p.String(), func(b *testing.B) {
			b.ReportAllocs()
			for step := 0; b.Loop(); step++ {
				if err := p.Keep(kept, s, masked, known, Rand{1, step}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

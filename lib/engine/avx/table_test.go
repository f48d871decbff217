package avx

import (
	"testing"

	"github.com/hardneg/hardneg/lib/engine/enginetest"
)

// each runs f for each instruction set that this machine has.
func each(t *testing.T, f func(t *testing.T, e *Engine)) {
	for _, isa := range []string{avx2, avx512} {
		t.Run(isa, func(t *testing.T) {
			e, err := Open(isa)
			if err != nil {
				t.Skip(err)
			}
			f(t, e)
		})
	}
}

// An output of a direct convolution is one chain of float32 sums, up to 4,608 long in the table; Winograd's add the
// rounding of the transforms.
var (
	exact  = enginetest.Options{Forward: 4e-6, BackwardData: 4e-6}
	limits = enginetest.Options{Forward: 1e-5, BackwardData: 1e-5}
)

func TestTable(t *testing.T) {
	each(t, func(t *testing.T, e *Engine) { enginetest.Run(t, e, limits) })
}

// The table of convolutions without Winograd, and with it wherever the algorithm can be used.
func TestTableOfConvolutions(t *testing.T) {
	each(t, func(t *testing.T, e *Engine) {
		for _, c := range []struct {
			name   string
			use    winoUse
			limits enginetest.Options
		}{{"exact", winoNever, exact}, {"Winograd", winoAlways, limits}} {
			t.Run(c.name, func(t *testing.T) { enginetest.RunConv(t, newEngine(e.isa, c.use), c.limits) })
		}
	})
}

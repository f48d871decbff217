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

// An output of a convolution is one chain of float32 sums, up to 4,608 long in the table.
var limits = enginetest.Options{Forward: 4e-6, BackwardData: 4e-6}

func TestTable(t *testing.T) {
	each(t, func(t *testing.T, e *Engine) { enginetest.Run(t, e, limits) })
}

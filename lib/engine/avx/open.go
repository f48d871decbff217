package avx

import (
	"fmt"
	"os"

	"github.com/hardneg/hardneg/lib/engine"
	"github.com/hardneg/hardneg/lib/suggest"
)

// The instruction sets that kernels exist for, by the names that $HARDNEG_ISA takes and Variant returns.
const (
	avx2   = "avx2"
	avx512 = "avx512"
)

func init() {
	engine.Register("avx", func() (engine.Engine, error) {
		e, err := Open(os.Getenv("HARDNEG_ISA"))
		if err != nil {
			return nil, err
		}
		return e, nil
	})
}

// Open returns an engine that uses the instruction set isa, "avx2" or "avx512"; "" is the best that this CPU and
// its operating system offer. What they lack is an error.
func Open(isa string) (*Engine, error) {
	switch isa {
	case avx2, avx512:
		if lacks := lacking(isa); lacks != "" {
			return nil, fmt.Errorf("avx: %s asked for, but %s", isa, lacks)
		}
	case "":
		isa = avx512
		if lacking(avx512) != "" {
			isa = avx2
		}
		if lacks := lacking(isa); lacks != "" {
			return nil, fmt.Errorf("avx: %s", lacks)
		}
	default:
		return nil, fmt.Errorf("avx: HARDNEG_ISA: %w", suggest.Unknown("instruction set", isa, []string{avx2, avx512}))
	}
	return newEngine(isa), nil
}

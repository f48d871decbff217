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
	for name, open := range map[string]func(string) (*Engine, error){"avx": Open, "avx-exact": OpenExact} {
		engine.Register(name, func() (engine.Engine, error) {
			e, err := open(os.Getenv("HARDNEG_ISA"))
			if err != nil {
				return nil, err
			}
			return e, nil
		})
	}
}

// Open returns an engine that uses the instruction set isa, "avx2" or "avx512"; "" is the best that this CPU and
// its operating system offer. What they lack is an error.
func Open(isa string) (*Engine, error) { return open(isa, winoByShape) }

// OpenExact returns an engine whose convolutions are all direct, "avx-exact": each output is one chain of products as
// the definition has them, which Winograd's convolutions are not.
func OpenExact(isa string) (*Engine, error) { return open(isa, winoNever) }

func open(isa string, use winoUse) (*Engine, error) {
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
	return newEngine(isa, use), nil
}

package cpu_test

import (
	"testing"

	"github.com/hardneg/hardneg/lib/engine/cpu"
	"github.com/hardneg/hardneg/lib/engine/enginetest"
)

func TestTable(t *testing.T) { enginetest.Run(t, cpu.New(), enginetest.Options{}) }

func BenchmarkMain(b *testing.B) { enginetest.Bench(b, cpu.New()) }

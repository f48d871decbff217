package interp_test

import (
	"context"
	"io"
	"testing"
	"time"

	"github.com/cosmos72/gomacro/base"
	"github.com/cosmos72/gomacro/fast"

	_ "github.com/hardneg/hardneg/kernel/bindings"
	"github.com/hardneg/hardneg/kernel/interp"
)

// The loops of docs/kernel.md, here and in gomacro itself, in turns: `go test -run ^$ -bench Loops -benchtime 5x
// ./kernel/interp`. The ratio is that of the best times.
func BenchmarkLoops(b *testing.B) {
	for _, c := range []struct{ name, before, loop string }{
		{"1e8 additions", "s := 0", "for i := 0; i < 100000000; i++ { s += i }"},
		{"1e6 calls", "import \"gonum.org/v1/gonum/floats\"\nx, y := []float64{1, 2}, 0.0", "for i := 0; i < 1000000; i++ { y += floats.Sum(x) }"},
		{"1e6 calls of a cell's function", "func add(a, b int) int { return a + b }\nz := 0", "for i := 0; i < 1000000; i++ { z = add(z, i) }"},
	} {
		b.Run(c.name, func(b *testing.B) {
			// Each interpreter belongs to the goroutine that made it, which is this one.
			ours := interp.New()
			cell := func(code string) {
				if _, err := ours.Run(context.Background(), interp.Cell{Code: code, Number: 1}); err != nil {
					b.Fatal(err)
				}
			}
			theirs := fast.New()
			theirs.Comp.Options &^= base.OptShowPrompt | base.OptTrapPanic | base.OptModuleImport
			theirs.Comp.Stdout, theirs.Comp.Stderr = io.Discard, io.Discard
			cell(c.before)
			theirs.Eval(c.before)
			least := [2]time.Duration{time.Hour, time.Hour}
			for range b.N {
				for i, run := range []func(){func() { cell(c.loop) }, func() { theirs.Eval(c.loop) }} {
					start := time.Now()
					run()
					least[i] = min(least[i], time.Since(start))
				}
			}
			b.ReportMetric(least[0].Seconds(), "s/cell")
			b.ReportMetric(least[1].Seconds(), "s/gomacro")
			b.ReportMetric(least[0].Seconds()/least[1].Seconds(), "ratio")
		})
	}
}

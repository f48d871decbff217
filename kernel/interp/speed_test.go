package interp

import (
	"io"
	"testing"
	"time"

	"github.com/cosmos72/gomacro/base"
	"github.com/cosmos72/gomacro/fast"
)

// Loops are no slower than in gomacro itself, by far less than the factor that a busy machine needs here:
// `go test -run Speed -v` prints both.
func TestSpeedBesideGomacro(t *testing.T) {
	bare := fast.New()
	bare.Comp.Options &^= base.OptShowPrompt | base.OptTrapPanic | base.OptModuleImport
	bare.Comp.Stdout, bare.Comp.Stderr = io.Discard, io.Discard
	in := New()
	for name, c := range map[string][2]string{
		"10^6 additions":  {"", "s := 0\nfor i := 0; i < 1000000; i++ { s += i }\ns"},
		"10^5 calls":      {"import \"math\"", "y := 0.0\nfor i := 0; i < 100000; i++ { y += math.Sqrt(2) }\ny"},
		"10^5 own calls":  {"func add(a, b int) int { return a + b }", "z := 0\nfor i := 0; i < 100000; i++ { z = add(z, i) }\nz"},
		"10^5 elements":   {"v := make([]int, 100000)", "w := 0\nfor i, x := range v { v[i] = x + i; w += v[i] }\nw"},
		"range over 10^6": {"", "u := 0\nfor i := range 1000000 { u += i }\nu"},
	} {
		least := func(f func()) time.Duration {
			best := time.Hour
			for range 5 {
				start := time.Now()
				f()
				best = min(best, time.Since(start))
			}
			return best
		}
		evaluate(in, 1, c[0])
		ours := least(func() {
			if got := evaluate(in, 2, c[1]); len(got) > 30 {
				t.Fatal(got)
			}
		})
		text := c[1]
		if name == "range over 10^6" {
			text = "u := 0\nfor i := 0; i < 1000000; i++ { u += i }\nu"
		}
		if c[0] != "" {
			bare.Eval(c[0])
		}
		theirs := least(func() { bare.Eval(text) })
		t.Logf("%s: %v, gomacro %v", name, ours, theirs)
		if ours > 10*theirs {
			t.Errorf("%s take %v, in gomacro itself %v", name, ours, theirs)
		}
	}
}

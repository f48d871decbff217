package figure

import (
	"strings"
	"testing"
)

func TestDeviations(t *testing.T) {
	good := Steps{Net: "main", Policy: "0-100", Seed: 3, Engine: "avx", Torch: "2", Ours: []float64{0, 2.9e-5}, Theirs: []float64{1e-8, 1e-5}}
	if !good.Inside() {
		t.Error("a deviation of 2.9 times the other's is outside")
	}
	bad := good
	bad.Ours = []float64{1.2e-6, 2e-6} // the first step is over 3 * 1e-8 + 1e-6
	if bad.Inside() {
		t.Error("a deviation over 3 times the other's plus 1e-6 is inside")
	}
	f, err := Deviations([]Steps{good, bad})
	if err != nil {
		t.Fatal(err)
	}
	for _, words := range []string{"main, seed 3: inside, ours 2.9e-05", "main, seed 3: outside, ours 2.0e-06, PyTorch's own 1.0e-05"} {
		if !strings.Contains(f.Alt(), words) {
			t.Errorf("alt text does not say %q: %s", words, f.Alt())
		}
	}
	if !strings.Contains(f.SVG(), "main, seed 3: outside") {
		t.Error("no panel says that it is outside")
	}
	short := good
	short.Theirs = short.Theirs[:1]
	for _, all := range [][]Steps{nil, {short}, {{Net: "main"}}} {
		if _, err := Deviations(all); err == nil {
			t.Errorf("drawn: %v", all)
		}
	}
}

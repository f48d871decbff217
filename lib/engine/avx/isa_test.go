package avx

import (
	"math"
	"strings"
	"testing"

	"github.com/hardneg/hardneg/lib/engine"
)

// The two instruction sets give the same bits, so that a run does not depend on the machine.
func TestInstructionSetsAgree(t *testing.T) {
	narrow, err := Open(avx2)
	if err != nil {
		t.Skip(err)
	}
	wide, err := Open(avx512)
	if err != nil {
		t.Skip(err)
	}
	a, b := suite(narrow, narrow.New), suite(wide, wide.New)
	narrow.use, wide.use = winoAlways, winoAlways
	a, b = append(a, convolutions(narrow, narrow.New)...), append(b, convolutions(wide, wide.New)...)
	for i := range a {
		x, y := engine.Floats(a[i]), engine.Floats(b[i])
		for j := range x {
			if math.Float32bits(x[j]) != math.Float32bits(y[j]) {
				t.Fatalf("output %d, of shape %v: element %d is %g with AVX2, %g with AVX-512", i, a[i].Shape(), j, x[j], y[j])
			}
		}
	}
}

func TestOpen(t *testing.T) {
	if _, err := Open("avx51"); err == nil || !strings.Contains(err.Error(), `did you mean "avx512"?`) {
		t.Errorf("avx51: %v", err)
	}
	for _, isa := range []string{avx2, avx512} {
		e, err := Open(isa)
		switch {
		case lacking(isa) != "":
			if err == nil || !strings.Contains(err.Error(), isa) {
				t.Errorf("%s on a machine without it: %v", isa, err)
			}
		case err != nil:
			t.Error(err)
		case e.Name() != "avx" || e.Variant() != isa || engine.Of(e.New(1)).Name() != "avx":
			t.Errorf("engine %s, variant %s, tensors on %s", e.Name(), e.Variant(), engine.Of(e.New(1)).Name())
		}
	}
	if e, err := engine.Open("avx-exact"); err == nil && e.Name() != "avx-exact" {
		t.Errorf("avx-exact opens %s", e.Name())
	}
	t.Setenv("HARDNEG_ISA", "mmx")
	if _, err := engine.Open("avx"); err == nil || !strings.Contains(err.Error(), "HARDNEG_ISA") {
		t.Errorf("HARDNEG_ISA=mmx: %v", err)
	}
}

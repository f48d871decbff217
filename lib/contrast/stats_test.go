package contrast

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/hardneg/hardneg/lib/engine"
)

func TestHistogram(t *testing.T) {
	row := []float32{-1, -0.5, -0.25, 0, 0.25, 0.5, 1, 2, -2}
	if got, want := Histogram(row, []float64{-1, -0.5, 0, 0.5, 1}), []int{1, 2, 2, 2}; !slices.Equal(got, want) {
		t.Errorf("counts %v, want %v", got, want)
	}
	if got, want := Edges(-1, 1, 4), []float64{-1, -0.5, 0, 0.5, 1}; !slices.Equal(got, want) {
		t.Errorf("edges %v, want %v", got, want)
	}
}

func TestRankedBreaksTiesBySlot(t *testing.T) {
	if got, want := Ranked([]float32{0, 0.5, 0, 1, 0.5}), []int{3, 1, 4, 0, 2}; !slices.Equal(got, want) {
		t.Errorf("order %v, want %v", got, want)
	}
}

// The borders of a band hold all that it keeps between them, and nothing else.
func TestBordersAreTheBands(t *testing.T) {
	s := similarities(2, 333, rand.New(rand.NewPCG(1, 2)))
	for _, b := range []Band{{0, 5}, {5, 10}, {50, 100}, {0, 100}} {
		kept := keep(t, b, s, nil, Rand{})
		for n := range 2 {
			row := Row(s, n)
			hardest, easiest, err := b.Borders(row)
			if err != nil {
				t.Fatal(err)
			}
			for j, v := range row {
				if kept.Has(n, j) != (easiest <= v && v <= hardest) {
					t.Fatalf("band %v, query %d, slot %d: %g, borders %g to %g", b, n, j, v, hardest, easiest)
				}
			}
		}
	}
	if _, _, err := (Band{0, 0.1}).Borders(make([]float32, 10)); err == nil {
		t.Error("the borders of an empty band are no error")
	}
}

func TestSameClass(t *testing.T) {
	known := Known{QueryLabel: []int{0, 1}, NegativeLabel: []int{0, 1, 1, 2, -1}}
	kept := engine.NewPairs(2, 5)
	for _, p := range [][2]int{{0, 0}, {0, 3}, {0, 4}, {1, 1}, {1, 2}} {
		kept.Add(p[0], p[1])
	}
	// Kept with known classes: 3 of 4 are the query's own. All with known classes: 3 of 8.
	if c := SameClass(kept, nil, known); c.Kept != 0.75 || c.Base != 0.375 || c.Multiple() != 2 {
		t.Errorf("%+v, %g times", c, c.Multiple())
	}
	masked := engine.NewPairs(2, 5)
	masked.Add(1, 0)
	masked.Add(1, 3)
	if c := SameClass(kept, masked, known); c.Base != 0.5 {
		t.Errorf("%+v, want a base of 3 of 6", c)
	}
}

package experiment

import (
	"math"
	"testing"

	"github.com/hardneg/hardneg/lib/contrast"
	"github.com/hardneg/hardneg/lib/engine"
	"github.com/hardneg/hardneg/lib/engine/cpu"
	"github.com/hardneg/hardneg/lib/stream"
)

func TestDescribe(t *testing.T) {
	const n, k = 5, 400
	e := cpu.New()
	r := stream.New(1)
	values := make([]float32, n*k)
	for i := range values {
		values[i] = float32(math.Round(100*math.Tanh(r.NormFloat64()))) / 100 // with ties
	}
	known := contrast.Known{}
	positive := make([]float64, n)
	for q := range n {
		known.QueryID, known.QueryLabel = append(known.QueryID, q), append(known.QueryLabel, q%3)
		positive[q] = 0.9
	}
	for range k {
		known.NegativeID, known.NegativeLabel = append(known.NegativeID, r.IntN(40)), append(known.NegativeLabel, r.IntN(3))
	}
	s := engine.From(e, values, n, k)
	masked, kept := engine.NewPairs(n, k), engine.NewPairs(n, k)
	contrast.Mask{OwnImage: true}.Pairs(masked, known)
	if err := (contrast.Band{Lo: 0, Hi: 5}).Keep(kept, s, masked, known, contrast.Rand{}); err != nil {
		t.Fatal(err)
	}
	d := Describe(s, positive, kept, known)

	own := 0
	for q := range n {
		own += masked.Count(q)
	}
	if got := total(d.All); got != n*k-own {
		t.Errorf("%d pairs, want all but the %d with the own image", got, own)
	}
	if got := total(d.Kept); got != n*20 {
		t.Errorf("%d pairs kept, want %d", got, n*20)
	}
	at := 0
	for d.Edges[at+1] <= 0.9 {
		at++
	}
	if d.Positive[at] != n || d.Queries != n || d.Slots != k || len(d.Edges) != len(d.All)+1 {
		t.Errorf("%d positives at 0.9, %d queries, %d slots, %d edges of %d bins", d.Positive[at], d.Queries, d.Slots, len(d.Edges), len(d.All))
	}
	// The bins 0-0.2 ... 4-5 together are the band: the same pairs, counted by their labels.
	pairs, same, sum := 0, 0, 0.0
	last := 0.0
	for _, b := range d.Bins {
		if b.Lo != last {
			t.Fatalf("a bin begins at %v, the one before ends at %v", b.Lo, last)
		}
		if last = b.Hi; b.Hi <= 5 {
			pairs, same, sum = pairs+b.Pairs, same+b.SameClass, sum+b.Similarity*float64(b.Pairs)
		}
	}
	if last != 100 {
		t.Errorf("the last bin ends at %v", last)
	}
	wantSame, wantSum := 0, 0.0
	for q := range n {
		for _, j := range kept.Negatives(q) {
			if known.NegativeLabel[j] == known.QueryLabel[q] {
				wantSame++
			}
			wantSum += float64(values[q*k+j])
		}
	}
	if pairs != n*20 || same != wantSame || math.Abs(sum-wantSum) > 1e-4 {
		t.Errorf("hardest 5%%: %d pairs, %d of one class, sum %v; want %d, %d, %v", pairs, same, sum, n*20, wantSame, wantSum)
	}
}

func total(counts []int) int {
	n := 0
	for _, c := range counts {
		n += c
	}
	return n
}

// The gradient against central differences of the loss.
func TestCrossEntropy(t *testing.T) {
	labels := []int{2, 0}
	logits := []float32{0.5, -1, 2, 30, 29, -5}
	at := func(i int, d float32) float64 {
		moved := append([]float32(nil), logits...)
		moved[i] += d
		return crossEntropy(moved, labels, 3)
	}
	gradient := append([]float32(nil), logits...)
	loss := crossEntropy(gradient, labels, 3)
	want := (-2 + math.Log(math.Exp(0.5)+math.Exp(-1)+math.Exp(2)) + math.Log1p(math.Exp(-1))) / 2
	if math.Abs(loss-want) > 1e-6 {
		t.Errorf("loss %v, want %v", loss, want)
	}
	for i := range logits {
		const d = 1.0 / 128
		if diff := (at(i, d) - at(i, -d)) / (2 * d); math.Abs(diff-float64(gradient[i])) > 1e-4 {
			t.Errorf("gradient %d is %v, central difference %v", i, gradient[i], diff)
		}
	}
}

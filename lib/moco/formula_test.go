package moco

import (
	"cmp"
	"context"
	"math"
	"slices"
	"testing"

	"github.com/hardneg/hardneg/lib/contrast"
	"github.com/hardneg/hardneg/lib/engine"
)

// The numbers of each step against the formulas, written out once more in float64 with sorts and loops: the momentum
// update, which negatives stay, the loss, the schedule, SGD. No number of the setting is a default.
func TestStepIsTheFormula(t *testing.T) {
	c := small()
	c.Temperature, c.Momentum, c.Policy, c.Oracle = 0.37, 0.83, contrast.Band{Lo: 12.5, Hi: 50}, true
	c.Rate, c.Steps, c.WarmupSteps, c.SGDMomentum, c.WeightDecay = 0.11, 9, 2, 0.71, 0.013
	m := newRun(t, c)
	for i := 0; !m.Queue.Full(); i++ {
		if err := m.Fill(batch(1000+i, c.Batch, 8)); err != nil {
			t.Fatal(err)
		}
	}
	close := func(what string, step int, got float32, want float64) {
		t.Helper()
		if !(math.Abs(float64(got)-want) <= 2e-6*max(1, math.Abs(want))) {
			t.Fatalf("step %d: %s is %v, want %v", step, what, got, want)
		}
	}
	velocity := make([]float64, m.QueryWeights.Flat.Shape()[0])
	for step := range 4 {
		b := batch(step, c.Batch, 8)
		key, query := engine.Floats(m.KeyWeights.Flat), engine.Floats(m.QueryWeights.Flat)
		queue, id, label := engine.Floats(m.Queue.Keys), slices.Clone(m.Queue.ID), slices.Clone(m.Queue.Label)
		metrics, err := m.Step(context.Background(), b)
		if err != nil {
			t.Fatal(err)
		}
		q, s, dim := engine.Floats(m.query.Out()), engine.Floats(m.LastSimilarities()), m.Encoder.OutDim()

		for i, v := range engine.Floats(m.KeyWeights.Flat) {
			close("a weight of the key encoder", step, v, c.Momentum*float64(key[i])+(1-c.Momentum)*float64(query[i]))
		}

		var loss, positive float64
		newest := engine.Floats(m.Queue.Keys)[step%4*c.Batch*dim:] // the oldest slots took the batch's keys
		for n := range c.Batch {
			type negative struct {
				s    float64
				slot int
			}
			var ranked []negative
			for j := range c.K {
				dot := product(q[n*dim:], queue[j*dim:], dim)
				close("a similarity", step, s[n*c.K+j], dot)
				if id[j] != b.ID[n] && label[j] != b.Label[n] {
					ranked = append(ranked, negative{float64(s[n*c.K+j]), j})
				}
			}
			slices.SortStableFunc(ranked, func(a, b negative) int { return cmp.Compare(b.s, a.s) })
			own := product(q[n*dim:], newest[n*dim:], dim)
			sum := math.Exp(own / c.Temperature)
			for rank, k := range ranked { // ranks 4 to 15 of 32; masked slots rank last
				if rank >= 4 && rank < 16 {
					sum += math.Exp(k.s / c.Temperature)
				}
			}
			loss += (math.Log(sum) - own/c.Temperature) / float64(c.Batch)
			positive += own / float64(c.Batch)
			if n == 0 {
				if want := min(16, len(ranked)) - 4; metrics.Kept != want {
					t.Errorf("step %d: %d kept, want %d", step, metrics.Kept, want)
				}
			}
		}
		rate := []float64{0.11 / 2, 0.11, 0.11, 0.11 * (1 + math.Cos(math.Pi/7)) / 2}[step]
		close("the loss", step, float32(metrics.Loss), loss)
		close("q.k+", step, float32(metrics.Positive), positive)
		close("the rate", step, float32(metrics.Rate), rate)
		if metrics.Step != step {
			t.Errorf("step %d says that it is step %d", step, metrics.Step)
		}

		grads := engine.Floats(m.Gradients())
		for i, v := range engine.Floats(m.QueryWeights.Flat) {
			velocity[i] = c.SGDMomentum*velocity[i] + float64(grads[i]) + c.WeightDecay*float64(query[i])
			close("a weight of the query encoder", step, v, float64(query[i])-rate*velocity[i])
		}
	}
}

func product(a, b []float32, n int) float64 {
	sum := 0.0
	for i, v := range a[:n] {
		sum += float64(v) * float64(b[i])
	}
	return sum
}

// With splits the key encoder sees the batch in the order of KeyOrder, another one in each step, and its keys come
// back in the order of the batch.
func TestShuffledKeysComeBack(t *testing.T) {
	c := small()
	c.Encoder.Splits = 2
	m := newRun(t, c)
	twin, err := m.Encoder.Forward(m.KeyWeights, c.Batch, true)
	if err != nil {
		t.Fatal(err)
	}
	const image = 3 * 8 * 8
	views, dim := batch(0, c.Batch, 8).X2, m.Encoder.OutDim()
	var before []int
	for step := range 2 {
		m.StepsDone = step
		k, err := m.Key(views)
		if err != nil {
			t.Fatal(err)
		}
		keys, order := engine.Floats(k), slices.Clone(m.KeyOrder())
		if slices.Equal(order, before) {
			t.Error("two steps shuffle alike")
		}
		before = order
		var shuffled []float32
		for _, from := range order {
			shuffled = append(shuffled, views[from*image:][:image]...)
		}
		out, err := twin.Forward(shuffled)
		if err != nil {
			t.Fatal(err)
		}
		want := engine.Floats(out)
		for i, from := range order {
			if !slices.Equal(keys[from*dim:][:dim], want[i*dim:][:dim]) {
				t.Errorf("step %d: the key of image %d is not what the encoder gives at place %d", step, from, i)
			}
		}
	}
	whole := newRun(t, small())
	if whole.KeyOrder() != nil {
		t.Error("batch normalisation over the whole batch has an order of keys")
	}
}

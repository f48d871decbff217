package moco

import (
	"context"
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"gorgonia.org/tensor"

	"github.com/hardneg/hardneg/lib/augment"
	"github.com/hardneg/hardneg/lib/contrast"
	"github.com/hardneg/hardneg/lib/engine"
	"github.com/hardneg/hardneg/lib/engine/cpu"
	"github.com/hardneg/hardneg/lib/nn"
	"github.com/hardneg/hardneg/lib/parallel"
	"github.com/hardneg/hardneg/lib/stream"
)

// small is a run of seconds: 8 px, 8 channels, 8 queries, 32 negatives.
func small() Config {
	return Config{Encoder: nn.Config{Size: 8, Width: 8, Dim: 16}, Batch: 8, K: 32, Steps: 20, Seed: 5}
}

// batch makes the views of a step from noise around a few images.
func batch(step, n, size int) *augment.Batch {
	b := &augment.Batch{Step: step}
	r := stream.New(77, uint64(step))
	for range n {
		id := r.IntN(40)
		image := stream.New(78, uint64(id))
		b.ID, b.Label, b.Index = append(b.ID, id), append(b.Label, id%4), append(b.Index, id)
		for range 3 * size * size {
			v := image.NormFloat64()
			b.X1 = append(b.X1, float32(v+0.3*r.NormFloat64()))
			b.X2 = append(b.X2, float32(v+0.3*r.NormFloat64()))
		}
	}
	return b
}

func newRun(t *testing.T, c Config) *MoCo {
	t.Helper()
	m, err := New(cpu.New(), c)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// train runs n steps and returns their losses, the weights and the queue.
func train(t *testing.T, c Config, n int, fill bool) ([]float64, []float32, []float32) {
	t.Helper()
	m := newRun(t, c)
	size := m.Encoder.Config.Size
	for i := 0; fill && !m.Queue.Full(); i++ {
		if err := m.Fill(batch(1000+i, m.Config.Batch, size)); err != nil {
			t.Fatal(err)
		}
	}
	var losses []float64
	for i := range n {
		metrics, err := m.Step(context.Background(), batch(i, m.Config.Batch, size))
		if err != nil {
			t.Fatal(err)
		}
		losses = append(losses, metrics.Loss)
	}
	return losses, engine.Floats(m.QueryWeights.Flat), engine.Floats(m.Queue.Keys)
}

func same(t *testing.T, what string, c, d Config, fill bool) {
	t.Helper()
	l1, w1, q1 := train(t, c, 6, fill)
	l2, w2, q2 := train(t, d, 6, fill)
	if !slices.Equal(l1, l2) || !slices.Equal(w1, w2) || !slices.Equal(q1, q2) {
		t.Errorf("%s: the runs differ: losses\n%v\n%v", what, l1, l2)
	}
}

// Band 0-100 is plain MoCo v2, bit for bit: the path without a selection, and the one that selects everything.
func TestFullBandIsPlainMoCo(t *testing.T) {
	plain := small()
	plain.OwnImage = true
	full := plain
	full.Policy = everything{}
	same(t, "a policy that keeps all, and none", plain, full, false)
}

// everything keeps all pairs, through the set of pairs that plain MoCo does without.
type everything struct{ contrast.Band }

func (everything) Keep(kept *engine.Pairs, s *tensor.Dense, masked *engine.Pairs, known contrast.Known, r contrast.Rand) error {
	kept.Fill()
	return nil
}

func TestAnyNumberOfWorkersGivesTheSameBits(t *testing.T) {
	defer parallel.SetThreads(parallel.Threads())
	c := small()
	c.Encoder.Splits = 2
	c.Policy = contrast.Random{Percent: 25}
	var first []float32
	for _, n := range []int{1, 2, 3, 8} {
		parallel.SetThreads(n)
		_, w, _ := train(t, c, 4, true)
		if first == nil {
			first = w
		} else if !slices.Equal(first, w) {
			t.Errorf("%d workers train to other weights than 1", n)
		}
	}
}

// Each line of Step by itself gives what Step gives.
func TestByHandIsStep(t *testing.T) {
	c := small()
	c.Policy = contrast.Band{Lo: 0, Hi: 25}
	_, want, keys := train(t, c, 5, false)
	m := newRun(t, c)
	for i := range 5 {
		b := batch(i, c.Batch, 8)
		q, err := m.Query(b.X1)
		if err != nil {
			t.Fatal(err)
		}
		m.MomentumUpdate()
		k, err := m.Key(b.X2)
		if err != nil {
			t.Fatal(err)
		}
		s := m.Similarities(q)
		kept, err := m.Keep(s, b)
		if err != nil {
			t.Fatal(err)
		}
		_ = engine.Floats(s) // looking changes nothing
		loss, err := m.InfoNCE(q, k, s, kept)
		if err != nil {
			t.Fatal(err)
		}
		if err := m.Backward(loss.DQ); err != nil {
			t.Fatal(err)
		}
		m.Update()
		m.Enqueue(k, b)
	}
	if !slices.Equal(engine.Floats(m.QueryWeights.Flat), want) || !slices.Equal(engine.Floats(m.Queue.Keys), keys) {
		t.Error("stepping by hand and Step differ")
	}
}

// A query never meets its own image unless it is let to.
func TestOwnImageIsMasked(t *testing.T) {
	for _, own := range []bool{false, true} {
		c := small()
		c.OwnImage = own
		m := newRun(t, c)
		met := 0
		for i := range 12 {
			b := batch(i, c.Batch, 8)
			q, err := m.Query(b.X1)
			if err != nil {
				t.Fatal(err)
			}
			kept, err := m.Keep(m.Similarities(q), b)
			if err != nil {
				t.Fatal(err)
			}
			for n := range c.Batch {
				for j, id := range m.Queue.ID {
					if id == b.ID[n] && (kept == nil || kept.Has(n, j)) {
						met++
					}
				}
			}
			if _, err := m.Step(context.Background(), b); err != nil {
				t.Fatal(err)
			}
		}
		if own != (met > 0) {
			t.Errorf("own image kept %v: met %d times", own, met)
		}
	}
}

func TestTrainingLearns(t *testing.T) {
	c := small()
	c.Steps = 60
	losses, _, _ := train(t, c, 60, true)
	head, tail := contrast.Mean(losses[:10]), contrast.Mean(losses[50:])
	if !(tail < head-0.2) {
		t.Errorf("the mean loss goes from %.3f to %.3f in 60 steps", head, tail)
	}
}

func TestBadSettingsAreRefused(t *testing.T) {
	for _, c := range []struct {
		change func(*Config)
		says   string
	}{
		{func(c *Config) { c.K = 30 }, "K is 30, not a multiple of Batch 8"},
		{func(c *Config) { c.Temperature = math.NaN() }, "Temperature is NaN"},
		{func(c *Config) { c.Momentum = 1 }, "Momentum is 1"},
		{func(c *Config) { c.Rate = -1 }, "Rate is -1"},
		{func(c *Config) { c.Policy = contrast.Band{Lo: 0, Hi: 1} }, "0-1"},
		{func(c *Config) { c.Policy = contrast.Band{Lo: 50, Hi: 20} }, "50"},
		{func(c *Config) { c.Policy = contrast.Band{Lo: math.NaN(), Hi: 20} }, "NaN"},
		{func(c *Config) { c.Encoder.Net = "resnet81" }, "resnet18"},
		{func(c *Config) { c.WeightDecay = math.Inf(1) }, "WeightDecay is +Inf"},
		{func(c *Config) { c.Policy = weighing{contrast.Band{Lo: 0, Hi: 50}} }, "0-50 weighs"},
	} {
		s := small()
		c.change(&s)
		if _, err := New(cpu.New(), s); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("error %v, want one that says %q", err, c.says)
		}
	}
}

// weighing is a band that is also a contrast.Weighter.
type weighing struct{ contrast.Band }

func (weighing) LogWeights(w, s *tensor.Dense, kept *engine.Pairs, known contrast.Known) error {
	return nil
}

func TestNaNStopsWithTheStep(t *testing.T) {
	m := newRun(t, small())
	if _, err := m.Step(context.Background(), batch(0, 8, 8)); err != nil {
		t.Fatal(err)
	}
	b := batch(1, 8, 8)
	b.X1[7] = float32(math.NaN())
	if _, err := m.Step(context.Background(), b); err == nil || !strings.Contains(err.Error(), "step 1") {
		t.Errorf("error %v, want one that names step 1", err)
	}
}

func TestCancelledBeforeAStep(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	m := newRun(t, small())
	if _, err := m.Step(ctx, batch(0, 8, 8)); !errors.Is(err, context.Canceled) || m.StepsDone != 0 {
		t.Errorf("error %v after %d steps", err, m.StepsDone)
	}
}

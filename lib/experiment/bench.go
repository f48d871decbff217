package experiment

import (
	"context"
	"slices"
	"time"

	"github.com/hardneg/hardneg/datasets"
	"github.com/hardneg/hardneg/lib/augment"
	"github.com/hardneg/hardneg/lib/engine"
	"github.com/hardneg/hardneg/lib/moco"
)

// StepTimes are the milliseconds of each timed step of training, of the step itself and of making its views with the
// same threads, not at the same time.
type StepTimes struct {
	Step  []float64
	Views []float64
}

// Median is the middle value, NaN-free: it panics on none.
func Median(values []float64) float64 {
	v := slices.Sorted(slices.Values(values))
	return (v[(len(v)-1)/2] + v[len(v)/2]) / 2
}

// BenchStep times training steps of s on patterns of Taxa at the setting's size, after two that warm up.
func BenchStep(ctx context.Context, e engine.Engine, s Setting, steps int) (StepTimes, error) {
	s = s.Complete()
	if err := s.Validate(); err != nil {
		return StepTimes{}, err
	}
	data, _, err := datasets.Open("taxa", datasets.Options{Size: s.Size, Train: max(s.Batch, 256), Test: 1})
	if err != nil {
		return StepTimes{}, err
	}
	c, err := s.mocoConfig(1000)
	if err != nil {
		return StepTimes{}, err
	}
	m, err := moco.New(e, c)
	if err != nil {
		return StepTimes{}, err
	}
	var t StepTimes
	const warm = 2
	for i := range steps + warm {
		began := time.Now()
		b, err := augment.Views(data, s.Views.config(s.Size), augment.Order(data.Len(), s.Seed, i)[:s.Batch], s.Seed, i)
		if err != nil {
			return t, err
		}
		ready := time.Now()
		if _, err := m.Step(ctx, b); err != nil {
			return t, err
		}
		if i >= warm {
			t.Views = append(t.Views, milliseconds(ready.Sub(began)))
			t.Step = append(t.Step, milliseconds(time.Since(ready)))
		}
	}
	return t, nil
}

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

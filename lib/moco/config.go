package moco

import (
	"fmt"
	"math"

	"github.com/hardneg/hardneg/lib/contrast"
	"github.com/hardneg/hardneg/lib/nn"
)

// Config is a run's setting. A field that is zero takes the value in its comment; those values are the setting
// "main", the smallest on which the effect of difficulty was seen.
type Config struct {
	Encoder nn.Config

	Batch       int     // N, queries a step: 128
	K           int     // negatives in the queue, a multiple of Batch: 4096
	Temperature float64 // T: 0.1
	Momentum    float64 // m of the momentum update: 0.99

	Policy   contrast.Policy // which negatives stay: contrast.Band{Lo: 0, Hi: 100}, all
	OwnImage bool            // keys of the query's own image stay among its negatives: false, they are masked
	Oracle   bool            // keys of the query's class, by its label, are masked: false

	Rate        float64 // learning rate at step 0: 0.03
	Steps       int     // of the whole run, for the cosine schedule: 780
	WarmupSteps int     // with a rate that rises linearly: 0
	SGDMomentum float64 // 0.9; negative: none
	WeightDecay float64 // 5e-4; negative: none

	Seed uint64
}

// all is the policy of plain MoCo v2.
var all = contrast.Band{Lo: 0, Hi: 100}

func keepsAll(p contrast.Policy) bool {
	b, ok := p.(contrast.Band)
	return ok && b == all
}

func (c Config) withDefaults() Config {
	set := func(v *float64, to float64) {
		if *v == 0 {
			*v = to
		}
	}
	if c.Batch == 0 {
		c.Batch = 128
	}
	if c.K == 0 {
		c.K = 4096
	}
	if c.Steps == 0 {
		c.Steps = 780
	}
	if c.Policy == nil {
		c.Policy = all
	}
	set(&c.Temperature, 0.1)
	set(&c.Momentum, 0.99)
	set(&c.Rate, 0.03)
	set(&c.SGDMomentum, 0.9)
	set(&c.WeightDecay, 5e-4)
	c.SGDMomentum, c.WeightDecay = max(c.SGDMomentum, 0), max(c.WeightDecay, 0)
	return c
}

// Validate names the field that cannot be, its value, and what to do.
func (c Config) Validate() error {
	c = c.withDefaults()
	_, weighs := c.Policy.(contrast.Weighter)
	switch {
	case weighs:
		return fmt.Errorf("moco: Policy %v weighs what it keeps: a step knows no weights yet and would leave them out", c.Policy)
	case c.Batch < 1:
		return fmt.Errorf("moco: Batch is %d: it must be at least 1", c.Batch)
	case c.K < c.Batch || c.K%c.Batch != 0:
		return fmt.Errorf("moco: K is %d, not a multiple of Batch %d: the nearest is %d", c.K, c.Batch, max(1, (c.K+c.Batch/2)/c.Batch)*c.Batch)
	case !(c.Temperature > 0) || math.IsInf(c.Temperature, 0):
		return fmt.Errorf("moco: Temperature is %g: it must be above 0 (0.1 and 0.2 are usual)", c.Temperature)
	case !(c.Momentum >= 0 && c.Momentum < 1):
		return fmt.Errorf("moco: Momentum is %g: it must be at least 0 and below 1 (0.99 and 0.999 are usual)", c.Momentum)
	case !(c.Rate > 0) || math.IsInf(c.Rate, 0):
		return fmt.Errorf("moco: Rate is %g: it must be above 0", c.Rate)
	case !(c.SGDMomentum >= 0 && c.SGDMomentum < 1):
		return fmt.Errorf("moco: SGDMomentum is %g: it must be at least 0 and below 1", c.SGDMomentum)
	case math.IsNaN(c.WeightDecay) || math.IsInf(c.WeightDecay, 0):
		return fmt.Errorf("moco: WeightDecay is %g: it must be a number (5e-4 and 1e-4 are usual)", c.WeightDecay)
	case c.Steps < 1 || c.WarmupSteps < 0 || c.WarmupSteps >= c.Steps:
		return fmt.Errorf("moco: %d steps with %d of warm-up: there must be more steps than warm-up", c.Steps, c.WarmupSteps)
	}
	return nil
}

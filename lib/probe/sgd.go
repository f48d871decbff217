package probe

import (
	"context"
	"fmt"

	"github.com/hardneg/hardneg/lib/engine"
	"github.com/hardneg/hardneg/lib/stream"
)

// SGDConfig is the recipe of LinearSGD. The zero value is MoCo's for ImageNet.
type SGDConfig struct {
	Rate     float64       // 0 is 30; a tenth from epoch 60 on, a hundredth from 80 on, in proportion to Epochs
	Momentum float64       // 0 is 0.9
	Batch    int           // 0 is 256; the last batch of an epoch may be smaller
	Epochs   int           // 0 is 100
	Seed     uint64        // of the order and of the initial weights
	Engine   engine.Engine // nil is the one that engine.Open("") gives
}

// LinearSGD trains a linear classifier on frozen features as they are, by the recipe of MoCo's own linear
// evaluation (facebookresearch/moco, main_lincls.py): weights N(0, 0.01), biases 0, no weight decay, SGD at rate 30.
// Result.Objective is the mean loss of the last epoch. Weights and order come from stream.Probe.
func LinearSGD(ctx context.Context, train []float32, labels []int, test []float32, testLabels []int, dim, classes int, c SGDConfig) (Result, error) {
	c = c.withDefaults()
	if err := check("training features", train, labels, dim, classes); err != nil {
		return Result{}, err
	}
	if err := check("test features", test, testLabels, dim, classes); err != nil {
		return Result{}, err
	}
	e, err := open(c.Engine)
	if err != nil {
		return Result{}, err
	}
	initial := make([]float32, classes*dim)
	for i, r := 0, stream.New(c.Seed, stream.Probe, 0); i < len(initial); i++ {
		initial[i] = float32(r.NormFloat64() * 0.01)
	}
	t := newTrainer(e, dim, classes, initial)
	loss := 0.0
	for epoch := range c.Epochs {
		order := stream.New(c.Seed, stream.Probe, 1, uint64(epoch)).Perm(len(labels))
		if loss, err = t.epoch(ctx, train, labels, order, c, epoch); err != nil {
			return Result{}, err
		}
	}
	r := result(classify(e, test, t.w, t.b), testLabels)
	r.Objective, r.Iterations = loss, c.Epochs
	return r, nil
}

func (c SGDConfig) withDefaults() SGDConfig {
	if c.Rate == 0 {
		c.Rate = 30
	}
	if c.Momentum == 0 {
		c.Momentum = 0.9
	}
	if c.Batch == 0 {
		c.Batch = 256
	}
	if c.Epochs == 0 {
		c.Epochs = 100
	}
	if c.Rate < 0 || c.Batch < 0 || c.Epochs < 0 {
		panic(fmt.Sprintf("probe: rate %v, batch %d, %d epochs, want none below 0", c.Rate, c.Batch, c.Epochs))
	}
	return c
}

// rate is the learning rate of an epoch, counted from 0.
func (c SGDConfig) rate(epoch int) float64 {
	rate := c.Rate
	if epoch*100 >= 60*c.Epochs {
		rate *= 0.1
	}
	if epoch*100 >= 80*c.Epochs {
		rate *= 0.1
	}
	return rate
}

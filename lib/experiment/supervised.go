package experiment

import (
	"context"
	"fmt"
	"math"

	"github.com/hardneg/hardneg/lib/augment"
	"github.com/hardneg/hardneg/lib/engine"
	"github.com/hardneg/hardneg/lib/moco"
	"github.com/hardneg/hardneg/lib/nn"
	"github.com/hardneg/hardneg/lib/optim"
)

// supervisedRun trains the same body with a classifier on the labels of one view: the same images, steps and schedule.
func (r *run) supervisedRun(ctx context.Context) error {
	encoder, err := nn.New(r.s.encoderConfig(r.p.data.Classes))
	if err != nil {
		return err
	}
	w := encoder.NewWeights(r.engine, r.s.Seed)
	graph, err := encoder.Train(w, r.s.Batch)
	if err != nil {
		return err
	}
	defer graph.Close()
	sgd := optim.NewSGD(w.Flat, r.s.Momentum, max(r.s.Decay, 0))
	steps, done := r.s.stepsOf(), 0
	logits := make([]float32, r.s.Batch*r.p.data.Classes)
	gradient := r.engine.New(r.s.Batch, r.p.data.Classes)
	err = r.epochs(ctx, func(ctx context.Context, b *augment.Batch, _ bool) (moco.Metrics, float64, error) {
		metrics := moco.Metrics{Step: done, Rate: optim.Cosine(r.s.Rate, done, steps, 0)}
		if err := ctx.Err(); err != nil {
			return metrics, 0, err
		}
		out, err := graph.Forward(b.X1)
		if err != nil {
			return metrics, 0, err
		}
		engine.Of(out).Download(logits, out)
		metrics.Loss = crossEntropy(logits, b.Label, r.p.data.Classes)
		if math.IsNaN(metrics.Loss) || math.IsInf(metrics.Loss, 0) {
			return metrics, 0, fmt.Errorf("step %d: the loss is %g at learning rate %g: lower the rate", done, metrics.Loss, metrics.Rate)
		}
		r.engine.Upload(gradient, logits)
		if err := graph.Backward(gradient); err != nil {
			return metrics, 0, err
		}
		sgd.Step(w.Flat, graph.Grads, metrics.Rate)
		done++
		return metrics, 0, nil
	})
	if err != nil {
		return err
	}
	return r.measure(ctx, encoder, w)
}

// crossEntropy is the mean of -log softmax(logits)[label] over the rows of logits (N, classes), which it replaces by
// the gradient: (softmax - onehot(label)) / N.
func crossEntropy(logits []float32, labels []int, classes int) float64 {
	loss, n := 0.0, float64(len(labels))
	for i, label := range labels {
		row := logits[i*classes : (i+1)*classes]
		top := math.Inf(-1)
		for _, v := range row {
			top = math.Max(top, float64(v))
		}
		sum := 0.0
		for _, v := range row {
			sum += math.Exp(float64(v) - top)
		}
		loss += (math.Log(sum) + top - float64(row[label])) / n
		for c, v := range row {
			p := math.Exp(float64(v)-top) / sum
			if c == label {
				p--
			}
			row[c] = float32(p / n)
		}
	}
	return loss
}

package experiment

import (
	"context"
	"fmt"
	"math"

	"gorgonia.org/tensor"

	"github.com/hardneg/hardneg/lib/augment"
	"github.com/hardneg/hardneg/lib/engine"
	"github.com/hardneg/hardneg/lib/moco"
	"github.com/hardneg/hardneg/lib/nn"
	"github.com/hardneg/hardneg/lib/optim"
	"github.com/hardneg/hardneg/lib/safetensors"
)

// supervisedRun trains the same body with a classifier on the labels of one view: the same images, steps and schedule.
func (r *run) supervisedRun(ctx context.Context) error {
	c, err := newClassifier(r)
	if err != nil {
		return err
	}
	defer c.graph.Close()
	from, err := r.resume(c)
	if err != nil {
		return err
	}
	if err := r.epochs(ctx, c, from); err != nil {
		return err
	}
	return r.measure(ctx, c.encoder, c.w)
}

// classifier is an encoder on its way to know the labels.
type classifier struct {
	r       *run
	encoder *nn.Encoder
	w       *nn.Weights
	graph   *nn.Graph
	sgd     *optim.SGD
	done    int // steps

	logits   []float32
	gradient *tensor.Dense // (N, Classes): the loss's to the logits
}

func newClassifier(r *run) (*classifier, error) {
	encoder, err := nn.New(r.s.encoderConfig(r.p.data.Classes))
	if err != nil {
		return nil, err
	}
	c := &classifier{r: r, encoder: encoder, w: encoder.NewWeights(r.engine, r.s.Seed)}
	if c.graph, err = encoder.Train(c.w, r.s.Batch); err != nil {
		return nil, err
	}
	c.sgd = optim.NewSGD(c.w.Flat, r.s.Momentum, max(r.s.Decay, 0))
	c.logits = make([]float32, r.s.Batch*r.p.data.Classes)
	c.gradient = r.engine.New(r.s.Batch, r.p.data.Classes)
	return c, nil
}

func (c *classifier) step(ctx context.Context, b *augment.Batch, _ bool) (moco.Metrics, float64, error) {
	metrics := moco.Metrics{Step: c.done, Rate: optim.Cosine(c.r.s.Rate, c.done, c.r.s.stepsOf(), 0)}
	if err := ctx.Err(); err != nil {
		return metrics, 0, err
	}
	out, err := c.graph.Forward(b.X1)
	if err != nil {
		return metrics, 0, err
	}
	engine.Of(out).Download(c.logits, out)
	metrics.Loss = crossEntropy(c.logits, b.Label, c.r.p.data.Classes)
	if math.IsNaN(metrics.Loss) || math.IsInf(metrics.Loss, 0) {
		return metrics, 0, fmt.Errorf("step %d: the loss is %g at learning rate %g: lower the rate", c.done, metrics.Loss, metrics.Rate)
	}
	c.r.engine.Upload(c.gradient, c.logits)
	if err := c.graph.Backward(c.gradient); err != nil {
		return metrics, 0, err
	}
	c.sgd.Step(c.w.Flat, c.graph.Grads, metrics.Rate)
	c.done++
	return metrics, 0, nil
}

// Names in a classifier's state, beside the step.
const (
	classifierPrefix = "query."
	velocityTensor   = "velocity" // (P): SGD's
)

// State is a copy of all that a step changes.
func (c *classifier) State() []safetensors.Tensor {
	return append(c.w.Prefixed(classifierPrefix),
		safetensors.Tensor{Name: velocityTensor, Shape: c.sgd.V.Shape().Clone(), Data: engine.Floats(c.sgd.V)},
		safetensors.Integers(stepTensor, []int{c.done}))
}

// SetState takes over what State gave; on an error c is as it was.
func (c *classifier) SetState(f *safetensors.File) error {
	velocity, err := f.Floats(velocityTensor, c.sgd.V.Shape())
	if err != nil {
		return err
	}
	step, err := f.Integers(stepTensor, 1, 0, c.r.s.stepsOf())
	if err != nil {
		return err
	}
	if want := len(c.w.Tensors()) + 2; len(f.Tensors) != want {
		return fmt.Errorf("%d tensors, want %d", len(f.Tensors), want)
	}
	if err := c.w.Restore(f, classifierPrefix); err != nil {
		return err
	}
	c.r.engine.Upload(c.sgd.V, velocity)
	c.done = step[0]
	return nil
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

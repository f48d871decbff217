package probe

import (
	"context"
	"fmt"
	"math"

	"github.com/hardneg/hardneg/lib/engine"
	"gorgonia.org/tensor"
)

// trainer holds the classifier of LinearSGD: weights w (classes, dim) and biases b (classes) in one arena, their
// gradients and velocities in two more.
type trainer struct {
	e                        engine.Engine
	dim, classes             int
	weights, grads, velocity *tensor.Dense
	w, b, dw, db             *tensor.Dense
	batches                  map[int]*batch // by the number of images
}

func newTrainer(e engine.Engine, dim, classes int, initial []float32) *trainer {
	size := classes*dim + classes
	t := &trainer{e: e, dim: dim, classes: classes, weights: e.New(size), grads: e.New(size), velocity: e.New(size), batches: map[int]*batch{}}
	t.w, t.b = e.View(t.weights, 0, classes, dim), e.View(t.weights, classes*dim, classes)
	t.dw, t.db = e.View(t.grads, 0, classes, dim), e.View(t.grads, classes*dim, classes)
	e.Upload(t.w, initial)
	return t
}

// epoch takes a step for each batch of images, in the given order, and returns the mean loss.
func (t *trainer) epoch(ctx context.Context, train []float32, labels, order []int, c SGDConfig, epoch int) (float64, error) {
	loss := 0.0
	for first := 0; first < len(order); first += c.Batch {
		if err := ctx.Err(); err != nil {
			return 0, err
		}
		index := order[first:min(first+c.Batch, len(order))]
		s := t.batches[len(index)]
		if s == nil {
			s = newBatch(t.e, len(index), t.dim, t.classes)
			t.batches[len(index)] = s
		}
		s.gather(train, labels, index)
		t.e.Linear(s.y, s.x, t.w, t.b, false)
		loss += s.crossEntropy() * float64(len(index)) / float64(len(order))
		t.e.LinearBackward(nil, t.dw, t.db, s.dy, s.y, s.x, t.w, false)
		t.e.SGD(t.weights, t.velocity, t.grads, float32(c.rate(epoch)), float32(c.Momentum), 0)
	}
	if math.IsNaN(loss) || math.IsInf(loss, 0) {
		return 0, fmt.Errorf("probe: the loss is %v after epoch %d: a rate of %g is too high for these features", loss, epoch+1, c.Rate)
	}
	return loss, nil
}

// batch is one batch of LinearSGD: tensors on the engine, and their elements.
type batch struct {
	e           engine.Engine
	x, y, dy    *tensor.Dense // (N, dim), (N, classes), (N, classes)
	rows, logit []float32
	label       []int
	unused      []float64
}

func newBatch(e engine.Engine, n, dim, classes int) *batch {
	return &batch{
		e: e, x: e.New(n, dim), y: e.New(n, classes), dy: e.New(n, classes),
		rows: make([]float32, n*dim), logit: make([]float32, n*classes),
		label: make([]int, n), unused: make([]float64, classes),
	}
}

// gather copies the images of index into the batch.
func (s *batch) gather(features []float32, labels, index []int) {
	dim := len(s.rows) / len(s.label)
	for i, j := range index {
		copy(s.rows[i*dim:(i+1)*dim], features[j*dim:])
		s.label[i] = labels[j]
	}
	s.e.Upload(s.x, s.rows)
}

// crossEntropy returns the mean loss of logits y, and writes its gradient to dy.
func (s *batch) crossEntropy() float64 {
	s.e.Download(s.logit, s.y)
	loss, n, classes := 0.0, len(s.label), len(s.unused)
	for i, label := range s.label {
		loss += crossEntropy(s.logit[i*classes:(i+1)*classes], s.unused, label, 1/float64(n))
	}
	s.e.Upload(s.dy, s.logit)
	return loss
}

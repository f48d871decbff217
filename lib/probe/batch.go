package probe

import (
	"github.com/hardneg/hardneg/lib/engine"
	"gorgonia.org/tensor"
)

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

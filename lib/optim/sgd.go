// Package optim moves weights along their gradients.
package optim

import (
	"gorgonia.org/tensor"

	"github.com/hardneg/hardneg/lib/engine"
)

// SGD is stochastic gradient descent with momentum and weight decay, as torch.optim.SGD computes it:
//
//	d = g + Decay w,  v = Momentum v + d,  w = w - rate v
//
// over an arena that holds all parameters (nn.Weights.Flat) and one of equal length with their gradients
// (nn.Graph.Grads). Decay reaches every parameter, biases and BatchNorm's among them, as in the recipe of MoCo.
type SGD struct {
	Momentum, Decay float64

	V *tensor.Dense // the velocity: zeros at first, as long as the weights
}

// NewSGD returns an optimiser of weights (one dimension).
func NewSGD(weights *tensor.Dense, momentum, decay float64) *SGD {
	return &SGD{Momentum: momentum, Decay: decay, V: engine.Of(weights).New(weights.Shape()...)}
}

// Step moves the weights once. rate is the learning rate of this step.
func (s *SGD) Step(weights, grads *tensor.Dense, rate float64) {
	engine.Of(weights).SGD(weights, s.V, grads, float32(rate), float32(s.Momentum), float32(s.Decay))
}

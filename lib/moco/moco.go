// Package moco trains an encoder by momentum contrast (He, Fan, Wu, Xie, Girshick, "Momentum contrast for
// unsupervised visual representation learning", 2020; MoCo v2: Chen, Fan, Girshick, He, 2020), with the negatives
// of each query chosen by a policy.
//
// Step is the method, in the order of the paper. Each of its lines can be called by itself, and stepping by hand
// gives the bits that Step gives.
package moco

import (
	"context"
	"fmt"
	"math"

	"gorgonia.org/tensor"

	"github.com/hardneg/hardneg/lib/augment"
	"github.com/hardneg/hardneg/lib/contrast"
	"github.com/hardneg/hardneg/lib/engine"
	"github.com/hardneg/hardneg/lib/nn"
	"github.com/hardneg/hardneg/lib/optim"
)

// MoCo is a training run: two encoders, a queue, and how far it has come.
type MoCo struct {
	Config  Config
	Encoder *nn.Encoder
	Engine  engine.Engine

	QueryWeights *nn.Weights // trained by gradients
	KeyWeights   *nn.Weights // follow QueryWeights slowly
	Queue        *Queue
	Optimiser    *optim.SGD
	StepsDone    int

	query, key *nn.Graph
	keys       *tensor.Dense // (N, C): the positives, in the order of the batch
	s          *tensor.Dense // (N, K)
	masked     *engine.Pairs
	kept       *engine.Pairs
	loss       *engine.InfoNCE
	mask       contrast.Mask
	order      []int     // the shuffle of the key encoder's batch; nil: none
	shuffled   []float32 // that batch's views, shuffled
}

// Metrics are what a step tells of itself.
type Metrics struct {
	Step     int     // counted from 0
	Rate     float64 // learning rate
	Loss     float64 // mean over the batch; comparable only between steps that keep equally many negatives
	Positive float64 // mean of q.k+
	Kept     int     // negatives of the first query that are in its loss
}

// New builds the two encoders with equal weights, and a queue of noise.
func New(e engine.Engine, c Config) (*MoCo, error) {
	c = c.withDefaults()
	if err := c.Validate(); err != nil {
		return nil, err
	}
	encoder, err := nn.New(c.Encoder)
	if err != nil {
		return nil, err
	}
	m := &MoCo{Config: c, Encoder: encoder, Engine: e}
	m.QueryWeights = encoder.NewWeights(e, c.Seed)
	m.KeyWeights = encoder.NewWeights(e, c.Seed)
	if m.query, err = encoder.Train(m.QueryWeights, c.Batch); err != nil {
		return nil, err
	}
	if m.key, err = encoder.Forward(m.KeyWeights, c.Batch, true); err != nil {
		return nil, err
	}
	m.Optimiser = optim.NewSGD(m.QueryWeights.Flat, c.SGDMomentum, c.WeightDecay)
	m.Queue = NewQueue(e, c.K, encoder.OutDim(), c.Seed)
	m.keys = e.New(c.Batch, encoder.OutDim())
	m.s = e.New(c.Batch, c.K)
	m.masked, m.kept = engine.NewPairs(c.Batch, c.K), engine.NewPairs(c.Batch, c.K)
	m.loss = &engine.InfoNCE{Temperature: c.Temperature}
	m.mask = contrast.Mask{OwnImage: !c.OwnImage, SameClass: c.Oracle}
	if encoder.Config.Splits > 1 {
		m.order = make([]int, c.Batch)
	}
	return m, m.tryPolicy()
}

// Step trains on one batch.
func (m *MoCo) Step(ctx context.Context, b *augment.Batch) (Metrics, error) {
	if err := ctx.Err(); err != nil {
		return Metrics{}, err
	}
	q, err := m.Query(b.X1) // q: (N, C)
	if err != nil {
		return Metrics{}, err
	}
	m.MomentumUpdate()    // f_k <- m f_k + (1 - m) f_q
	k, err := m.Key(b.X2) // k+: (N, C), no gradient
	if err != nil {
		return Metrics{}, err
	}
	s := m.Similarities(q)    // s: (N, K) = q . queue^T
	kept, err := m.Keep(s, b) // which negatives stay in each query's denominator
	if err != nil {
		return Metrics{}, err
	}
	loss, err := m.InfoNCE(q, k, s, kept) // and its gradient dq
	if err != nil {
		return Metrics{}, err
	}
	if err := m.Backward(loss.DQ); err != nil { // gradients of f_q
		return Metrics{}, err
	}
	metrics := m.metrics(loss, kept)
	m.Update()      // f_q by SGD
	m.Enqueue(k, b) // queue <- k+
	return metrics, nil
}

// tryPolicy lets the policy choose once, so that a band that is empty for this K is refused before any training.
func (m *MoCo) tryPolicy() error {
	unknown := make([]int, m.Config.Batch)
	for i := range unknown {
		unknown[i] = Unknown
	}
	_, err := m.Keep(m.s, &augment.Batch{ID: unknown, Label: unknown})
	return err
}

// Query is the query encoder: q (N, C), rows L2-normalised, from views (N, 3, S, S). The next call overwrites q.
func (m *MoCo) Query(views []float32) (*tensor.Dense, error) { return m.query.Forward(views) }

// MomentumUpdate moves the key encoder's parameters: key = m key + (1 - m) query. Running statistics of batch
// normalisation are its own and do not move with them, as in MoCo.
func (m *MoCo) MomentumUpdate() {
	m.Engine.MomentumUpdate(m.KeyWeights.Flat, m.QueryWeights.Flat, m.Config.Momentum)
}

// Key is the key encoder: k+ (N, C), rows L2-normalised, from the other views of the same images. No gradient
// flows. The next call overwrites k+.
func (m *MoCo) Key(views []float32) (*tensor.Dense, error) {
	if m.order == nil { // statistics over the whole batch do not see its order
		return m.key.Forward(views)
	}
	m.shuffle(views)
	k, err := m.key.Forward(m.shuffled)
	if err != nil {
		return nil, err
	}
	return m.unshuffle(k), nil
}

// Similarities is s (N, K) = q . queue^T: the difficulty of each negative for each query. The next call
// overwrites s.
func (m *MoCo) Similarities(q *tensor.Dense) *tensor.Dense {
	contrast.Similarities(m.s, q, m.Queue.Keys)
	return m.s
}

// LastSimilarities is s (N, K) of the step before, to be looked at: the next step overwrites it.
func (m *MoCo) LastSimilarities() *tensor.Dense { return m.s }

// Keep chooses the negatives of each query by the policy, or all of them (nil) where the policy keeps all and
// none is masked. The next call overwrites the set.
func (m *MoCo) Keep(s *tensor.Dense, b *augment.Batch) (*engine.Pairs, error) {
	known, masked := m.Known(b), m.masked
	if m.mask.Any() {
		m.mask.Pairs(masked, known)
	} else if masked = nil; keepsAll(m.Config.Policy) {
		return nil, nil
	}
	r := contrast.Rand{Seed: m.Config.Seed, Step: m.StepsDone}
	if err := m.Config.Policy.Keep(m.kept, s, masked, known, r); err != nil {
		return nil, fmt.Errorf("step %d, at learning rate %g and temperature %g: %w", m.StepsDone, m.Rate(), m.Config.Temperature, err)
	}
	return m.kept, nil
}

// Known is what is known of the batch's queries and of the queue's negatives.
func (m *MoCo) Known(b *augment.Batch) contrast.Known {
	return contrast.Known{QueryID: b.ID, QueryLabel: b.Label, NegativeID: m.Queue.ID, NegativeLabel: m.Queue.Label, Age: m.Queue.Age}
}

// InfoNCE is the loss of each query over its positive and its kept negatives, and the gradient of its mean to q.
// The next call overwrites it. A loss that is not a number is an error.
func (m *MoCo) InfoNCE(q, k, s *tensor.Dense, kept *engine.Pairs) (*engine.InfoNCE, error) {
	l := m.loss
	l.Q, l.K, l.Queue, l.S, l.Kept = q, k, m.Queue.Keys, s, kept
	if loss := contrast.Evaluate(l); math.IsNaN(loss) || math.IsInf(loss, 0) {
		return nil, fmt.Errorf("step %d: the loss is %g at learning rate %g and temperature %g: lower the rate or raise the temperature",
			m.StepsDone, loss, m.Rate(), m.Config.Temperature)
	}
	return l, nil
}

// Gradients are those of all parameters of the query encoder, in the order of QueryWeights.Flat, after Backward.
func (m *MoCo) Gradients() *tensor.Dense { return m.query.Grads }

// Backward gives dq (N, C) to the query encoder's graph: the gradients of its parameters, by Gorgonia's symbolic
// differentiation. It follows Query.
func (m *MoCo) Backward(dq *tensor.Dense) error { return m.query.Backward(dq) }

// Update moves the query encoder's parameters by SGD at the schedule's rate, and counts the step.
func (m *MoCo) Update() {
	m.Optimiser.Step(m.QueryWeights.Flat, m.query.Grads, m.Rate())
	m.StepsDone++
}

// Rate is the learning rate of the step that comes next.
func (m *MoCo) Rate() float64 {
	return optim.Cosine(m.Config.Rate, m.StepsDone, m.Config.Steps, m.Config.WarmupSteps)
}

// Enqueue puts the batch's keys in the place of the oldest ones.
func (m *MoCo) Enqueue(k *tensor.Dense, b *augment.Batch) { m.Queue.Enqueue(k, b.ID, b.Label) }

// Fill puts a batch's keys into the queue without training, so that a band ranks real keys from the first step on:
// with noise in the queue a ranking means little for K/N steps.
func (m *MoCo) Fill(b *augment.Batch) error {
	k, err := m.Key(b.X2)
	if err != nil {
		return err
	}
	m.Enqueue(k, b)
	return nil
}

func (m *MoCo) metrics(l *engine.InfoNCE, kept *engine.Pairs) Metrics {
	n := m.Config.K
	if kept != nil {
		n = kept.Count(0)
	}
	return Metrics{Step: m.StepsDone, Rate: m.Rate(), Loss: contrast.Mean(l.Loss), Positive: contrast.Mean(l.Positive), Kept: n}
}

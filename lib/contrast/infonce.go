package contrast

import (
	"github.com/hardneg/hardneg/lib/engine"
	"gorgonia.org/tensor"
)

// InfoNCE computes the loss of van den Oord et al. (arXiv 1807.03748) over the kept negatives, for each query
//
//	loss[n] = -log( exp(q.k+ / T) / (exp(q.k+ / T) + sum over kept j of exp(q.k_j / T)) )
//
// and the gradient DQ of its mean to the queries, in one call of the engine. q, k: (N, C) and queue: (K, C), rows
// L2-normalised; s: (N, K), see Similarities; kept: nil keeps all. No gradient goes to keys.
//
// PlainInfoNCE is the same in Gorgonia's own nodes, as the formula reads; the fused arithmetic is lib/engine/cpu/infonce.go.
func InfoNCE(q, k, queue, s *tensor.Dense, kept *engine.Pairs, temperature float64) *engine.InfoNCE {
	l := &engine.InfoNCE{Q: q, K: k, Queue: queue, S: s, Kept: kept, Temperature: temperature}
	Evaluate(l)
	return l
}

// Evaluate computes l, whose inputs are set, and returns the mean of the loss. Outputs that are nil are made; those
// that are there are written again, so that a training step which keeps l allocates nothing. A NaN among the inputs
// comes out as a NaN of the mean.
func Evaluate(l *engine.InfoNCE) float64 {
	e := engine.Of(l.Q)
	n, c := shape2("q", l.Q)
	if l.Loss == nil {
		l.Loss, l.Positive = make([]float64, n), make([]float64, n)
	}
	if l.DQ == nil {
		l.DQ = e.New(n, c)
	}
	e.InfoNCE(l)
	return Mean(l.Loss)
}

// Mean is the mean of a loss over its queries.
func Mean(loss []float64) float64 {
	sum := 0.0
	for _, v := range loss {
		sum += v
	}
	return sum / float64(len(loss))
}

// Package contrast is contrastive instance discrimination: which negatives count, and what they cost.
//
// A query q meets its positive k+ and K negatives from a queue. The difficulty of a negative is its similarity
// q.k-, a dot product of L2-normalised rows: 1 is the hardest. A Policy keeps some of the negatives of each query,
// and InfoNCE is computed over those:
//
//	s    = q . queue^T                         (N, K)  Similarities
//	mask = pairs that must not count           Mask    own image, same class
//	kept = policy(s, mask, what is known)      Policy  Band, Random
//	loss = -log softmax over [q.k+ | kept] / T InfoNCE, with its gradient to q
//
// Selection carries no gradient, and the positive is never removed. A removed negative leaves the denominator.
// The terms are those of Cai, Frankle, Schwab and Morcos, "Are all negatives created equal in contrastive instance
// discrimination?" (arXiv 2010.06682), and of He et al., "Momentum contrast" (arXiv 1911.05722).
package contrast

import (
	"fmt"

	"github.com/hardneg/hardneg/lib/engine"
	"gorgonia.org/tensor"
)

// Similarities writes the difficulty of every pair: s (N, K) = q (N, C) queue^T, queue (K, C).
func Similarities(s, q, queue *tensor.Dense) {
	engine.Of(q).MatMul(s, q, queue, false, true)
}

// shape2 returns the two dimensions of t; anything else is a programmer's error.
func shape2(name string, t *tensor.Dense) (rows, columns int) {
	if t.Dims() != 2 {
		panic(fmt.Sprintf("contrast: %s has shape %v, want two dimensions", name, t.Shape()))
	}
	return t.Shape()[0], t.Shape()[1]
}

// fits panics unless p is a set of n by k pairs.
func fits(name string, p *engine.Pairs, n, k int) {
	if p.N != n || p.K != k {
		panic(fmt.Sprintf("contrast: %s holds %d x %d pairs, the similarities are %d x %d", name, p.N, p.K, n, k))
	}
}

package contrast

import (
	"math/rand/v2"

	"github.com/hardneg/hardneg/lib/engine"
	"github.com/hardneg/hardneg/lib/stream"
	"gorgonia.org/tensor"
)

// Policy decides which negatives of each query stay in the denominator.
type Policy interface {
	// String names the policy as ParsePolicy reads it.
	String() string

	// Keep writes the pairs that stay. s: (N, K), similarities, only read; kept: N x K, its content overwritten;
	// masked: pairs that must not be kept, or nil. On an error kept holds nothing of use.
	Keep(kept *engine.Pairs, s *tensor.Dense, masked *engine.Pairs, known Known, r Rand) error
}

// Weighter is a Policy that also weighs what it keeps: a reweighting as in "Contrastive learning with hard negative
// samples" (Robinson et al., arXiv 2010.04592), or an offset of the denominator as in EqCo (arXiv 2010.01929). The
// weights are engine.InfoNCE's LogWeight and PlainInfoNCE's logWeights; package moco refuses a Weighter.
type Weighter interface {
	Policy
	// LogWeights writes the number that is added to the logit s/T of each kept pair. w: (N, K).
	LogWeights(w, s *tensor.Dense, kept *engine.Pairs, known Known) error
}

// Known is what is known of each query (N) and of each negative (K). A policy that needs a list of it panics where
// its length does not fit. -1 is unknown: a random key has neither image nor label.
type Known struct {
	QueryID, QueryLabel       []int // (N): image, class
	NegativeID, NegativeLabel []int // (K): image, class
	Age                       []int // (K): steps that the negative has served: 0 for the keys of the step before
}

// Rand is the randomness of a policy: a stream for each query of each step, which nothing else draws from, so that
// arms of an experiment that differ in their policy alone are paired.
type Rand struct {
	Seed uint64
	Step int
}

// Query returns the stream of query n.
func (r Rand) Query(n int) *rand.Rand {
	return stream.New(r.Seed, stream.Policy, uint64(r.Step), uint64(n))
}

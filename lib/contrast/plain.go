package contrast

import G "gorgonia.org/gorgonia"

// PlainInfoNCE is InfoNCE in Gorgonia's own operations, to be read beside the formula and to hold InfoNCE to. The
// fraction in the logarithm is divided by the positive's term, which leaves
//
//	loss = mean over n of log( 1 + sum over j of exp( (q.k_j - q.k+) / T + w_j ) )
//
// q, k: (N, C) and queue: (K, C), rows L2-normalised; logWeights: (N, K), 0 keeps a pair and -Inf removes it. The
// result is a scalar; G.Grad gives its gradient to q. In float32 the exponential overflows where T < 2/88.
func PlainInfoNCE(g *G.ExprGraph, q, k, queue, logWeights *G.Node, temperature float64) (*G.Node, error) {
	var err error
	try := func(n *G.Node, e error) *G.Node { // keeps the first error, as each line below needs the one before
		if err == nil {
			err = e
		}
		if err != nil {
			return q
		}
		return n
	}
	inverseT := G.NodeFromAny(g, float32(1/temperature), G.WithName("1/T"))
	one := G.NodeFromAny(g, float32(1), G.WithName("1"))

	positive := try(G.Sum(try(G.HadamardProd(q, k)), 1))           // (N): q.k+
	negative := try(G.Mul(q, try(G.Transpose(queue, 1, 0))))       // (N, K): q.k_j
	positive = try(G.Reshape(positive, []int{q.Shape()[0], 1}))    // (N, 1)
	gap := try(G.BroadcastSub(negative, positive, nil, []byte{1})) // (N, K)
	logits := try(G.Add(try(G.Mul(gap, inverseT)), logWeights))    // (N, K)
	sum := try(G.Sum(try(G.Exp(logits)), 1))                       // (N)
	return try(G.Mean(try(G.Log(try(G.Add(sum, one)))))), err
}

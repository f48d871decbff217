// Package engine says where tensors live and where their arithmetic runs.
//
// An Engine is a Gorgonia tensor.Engine with one method more for each kernel that training needs. Above this
// package nobody touches elements: memory may be out of Go's reach (a GPU's), or in an order of the engine's own.
// Shapes are always those of NCHW; Upload and Download translate.
//
// Every tensor is float32. Kernels write their first arguments and read the rest; outputs never overlap inputs
// unless said so. A shape that does not fit is a programmer's error: a kernel panics and names both shapes.
// Sums do not depend on the number of threads. One goroutine at a time calls an engine.
package engine

import "gorgonia.org/tensor"

// Engine allocates tensors and computes on them. engine/cpu is the reference; every other engine is held to
// float64 by the same table of tests (package enginetest).
type Engine interface {
	tensor.Engine
	tensor.Adder // gradients that meet at one node are added by Gorgonia through the engine

	// Name is what a user asks for ("cpu", "avx"); Variant is what runs on this machine ("go", "avx2", "avx512").
	Name() string
	Variant() string

	// New returns a tensor of zeros.
	New(shape ...int) *tensor.Dense
	// View returns the elements of t from offset on as a tensor of the given shape over the same memory;
	// t is an arena: one dimension.
	View(t *tensor.Dense, offset int, shape ...int) *tensor.Dense
	// Upload copies src, in the order of NCHW, into dst; Download the other way. Lengths must be equal.
	Upload(dst *tensor.Dense, src []float32)
	Download(dst []float32, src *tensor.Dense)
	// Copy copies src into dst; shapes must be equal.
	Copy(dst, src *tensor.Dense)

	Convolver
	Normaliser
	Multiplier
	Contraster
	Updater
}

// Convolver holds what runs over images.
type Convolver interface {
	// Conv2D: y (N, O, Ho, Wo) = x (N, I, H, W) convolved with w (O, I, R, S); Ho = (H + 2 pad - R)/stride + 1.
	Conv2D(y, x, w *tensor.Dense, stride, pad int)
	// Conv2DBackwardData: dx from dy and w. Conv2DBackwardWeights: dw from dy and x.
	Conv2DBackwardData(dx, dy, w *tensor.Dense, stride, pad int)
	Conv2DBackwardWeights(dw, dy, x *tensor.Dense, stride, pad int)
	// GlobalAvgPool: y (N, C) = mean of x (N, C, H, W) over H and W.
	GlobalAvgPool(y, x *tensor.Dense)
	GlobalAvgPoolBackward(dx, dy *tensor.Dense)
}

// BatchNorm is the state of one batch normalisation, fused with what follows it:
// y = act(gamma (x - mean)/sqrt(var + eps) + beta + residual), act being ReLU or nothing.
type BatchNorm struct {
	Gamma, Beta             *tensor.Dense // (C)
	RunningMean, RunningVar *tensor.Dense // (C), updated by a forward pass in training, never by the momentum update

	// Mean and InvStd (Splits, C) are the batch's own, written by BatchNorm in training and read by its backward
	// pass. Not needed in evaluation.
	Mean, InvStd *tensor.Dense

	// Splits stands in for several GPUs: sample n belongs to split n mod Splits, each split has statistics of its
	// own, and the running statistics take the mean of theirs. 0 and 1 are plain batch normalisation.
	Splits   int
	Momentum float32 // of the running statistics: PyTorch's 0.1
	Eps      float32 // PyTorch's 1e-5
	Train    bool    // use and update batch statistics; else use the running ones
	ReLU     bool
}

// Normaliser holds the normalisations.
type Normaliser interface {
	// BatchNorm: y and x (N, C, H, W) or (N, C); residual like x, or nil. Statistics are summed in float64.
	// The running variance is the unbiased one, as in PyTorch.
	BatchNorm(y, x, residual *tensor.Dense, bn *BatchNorm)
	// BatchNormBackward: dresidual is nil where there was no residual. y tells where ReLU was open.
	BatchNormBackward(dx, dresidual, dgamma, dbeta, dy, y, x *tensor.Dense, bn *BatchNorm)
	// Normalise: row n of y = row n of x / norm[n], norm[n] = max(|row n of x|, 1e-12), x (N, C), norm (N).
	Normalise(y, norm, x *tensor.Dense)
	// NormaliseBackward: dx = (dy - y (y.dy)) / norm.
	NormaliseBackward(dx, dy, y, norm *tensor.Dense)
}

// Multiplier holds the matrix products.
type Multiplier interface {
	// MatMul: c (M, N) = op(a) op(b), op being the transpose where asked for.
	MatMul(c, a, b *tensor.Dense, transposeA, transposeB bool)
	// Linear: y (N, O) = act(x (N, I) w^T + b); w (O, I), b (O) or nil, act being ReLU or nothing.
	Linear(y, x, w, b *tensor.Dense, relu bool)
	// LinearBackward: db is nil where there is no b; dx is nil where nobody needs it. y tells where ReLU was open.
	LinearBackward(dx, dw, db, dy, y, x, w *tensor.Dense, relu bool)
	// Dot: the sum of a b over all elements, in float64.
	Dot(a, b *tensor.Dense) float64
}

// Contraster holds what contrastive instance discrimination is about. Similarities are
// MatMul(s, q, queue, false, true).
type Contraster interface {
	// SelectRanks keeps, in each row of s (N, K), the pairs of ranks start..end-1 counted from the largest value;
	// equal values rank by column. Pairs in masked (nil: none) rank after all others and are never kept.
	// NaN anywhere in s is an error that names the first row.
	SelectRanks(kept *Pairs, s *tensor.Dense, masked *Pairs, start, end int) error
	// InfoNCE computes the loss and its gradient to the queries.
	InfoNCE(l *InfoNCE)
}

// InfoNCE is one evaluation of the loss, for each query n
//
//	loss[n] = -log( exp(q.k+ / T) / (exp(q.k+ / T) + sum over kept j of exp(q.k_j / T)) )
//
// and of the gradient of its mean to the queries:
//
//	dq[n] = ( (p[n,+] - 1) k+ + sum over kept j of p[n,j] k_j ) / (T N)
type InfoNCE struct {
	// In: rows of Q, K (N, C) and Queue (K, C) are L2-normalised; S (N, K) = Q Queue^T is only read.
	Q, K, Queue, S *tensor.Dense
	Kept           *Pairs        // nil: all pairs
	LogWeight      *tensor.Dense // (N, K), added to the logits S/T; nil: zero
	Temperature    float64

	// Out.
	Loss     []float64     // (N)
	Positive []float64     // (N): q.k+
	DQ       *tensor.Dense // (N, C); nil: not computed
}

// Updater holds what moves weights, over whole arenas of equal length (one dimension).
type Updater interface {
	// SGD, as torch.optim.SGD: d = g + decay w; v = momentum v + d; w -= rate v.
	SGD(w, v, g *tensor.Dense, rate, momentum, decay float32)
	// MomentumUpdate: key = m key + (1 - m) query. 1 - m is taken in float64 and rounded then, as PyTorch's scalars
	// are: at m 0.999 a float32 difference would be off in its fifth digit.
	MomentumUpdate(key, query *tensor.Dense, m float64)
}

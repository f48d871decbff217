package engine

import (
	"fmt"

	"gorgonia.org/tensor"
)

// The functions of this file check the shapes of a kernel's tensors, once for all engines. A shape that does not
// fit is a programmer's error: they panic with a text that begins with the kernel's name and holds both shapes.
// They return the sizes that kernels need.

// CheckNew panics unless shape has at least one dimension and each is at least 1.
func CheckNew(shape []int) {
	for _, d := range shape {
		if d < 1 {
			panic(fmt.Sprintf("New: shape %v, want dimensions of at least 1", tensor.Shape(shape)))
		}
	}
	if len(shape) == 0 {
		panic("New: no shape, want at least one dimension")
	}
}

// CheckView returns the number of elements of a view of the arena t, and panics where the view leaves it.
func CheckView(t *tensor.Dense, offset int, shape []int) int {
	CheckNew(shape)
	n := tensor.Shape(shape).TotalSize()
	if t.Dims() != 1 || offset < 0 || offset+n > t.Shape()[0] {
		panic(fmt.Sprintf("View: shape %v from element %d on does not fit an arena of shape %v",
			tensor.Shape(shape), offset, t.Shape()))
	}
	return n
}

// CheckTransfer panics unless t has n elements.
func CheckTransfer(kernel string, t *tensor.Dense, n int) {
	if t.Shape().TotalSize() != n {
		panic(fmt.Sprintf("%s: %d elements for a tensor of shape %v", kernel, n, t.Shape()))
	}
}

// CheckSame panics unless a and b have one shape.
func CheckSame(kernel string, a, b *tensor.Dense) {
	if !sameShape(a.Shape(), b.Shape()) {
		panic(fmt.Sprintf("%s: shapes %v and %v differ", kernel, a.Shape(), b.Shape()))
	}
}

// CheckArena panics unless all tensors have one dimension and equal lengths; it returns the length.
func CheckArena(kernel string, first *tensor.Dense, others ...*tensor.Dense) int {
	if first.Dims() != 1 {
		panic(fmt.Sprintf("%s: shape %v, want an arena of one dimension", kernel, first.Shape()))
	}
	for _, t := range others {
		CheckSame(kernel, first, t)
	}
	return first.Shape()[0]
}

// Conv holds the sizes of a convolution: x (N, I, H, W), w (O, I, R, S), y (N, O, Ho, Wo).
type Conv struct {
	N, I, H, W  int
	O, R, S     int
	Ho, Wo      int
	Stride, Pad int
}

// CheckConv returns the sizes of y = x convolved with w; gradients have the shapes of what they are gradients to.
func CheckConv(kernel string, y, x, w *tensor.Dense, stride, pad int) Conv {
	if x.Dims() != 4 || w.Dims() != 4 || y.Dims() != 4 {
		panic(fmt.Sprintf("%s: images %v and weights %v give %v, want four dimensions each", kernel, x.Shape(), w.Shape(), y.Shape()))
	}
	if stride < 1 || pad < 0 {
		panic(fmt.Sprintf("%s: stride %d, pad %d, want a stride of at least 1 and a pad of at least 0", kernel, stride, pad))
	}
	c := Conv{N: x.Shape()[0], I: x.Shape()[1], H: x.Shape()[2], W: x.Shape()[3],
		O: w.Shape()[0], R: w.Shape()[2], S: w.Shape()[3], Stride: stride, Pad: pad}
	if w.Shape()[1] != c.I {
		panic(fmt.Sprintf("%s: images %v have %d channels, weights %v want %d", kernel, x.Shape(), c.I, w.Shape(), w.Shape()[1]))
	}
	if c.H+2*pad < c.R || c.W+2*pad < c.S {
		panic(fmt.Sprintf("%s: images %v with pad %d are smaller than weights %v", kernel, x.Shape(), pad, w.Shape()))
	}
	c.Ho, c.Wo = (c.H+2*pad-c.R)/stride+1, (c.W+2*pad-c.S)/stride+1
	if want := (tensor.Shape{c.N, c.O, c.Ho, c.Wo}); !sameShape(y.Shape(), want) {
		panic(fmt.Sprintf("%s: images %v and weights %v with stride %d, pad %d give %v, not %v",
			kernel, x.Shape(), w.Shape(), stride, pad, want, y.Shape()))
	}
	return c
}

// CheckPool returns the sizes of y (N, C) = pool of x (N, C, H, W), P being H times W.
func CheckPool(kernel string, y, x *tensor.Dense) (n, c, p int) {
	if x.Dims() != 4 || !sameShape(y.Shape(), x.Shape()[:2]) {
		panic(fmt.Sprintf("%s: images %v pool to (N, C), not to %v", kernel, x.Shape(), y.Shape()))
	}
	s := x.Shape()
	return s[0], s[1], s[2] * s[3]
}

// CheckBatchNorm returns the sizes of a batch normalisation of x (N, C, H, W) or (N, C), P being H times W or 1,
// and the number of splits, at least 1. like are the tensors that must have x's shape; nil ones are passed over.
func CheckBatchNorm(kernel string, x *tensor.Dense, bn *BatchNorm, like ...*tensor.Dense) (n, c, p, splits int) {
	s := x.Shape()
	switch len(s) {
	case 2:
		n, c, p = s[0], s[1], 1
	case 4:
		n, c, p = s[0], s[1], s[2]*s[3]
	default:
		panic(fmt.Sprintf("%s: x %v, want (N, C, H, W) or (N, C)", kernel, s))
	}
	for _, t := range like {
		if t != nil {
			CheckSame(kernel, x, t)
		}
	}
	channel := func(what string, t *tensor.Dense) {
		if t == nil || !sameShape(t.Shape(), tensor.Shape{c}) {
			panic(fmt.Sprintf("%s: %s %v, want (%d) for x %v", kernel, what, shapeOf(t), c, s))
		}
	}
	channel("gamma", bn.Gamma)
	channel("beta", bn.Beta)
	channel("running mean", bn.RunningMean)
	channel("running variance", bn.RunningVar)
	splits = max(bn.Splits, 1)
	if !bn.Train {
		return n, c, p, splits
	}
	if n%splits != 0 {
		panic(fmt.Sprintf("%s: a batch of %d, x %v, does not divide into %d splits", kernel, n, s, splits))
	}
	if n/splits*p < 2 {
		panic(fmt.Sprintf("%s: x %v in %d splits has one value a channel: no variance to train with", kernel, s, splits))
	}
	for _, t := range []*tensor.Dense{bn.Mean, bn.InvStd} {
		if t == nil || !sameShape(t.Shape(), tensor.Shape{splits, c}) {
			panic(fmt.Sprintf("%s: batch statistics %v, want (%d, %d) for x %v", kernel, shapeOf(t), splits, c, s))
		}
	}
	return n, c, p, splits
}

// CheckRows returns the sizes of x (N, C) and panics unless the tensors of like have its shape and norm is (N).
func CheckRows(kernel string, norm, x *tensor.Dense, like ...*tensor.Dense) (n, c int) {
	if x.Dims() != 2 || !sameShape(norm.Shape(), x.Shape()[:1]) {
		panic(fmt.Sprintf("%s: rows %v with norms %v, want (N, C) and (N)", kernel, x.Shape(), norm.Shape()))
	}
	for _, t := range like {
		CheckSame(kernel, x, t)
	}
	return x.Shape()[0], x.Shape()[1]
}

// CheckMatMul returns the sizes of c (M, N) = op(a) (M, K) op(b) (K, N).
func CheckMatMul(kernel string, c, a, b *tensor.Dense, transposeA, transposeB bool) (m, n, k int) {
	if a.Dims() != 2 || b.Dims() != 2 || c.Dims() != 2 {
		panic(fmt.Sprintf("%s: %v times %v gives %v, want matrices", kernel, a.Shape(), b.Shape(), c.Shape()))
	}
	m, k = a.Shape()[0], a.Shape()[1]
	if transposeA {
		m, k = k, m
	}
	kb, n := b.Shape()[0], b.Shape()[1]
	if transposeB {
		kb, n = n, kb
	}
	if k != kb || c.Shape()[0] != m || c.Shape()[1] != n {
		panic(fmt.Sprintf("%s: %v%s times %v%s does not give %v", kernel,
			a.Shape(), mark(transposeA), b.Shape(), mark(transposeB), c.Shape()))
	}
	return m, n, k
}

// CheckLinear returns the sizes of y (N, O) = x (N, I) w^T + b, w (O, I), b (O) or nil.
func CheckLinear(kernel string, y, x, w, b *tensor.Dense) (n, i, o int) {
	if x.Dims() != 2 || w.Dims() != 2 || y.Dims() != 2 || x.Shape()[1] != w.Shape()[1] ||
		y.Shape()[0] != x.Shape()[0] || y.Shape()[1] != w.Shape()[0] {
		panic(fmt.Sprintf("%s: inputs %v and weights %v do not give %v", kernel, x.Shape(), w.Shape(), y.Shape()))
	}
	n, i, o = x.Shape()[0], x.Shape()[1], w.Shape()[0]
	if b != nil && !sameShape(b.Shape(), tensor.Shape{o}) {
		panic(fmt.Sprintf("%s: bias %v for weights %v, want (%d)", kernel, b.Shape(), w.Shape(), o))
	}
	return n, i, o
}

// CheckSelect returns the sizes of s (N, K) and panics unless kept and masked (nil: none) are sets of as many pairs
// and the ranks lie in 0 <= start <= end <= K.
func CheckSelect(kernel string, kept *Pairs, s *tensor.Dense, masked *Pairs, start, end int) (n, k int) {
	if s.Dims() != 2 {
		panic(fmt.Sprintf("%s: similarities %v, want (N, K)", kernel, s.Shape()))
	}
	n, k = s.Shape()[0], s.Shape()[1]
	for _, p := range []*Pairs{kept, masked} {
		checkPairs(kernel, p, s)
	}
	if start < 0 || end < start || end > k {
		panic(fmt.Sprintf("%s: ranks %d to %d of similarities %v", kernel, start, end, s.Shape()))
	}
	return n, k
}

// CheckInfoNCE returns the sizes of Q (N, C) and Queue (K, C).
func CheckInfoNCE(kernel string, l *InfoNCE) (n, c, k int) {
	if l.Q.Dims() != 2 || l.Queue.Dims() != 2 || l.Q.Shape()[1] != l.Queue.Shape()[1] {
		panic(fmt.Sprintf("%s: queries %v and queue %v, want (N, C) and (K, C)", kernel, l.Q.Shape(), l.Queue.Shape()))
	}
	n, c, k = l.Q.Shape()[0], l.Q.Shape()[1], l.Queue.Shape()[0]
	CheckSame(kernel, l.Q, l.K)
	if l.DQ != nil {
		CheckSame(kernel, l.Q, l.DQ)
	}
	if !sameShape(l.S.Shape(), tensor.Shape{n, k}) {
		panic(fmt.Sprintf("%s: similarities %v for queries %v and queue %v", kernel, l.S.Shape(), l.Q.Shape(), l.Queue.Shape()))
	}
	if l.LogWeight != nil {
		CheckSame(kernel, l.S, l.LogWeight)
	}
	checkPairs(kernel, l.Kept, l.S)
	if len(l.Loss) != n || len(l.Positive) != n {
		panic(fmt.Sprintf("%s: room for %d losses and %d positives, queries %v", kernel, len(l.Loss), len(l.Positive), l.Q.Shape()))
	}
	return n, c, k
}

func checkPairs(kernel string, p *Pairs, s *tensor.Dense) {
	if p != nil && (p.N != s.Shape()[0] || p.K != s.Shape()[1]) {
		panic(fmt.Sprintf("%s: a set of (%d, %d) pairs for similarities %v", kernel, p.N, p.K, s.Shape()))
	}
}

// sameShape is stricter than tensor.Shape.Eq, which lets (1) and (1, 1) pass as scalars.
func sameShape(a, b tensor.Shape) bool {
	if len(a) != len(b) {
		return false
	}
	for i, d := range a {
		if d != b[i] {
			return false
		}
	}
	return true
}

func shapeOf(t *tensor.Dense) string {
	if t == nil {
		return "nil"
	}
	return fmt.Sprint(t.Shape())
}

func mark(transpose bool) string {
	if transpose {
		return "^T"
	}
	return ""
}

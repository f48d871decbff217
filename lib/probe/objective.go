package probe

import (
	"math"
	"slices"

	"github.com/hardneg/hardneg/lib/engine"
	"github.com/hardneg/hardneg/lib/parallel"
	"gorgonia.org/tensor"
)

// objective is the loss of multinomial logistic regression, and its gradient, over all images at once. Parameters are
// W (classes, dim), row-major, then b (classes). Products are the engine's, in float32; everything else is float64.
type objective struct {
	e            engine.Engine
	labels       []int
	dim, classes int
	l2           float64

	x      *tensor.Dense // (N, dim)
	w, b   *tensor.Dense // (classes, dim), (classes)
	logits *tensor.Dense // (N, classes); then the gradient to them
	dw     *tensor.Dense // (classes, dim)
	w32    []float32     // parameters
	host   []float32     // (N, classes)

	at    []float64 // parameters of what follows
	loss  float64
	slope []float64
	parts []float64 // sums of each chunk: loss, gradient to b
}

// chunk is the number of images that one sum is over.
const chunk = 256

func newObjective(e engine.Engine, x []float32, labels []int, dim, classes int, l2 float64) *objective {
	n := len(labels)
	return &objective{
		e: e, labels: labels, dim: dim, classes: classes, l2: l2,
		x: engine.From(e, x, n, dim), w: e.New(classes, dim), b: e.New(classes),
		logits: e.New(n, classes), dw: e.New(classes, dim),
		w32: make([]float32, classes*dim+classes), host: make([]float32, n*classes),
		slope: make([]float64, classes*dim+classes), parts: make([]float64, (n+chunk-1)/chunk*(classes+1)),
	}
}

// value and gradient are what an optimiser calls; one evaluation serves both.
func (o *objective) value(p []float64) float64 {
	o.evaluate(p)
	return o.loss
}

func (o *objective) gradient(slope, p []float64) {
	o.evaluate(p)
	copy(slope, o.slope)
}

// steepest is the largest element of the gradient.
func (o *objective) steepest(p []float64) float64 {
	o.evaluate(p)
	largest := 0.0
	for _, v := range o.slope {
		largest = max(largest, math.Abs(v))
	}
	return largest
}

func (o *objective) evaluate(p []float64) {
	if slices.Equal(o.at, p) {
		return
	}
	o.at = append(o.at[:0], p...)
	o.setWeights(p)
	o.e.Linear(o.logits, o.x, o.w, o.b, false)
	o.e.Download(o.host, o.logits)
	n, stride := len(o.labels), o.classes+1
	clear(o.parts)
	parallel.For(n, chunk, func(lo, hi int) {
		part := o.parts[lo/chunk*stride:][:stride]
		for i := lo; i < hi; i++ {
			part[0] += crossEntropy(o.host[i*o.classes:(i+1)*o.classes], part[1:], o.labels[i], 1/float64(n))
		}
	})
	o.e.Upload(o.logits, o.host)
	o.e.MatMul(o.dw, o.logits, o.x, true, false)
	o.e.Download(o.w32[:o.classes*o.dim], o.dw)

	weights := o.classes * o.dim
	loss, db := 0.0, o.slope[weights:]
	clear(db)
	for c := 0; c < len(o.parts); c += stride {
		loss += o.parts[c]
		for j := range db {
			db[j] += o.parts[c+1+j]
		}
	}
	square := 0.0
	for i, w := range p[:weights] {
		square += w * w
		o.slope[i] = float64(o.w32[i]) + 2*o.l2*w
	}
	o.loss = loss + o.l2*square
}

// crossEntropy returns scale times the loss of one image, writes its gradient over the logits, and adds it to db.
func crossEntropy(logits []float32, db []float64, label int, scale float64) float64 {
	top, own, sum := float64(slices.Max(logits)), float64(logits[label]), 0.0
	for j, v := range logits {
		x := math.Exp(float64(v) - top)
		sum += x
		logits[j] = float32(x)
	}
	for j, x := range logits {
		d := float64(x) / sum
		if j == label {
			d--
		}
		d *= scale
		db[j] += d
		logits[j] = float32(d)
	}
	return (top + math.Log(sum) - own) * scale
}

func (o *objective) setWeights(p []float64) {
	for i, v := range p {
		o.w32[i] = float32(v)
	}
	weights := o.classes * o.dim
	o.e.Upload(o.w, o.w32[:weights])
	o.e.Upload(o.b, o.w32[weights:])
}

// predict returns the likeliest class of each row of x.
func (o *objective) predict(x []float32, p []float64) []int {
	o.setWeights(p)
	return classify(o.e, x, o.w, o.b)
}

// classify returns the class of the largest logit w x + b of each row of x, the first of equal ones.
func classify(e engine.Engine, x []float32, w, b *tensor.Dense) []int {
	classes, dim := w.Shape()[0], w.Shape()[1]
	n := len(x) / dim
	y := e.New(n, classes)
	e.Linear(y, engine.From(e, x, n, dim), w, b, false)
	logits := engine.Floats(y)
	predicted := make([]int, n)
	for i := range predicted {
		predicted[i] = argmax(logits[i*classes : (i+1)*classes])
	}
	return predicted
}

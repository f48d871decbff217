package cpu

import (
	"gorgonia.org/tensor"

	"github.com/hardneg/hardneg/lib/engine"
	"github.com/hardneg/hardneg/lib/parallel"
)

// The gradient to the weights is cut into blocks of channelBlock inputs by outputBlock outputs, and where these are
// few, the batch into parts as well, so that there are about jobs pieces of work. All of it follows from the shape.
const (
	channelBlock = 16
	outputBlock  = 64
	jobs         = 16
)

// Conv2DBackwardWeights: dw (O, I, R, S) from dy (N, O, Ho, Wo) and x (N, I, H, W). Up to columns positions are
// summed in float32 (more where one image has more), their sums in float64.
func (e *Engine) Conv2DBackwardWeights(dw, dy, x *tensor.Dense, stride, pad int) {
	c := engine.CheckConv("Conv2DBackwardWeights", dy, x, dw, stride, pad)
	images, patch := together(c), c.R*c.S
	groups := (c.N + images - 1) / images
	iBlocks, oBlocks := (c.I+channelBlock-1)/channelBlock, (c.O+outputBlock-1)/outputBlock
	parts := max(1, min(groups, jobs/(iBlocks*oBlocks)))

	// sums of one part, one block of inputs: (channels*patch, O)
	size := c.I * patch * c.O
	sums := grow(&e.shared.sums, parts*size)
	clear(sums)
	xs, dys := data(x), data(dy)
	work := e.perWorker()
	parallel.ForWorker(parts*iBlocks*oBlocks, 1, func(worker, job, _ int) {
		part, job := job/(iBlocks*oBlocks), job%(iBlocks*oBlocks)
		i, o := job/oBlocks*channelBlock, job%oBlocks*outputBlock
		b := block{Conv: c, i: i, iEnd: min(i+channelBlock, c.I), o: o, oEnd: min(o+outputBlock, c.O)}
		for g := part * groups / parts; g < (part+1)*groups/parts; g++ {
			b.add(sums[part*size:][:size], xs, dys, g*images, min((g+1)*images, c.N), &work[worker])
		}
	})

	dws := data(dw)
	parallel.For(c.O, 4, func(lo, hi int) {
		for o := lo; o < hi; o++ {
			for row := range c.I * patch {
				s := 0.0
				for part := range parts {
					s += sums[part*size+row*c.O+o]
				}
				dws[o*c.I*patch+row] = float32(s)
			}
		}
	})
}

// block is a range of input channels and one of output channels.
type block struct {
	engine.Conv
	i, iEnd, o, oEnd int
}

// add adds to sums (I*R*S, O) what images lo to hi-1 give to the block: patches times transposed dy.
func (b block) add(sums []float64, xs, dys []float32, lo, hi int, s *scratch) {
	p := b.Ho * b.Wo
	n, rows, outs := (hi-lo)*p, (b.iEnd-b.i)*b.R*b.S, b.oEnd-b.o
	col := grow(&s.a, rows*n)
	grad := grow(&s.b, n*outs)
	product := grow(&s.c, rows*outs)
	for image := lo; image < hi; image++ {
		im2col(col[(image-lo)*p:], n, xs[image*b.I*b.H*b.W:], b.Conv, b.i, b.iEnd)
		for o := b.o; o < b.oEnd; o++ {
			at := (image-lo)*p*outs + o - b.o
			for _, v := range dys[(image*b.O+o)*p:][:p] {
				grad[at] = v
				at += outs
			}
		}
	}
	clear(product)
	addProduct(product, outs, col, n, 1, grad, outs, rows, outs, n)
	for row := range rows {
		total := sums[(b.i*b.R*b.S+row)*b.O+b.o:][:outs]
		for o, v := range product[row*outs:][:outs] {
			total[o] += float64(v)
		}
	}
}

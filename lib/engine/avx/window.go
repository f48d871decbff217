package avx

import (
	"github.com/hardneg/hardneg/lib/engine"
	"github.com/hardneg/hardneg/lib/parallel"
)

// taps says which taps of the window meet an output row (or column), and where: taps first to first+count-1, in the
// order of the packed weights, meet source rows from, from+1, and so on. Padding is not stored: its taps are left out.
type taps struct{ first, count, from int }

// window is a convolution as the kernels see it: each output pixel is a sum over taps that meet neighbouring source
// pixels. The forward pass is one, and the gradient to the input is one with dy as its source.
type window struct {
	n                int // samples
	srcC, srcH, srcW int
	dstC, dstH, dstW int
	r, s             int    // taps
	rows, cols       []taps // of each output row and column
	rTaps, sTaps     []int  // the tap of the weights that lies at each place of the packed ones
	rowStep, inStep  int    // in the weights, from an output channel to the next, from a source channel to the next
}

// forwardWindow returns the window of y = x convolved with w.
func (e *Engine) forwardWindow(g engine.Conv) *window {
	v := &e.window
	v.n, v.r, v.s = g.N, g.R, g.S
	v.srcC, v.srcH, v.srcW = g.I, g.H, g.W
	v.dstC, v.dstH, v.dstW = g.O, g.Ho, g.Wo
	v.rowStep, v.inStep = g.I*g.R*g.S, g.R*g.S
	v.rows, v.rTaps = forwardTaps(v.rows, v.rTaps, g.Ho, g.H, g.R, g.Stride, g.Pad)
	v.cols, v.sTaps = forwardTaps(v.cols, v.sTaps, g.Wo, g.W, g.S, g.Stride, g.Pad)
	return v
}

// backwardWindow returns the window of dx = the gradient to x of a convolution, from dy.
func (e *Engine) backwardWindow(g engine.Conv) *window {
	v := &e.window
	v.n, v.r, v.s = g.N, g.R, g.S
	v.srcC, v.srcH, v.srcW = g.O, g.Ho, g.Wo
	v.dstC, v.dstH, v.dstW = g.I, g.H, g.W
	v.rowStep, v.inStep = g.R*g.S, g.I*g.R*g.S
	v.rows, v.rTaps = backwardTaps(v.rows, v.rTaps, g.H, g.Ho, g.R, g.Stride, g.Pad)
	v.cols, v.sTaps = backwardTaps(v.cols, v.sTaps, g.W, g.Wo, g.S, g.Stride, g.Pad)
	return v
}

// forwardTaps: output o meets source o*stride - pad + t at tap t.
func forwardTaps(out []taps, order []int, outputs, sources, window, stride, pad int) ([]taps, []int) {
	out, order = out[:0], order[:0]
	for t := range window {
		order = append(order, t)
	}
	for o := range outputs {
		first := max(0, pad-o*stride)
		end := min(window, sources+pad-o*stride)
		out = append(out, taps{first, max(0, end-first), o*stride - pad + first})
	}
	return out, order
}

// backwardTaps: x meets dy's o at tap x + pad - o*stride. Taps of one remainder by stride lie together, falling, so
// that the source rises with the place.
func backwardTaps(out []taps, order []int, outputs, sources, window, stride, pad int) ([]taps, []int) {
	out, order = out[:0], order[:0]
	for phase := range stride {
		for t := window - 1; t >= 0; t-- {
			if t%stride == phase {
				order = append(order, t)
			}
		}
	}
	for x := range outputs {
		p := taps{}
		for place, t := range order {
			if d := x + pad - t; d >= 0 && d%stride == 0 && d/stride < sources {
				if p.count == 0 {
					p.first, p.from = place, d/stride
				}
				p.count++
			}
		}
		out = append(out, p)
	}
	return out, order
}

// packWeights lays weights out in panels of rows: panel by panel [r][s][source channel][row of the panel].
// Panels are as many as panels(dstC, most) says.
func (e *Engine) packWeights(v *window, w []float32, most int) []float32 {
	packed := grow(&e.shared[0], len(w))
	count, size := panels(v.dstC, most), v.r*v.s*v.srcC
	parallel.For(count, 1, func(lo, hi int) {
		for i := lo; i < hi; i++ {
			o0, o1 := i*v.dstC/count, (i+1)*v.dstC/count
			m := o1 - o0
			panel := packed[o0*size : o1*size]
			for c := range v.srcC {
				from := w[o0*v.rowStep+c*v.inStep:]
				for ri, r := range v.rTaps {
					for si, s := range v.sTaps {
						d := panel[((ri*v.s+si)*v.srcC+c)*m:][:m]
						at := r*v.s + s
						for j := range d {
							d[j] = from[at]
							at += v.rowStep
						}
					}
				}
			}
		}
	})
	return packed
}

// span is a range of source rows or columns.
type span struct{ lo, hi int }

func spanOf(t []taps) span {
	s := span{1 << 30, 0}
	for _, p := range t {
		if p.count > 0 {
			s.lo, s.hi = min(s.lo, p.from), max(s.hi, p.from+p.count)
		}
	}
	if s.hi == 0 {
		s.lo = 0
	}
	return s
}

// widest is the largest span of t in cuts of size.
func widest(t []taps, size int) int {
	most := 0
	for i := 0; i < len(t); i += size {
		s := spanOf(t[i:min(i+size, len(t))])
		most = max(most, s.hi-s.lo)
	}
	return most
}

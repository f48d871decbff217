package avx

import (
	"github.com/hardneg/hardneg/lib/engine"
	"github.com/hardneg/hardneg/lib/parallel"
)

// correlation is the plan of a gradient to weights: dw[o][i][r][s] is a sum over samples and output pixels, cut into
// blocks (samples, then bands of output rows) that follow each other in groups. A group's sums are kept apart and
// added up in order at the end; which blocks form a group depends on shapes alone.
type correlation struct {
	engine.Conv
	gathered      bool // few channels: the taps of a pixel are its lanes, and there is one tap
	lanes         int  // I, or I R S where gathered
	taps          int
	oUnits, units int // of output channels, of lanes
	nb, th        int // samples and output rows of a block
	bands, blocks int
	groups, parts int // tasks: groups of blocks by parts of output channels
	size          int // floats of the sums of a group
}

// budget is how many floats of packed operands a block fills: half a megabyte. Its borders are where partial sums end,
// so that another budget gives other last bits.
const budget = 128 << 10

// plan decides how dw is summed. Sums of all groups hold at most most floats.
func (g *correlation) plan() {
	const most = 400 << 10
	g.lanes, g.taps = g.I, g.R*g.S
	if g.I < unit && g.taps > 1 {
		g.gathered, g.lanes, g.taps = true, g.I*g.taps, 1
	}
	g.oUnits, g.units = (g.O+unit-1)/unit, (g.lanes+unit-1)/unit
	g.size = g.taps * g.oUnits * g.units * unit * unit

	// A block's packed operands fill the budget.
	g.th, g.nb = g.Ho, min(g.N, 32)
	for g.blockFloats() > budget && (g.nb > 4 || g.th > 1) {
		if g.nb > 8 || g.th == 1 {
			g.nb = (g.nb + 1) / 2
		} else {
			g.th = (g.th + 1) / 2
		}
	}
	g.bands = (g.Ho + g.th - 1) / g.th
	g.blocks = (g.N + g.nb - 1) / g.nb * g.bands
	g.groups = max(1, min(g.blocks, fewest, most/g.size))
	g.parts = min(g.oUnits, (fewest+g.groups-1)/g.groups)
}

func (g *correlation) blockFloats() int {
	in := (min(g.th*g.Stride+g.R-1, g.H)) * g.W
	if g.gathered {
		in = g.th * g.Wo
	}
	return unit * g.nb * (g.units*in + g.oUnits*g.th*g.Wo)
}

// correlate computes dw from dy and x.
func (e *Engine) correlate(conv engine.Conv, dw, dy, x []float32) {
	g := &e.corr
	*g = correlation{Conv: conv}
	g.plan()
	sums := grow(&e.shared[0], g.groups*g.size)
	workers := e.perWorker()
	parallel.ForWorker(g.groups*g.parts, 1, func(worker, lo, hi int) {
		for t := lo; t < hi; t++ {
			group, part := t/g.parts, t%g.parts
			into := sums[group*g.size:][:g.size]
			u0, u1 := part*g.oUnits/g.parts, (part+1)*g.oUnits/g.parts
			b0, b1 := group*g.blocks/g.groups, (group+1)*g.blocks/g.groups
			for b := b0; b < b1; b++ {
				e.correlateBlock(workers[worker], g, into, dy, x, b, u0, u1, b > b0)
			}
		}
	})
	g.finish(dw, sums)
}

// correlateBlock adds block b's products of the output channels of units u0 to u1-1. It packs dy as
// [unit of channels][row][column][sample][16 channels] and x likewise, so that for one tap both are walked in step.
func (e *Engine) correlateBlock(wk *worker, g *correlation, sums, dy, x []float32, b, u0, u1 int, add bool) {
	n0, h0 := b/g.bands*g.nb, b%g.bands*g.th
	nb, th := min(g.nb, g.N-n0), min(g.th, g.Ho-h0)
	rs := span{max(0, h0*g.Stride-g.Pad), min(g.H, (h0+th-1)*g.Stride-g.Pad+g.R)}
	rs.hi = max(rs.hi, rs.lo)

	aUnit := th * g.Wo * nb * unit
	pa := grow(&wk.y, (u1-u0)*aUnit)
	packChannels(pa, dy, g.O, g.Ho*g.Wo, u0, u1, n0, nb, h0*g.Wo, th*g.Wo)
	bUnit := (rs.hi - rs.lo) * g.W * nb * unit
	if g.gathered {
		bUnit = aUnit
	}
	pb := grow(&wk.x, max(g.units*bUnit, unit))
	if g.gathered {
		gather(pb, g, x, n0, nb, h0, th)
	} else {
		packChannels(pb, x, g.I, g.H*g.W, 0, g.units, n0, nb, rs.lo*g.W, (rs.hi-rs.lo)*g.W)
	}

	w := &wk.walk
	for t := range g.taps {
		*w = walk{aStep: 4 * unit, ldc: 4 * unit}
		if add {
			w.add = 1
		}
		pixel := nb * unit // floats of a pixel in a unit
		var a0, b0 int
		if g.gathered {
			w.rows, w.cols, w.run = 1, 1, int64(th*g.Wo*nb)
		} else {
			a0, b0 = g.walkTap(w, t/g.S, t%g.S, h0, th, rs.lo, pixel)
		}
		for o := u0; o < u1; o++ {
			m := min(unit, g.O-o*unit)
			for i := range g.units {
				c := sums[((t*g.oUnits+o)*g.units+i)*unit*unit:][:unit*unit]
				e.k.square(m, pa[(o-u0)*aUnit+a0:], pb[i*bUnit+b0:], c, w)
			}
		}
	}
}

// walkTap sets the walk over the output pixels of rows h0 to h0+th-1 that tap (r, s) meets within x, and returns where
// it begins in the packed operands; x's rows begin at lo there.
func (g *correlation) walkTap(w *walk, r, s, h0, th, lo, pixel int) (a, b int) {
	firstH := max(h0, (g.Pad-r+g.Stride-1)/g.Stride)
	endH := min(h0+th, floorDiv(g.H-1+g.Pad-r, g.Stride)+1)
	firstW := max(0, (g.Pad-s+g.Stride-1)/g.Stride)
	endW := min(g.Wo, floorDiv(g.W-1+g.Pad-s, g.Stride)+1)
	nh, nw := endH-firstH, endW-firstW
	if nh <= 0 || nw <= 0 {
		return 0, 0 // this tap meets padding only
	}
	a = ((firstH-h0)*g.Wo + firstW) * pixel
	b = ((firstH*g.Stride-g.Pad+r-lo)*g.W + firstW*g.Stride - g.Pad + s) * pixel
	w.rows = int64(nh)
	if g.Stride == 1 {
		w.cols, w.run = 1, int64(nw*pixel/unit)
	} else {
		w.cols, w.run = int64(nw), int64(pixel/unit)
		w.bCol = int64(4 * (g.Stride - 1) * pixel)
	}
	w.aRow = int64(4 * (g.Wo - nw) * pixel)
	w.bRow = int64(4 * g.Stride * (g.W - nw) * pixel)
	return a, b
}

func floorDiv(a, b int) int {
	if a < 0 {
		return -((b - 1 - a) / b)
	}
	return a / b
}

// packChannels packs units u0 to u1-1 of src's channels, for samples n0 to n0+nb-1 and the pixels from first on.
func packChannels(dst, src []float32, channels, plane, u0, u1, n0, nb, first, pixels int) {
	for u := u0; u < u1; u++ {
		count := min(unit, channels-u*unit)
		for n := range nb {
			columns(dst[n*unit:], nb*unit, src[((n0+n)*channels+u*unit)*plane+first:], plane, count, pixels)
		}
		dst = dst[pixels*nb*unit:]
	}
}

// gather packs x with a lane for each channel and tap.
func gather(dst []float32, g *correlation, x []float32, n0, nb, h0, th int) {
	clear(dst)
	for lane := range g.lanes {
		i, r, s := lane/(g.R*g.S), lane/g.S%g.R, lane%g.S
		at := lane/unit*th*g.Wo*nb*unit + lane%unit
		w0 := max(0, (g.Pad-s+g.Stride-1)/g.Stride)
		w1 := min(g.Wo, floorDiv(g.W-1+g.Pad-s, g.Stride)+1)
		for ho := h0; ho < h0+th; ho++ {
			h := ho*g.Stride - g.Pad + r
			if h < 0 || h >= g.H {
				continue
			}
			for n := range nb {
				row := x[(((n0+n)*g.I+i)*g.H+h)*g.W:][:g.W]
				d := dst[at+((ho-h0)*g.Wo*nb+n)*unit:]
				for wo := w0; wo < w1; wo++ {
					d[wo*nb*unit] = row[wo*g.Stride-g.Pad+s]
				}
			}
		}
	}
}

// finish adds up the groups in order and brings the sums into the order of weights.
func (g *correlation) finish(dw, sums []float32) {
	inner, width := g.I, g.R*g.S
	if g.gathered {
		inner, width = g.lanes, 1
	}
	parallel.For(g.O, 4, func(lo, hi int) {
		for o := lo; o < hi; o++ {
			d := dw[o*inner*width : (o+1)*inner*width]
			for t := range width {
				for i := range inner {
					at := ((t*g.oUnits+o/unit)*g.units+i/unit)*unit*unit + o%unit*unit + i%unit
					sum := 0.0
					for ; at < len(sums); at += g.size {
						sum += float64(sums[at])
					}
					d[i*width+t] = float32(sum)
				}
			}
		}
	})
}

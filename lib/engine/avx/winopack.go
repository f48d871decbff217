package avx

import "github.com/hardneg/hardneg/lib/parallel"

// winoPack fills V of block b for the channels k0 to k1-1. The rectangle of a channel is turned into units within a
// frame of zeros, from the column four to the left of the first tile on, and its tiles are transformed.
func (e *Engine) winoPack(wk *worker, p *winoPlan, b *winoBlock, v product, src []float32, k0, k1 int) {
	th, tw := b.r1-b.r0, b.c1-b.c0
	wide := (winoTile*tw + 8) * unit // floats of a row of the frame
	frame := grow(&wk.frame, (winoTile*th+2)*wide)
	clear(frame)
	top, left := winoTile*b.r0-1, winoTile*(b.c0-1)
	h0, h1 := max(top, 0), min(winoTile*b.r1+1, p.h)
	c0, c1 := max(left, 0), min(winoTile*b.c1+1, p.w)
	if p.w%4 == 0 { // whole groups of four columns turn faster
		c1 = min((c1+3)&^3, p.w)
	}
	plane := p.h * p.w
	s := &wk.wino
	s.stride = stride{count: int64(tw), srcRow: int64(4 * wide), srcCol: 4 * unit, srcNext: 4 * unit * winoTile,
		dstRow: int64(4 * winoSide * v.step), dstCol: int64(4 * v.step), dstNext: int64(4 * p.k * unit)}
	for u := b.u0; u < b.u1; u++ {
		count := min(unit, p.n-u*unit)
		for k := k0; k < k1; k++ {
			from := src[(u*unit*p.k+k)*plane:]
			for h := h0; h < h1; h++ {
				columns(frame[(h-top)*wide+(c0-left)*unit:], unit, from[h*p.w+c0:], p.k*plane, count, c1-c0)
			}
			for r := range th {
				at := ((u-b.u0)*th+r)*tw*p.k + k
				s.apply(e.k.winoInput, v.data[at*unit:], frame[r*winoTile*wide+3*unit:], &winoPoints.input[0])
			}
		}
	}
}

// winoUnpack writes the output channels c0 to c1-1 of block b from M, which holds those of units o0 to o1-1.
func (e *Engine) winoUnpack(wk *worker, p *winoPlan, b *winoBlock, m product, dst []float32, o0, o1, c0, c1 int) {
	th, tw := b.r1-b.r0, b.c1-b.c0
	wide := winoTile * tw * unit
	frame := grow(&wk.frame, winoTile*th*wide)
	mo := (o1 - o0) * unit
	s := &wk.wino
	s.stride = stride{count: int64(tw), srcRow: int64(4 * winoSide * m.step), srcCol: int64(4 * m.step), srcNext: int64(4 * mo * unit),
		dstRow: int64(4 * wide), dstCol: 4 * unit, dstNext: 4 * unit * winoTile}
	plane := p.h * p.w
	h0, h1 := winoTile*b.r0, min(winoTile*b.r1, p.h)
	w0, w1 := winoTile*b.c0, min(winoTile*b.c1, p.w)
	for u := b.u0; u < b.u1; u++ {
		count := min(unit, p.n-u*unit)
		for o := c0; o < c1; o++ {
			for r := range th {
				at := ((u-b.u0)*th+r)*tw*mo + o - o0*unit
				s.apply(e.k.winoOutput, frame[r*winoTile*wide:], m.data[at*unit:], &winoPoints.output[0])
			}
			to := dst[(u*unit*p.o+o)*plane:]
			if winoTile*tw == p.w {
				rows(to[h0*p.w:], p.o*plane, frame, unit, count, (h1-h0)*p.w)
				continue
			}
			for h := h0; h < h1; h++ {
				rows(to[h*p.w+w0:], p.o*plane, frame[(h-h0)*wide:], unit, count, w1-w0)
			}
		}
	}
}

// winoWeights transforms weights into U: 16 output channels of a unit are lanes.
func (e *Engine) winoWeights(p *winoPlan, weights []float32) []float32 {
	const part = 16 // source channels of a task
	const taps = 9
	u := grow(&e.shared[0], winoAll*p.uStep)
	workers := e.perWorker()
	parts := panels(p.k, part)
	parallel.ForWorker(p.oUnits*parts, 4, func(worker, lo, hi int) {
		wk := workers[worker]
		frame := grow(&wk.frame, part*taps*unit)
		s := &wk.wino
		for t := lo; t < hi; t++ {
			o, k0 := t/parts, t%parts*part
			count, n := min(unit, p.o-o*unit), min(part, p.k-k0)
			s.stride = stride{count: int64(n), srcRow: 4 * 3 * unit, srcCol: 4 * unit, srcNext: 4 * taps * unit,
				dstRow: int64(4 * winoSide * p.uStep), dstCol: int64(4 * p.uStep), dstNext: 4 * unit}
			from := frame
			if !p.flip { // weights are (o, k, 3, 3)
				columns(frame, unit, weights[(o*unit*p.k+k0)*taps:], p.k*taps, count, n*taps)
			} else { // weights are (k, o, 3, 3), and taps are read from the last to the first
				for k := range n {
					columns(frame[k*taps*unit:], unit, weights[((k0+k)*p.o+o*unit)*taps:], taps, count, taps)
				}
				s.stride.srcRow, s.stride.srcCol = -s.stride.srcRow, -s.stride.srcCol
				from = frame[(taps-1)*unit:]
			}
			s.apply(e.k.winoWeight, u[(o*p.k+k0)*unit:], from, &winoPoints.weight[0])
		}
	})
	return u
}

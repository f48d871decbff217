package avx

import "github.com/hardneg/hardneg/lib/parallel"

// slideBudget is how many floats of packed source and result a task works on: 768 KiB, which Zen 4's second-level cache
// of 1 MiB holds beside the weights that pass through. (Measured on ResNet-18's layers from 192 KiB to 1 MiB.)
// Results do not depend on it.
const slideBudget = 192 << 10

// fewest is how many parts a kernel is cut into at least, where its shape allows: enough for the threads to share.
// It does not depend on how many they are.
const fewest = 8

// slide computes dst (N, dstC, dstH, dstW) from src (N, srcC, srcH, srcW) and weights as v says. A task takes one or
// two units of 16 samples, a rectangle of output pixels and a part of the output channels. It packs the source
// pixels that it needs as [row][col][channel][16 samples], lets the micro-kernel sum each output pixel over its taps
// (rows: output channels; columns: samples), and turns the result back.
func (e *Engine) slide(v *window, dst, src, weights []float32) {
	wide := min(e.k.wide, (v.n+unit-1)/unit)
	most := e.k.rows[wide-1]
	packed := e.packWeights(v, weights, most)
	count := panels(v.dstC, most)

	batches := (v.n + wide*unit - 1) / (wide * unit)
	th, tw := v.dstH, v.dstW
	for {
		need := wide * unit * (v.srcC*widest(v.rows, th)*widest(v.cols, tw) + v.dstC*th*tw)
		if need <= slideBudget || th == 1 && tw <= 4 {
			break
		}
		if th > 4 || tw <= 8 && th > 1 {
			th = (th + 1) / 2
		} else {
			tw = (tw + 1) / 2
		}
	}
	down, across := (v.dstH+th-1)/th, (v.dstW+tw-1)/tw
	parts := min(count, max(1, (fewest+batches*down*across-1)/(batches*down*across)))

	workers := e.perWorker()
	parallel.ForWorker(parts*batches*down*across, 1, func(worker, lo, hi int) {
		for t := lo; t < hi; t++ {
			p, b, h, w := t%parts, t/parts%batches, t/(parts*batches)%down, t/(parts*batches*down)
			j := job{
				n0: b * wide * unit, n1: min((b+1)*wide*unit, v.n),
				h0: h * th, h1: min((h+1)*th, v.dstH),
				w0: w * tw, w1: min((w+1)*tw, v.dstW),
				p0: p * count / parts, p1: (p + 1) * count / parts, panels: count,
			}
			e.slideTask(workers[worker], v, &j, dst, src, packed)
		}
	})
}

// job is what one task computes: samples, output rows, output columns and panels of output channels.
type job struct{ n0, n1, h0, h1, w0, w1, p0, p1, panels int }

func (e *Engine) slideTask(wk *worker, v *window, j *job, dst, src, packed []float32) {
	units := (j.n1 - j.n0 + unit - 1) / unit
	rs, cs := spanOf(v.rows[j.h0:j.h1]), spanOf(v.cols[j.w0:j.w1])
	if v.srcW%4 == 0 { // whole groups of four columns turn faster
		cs.lo, cs.hi = cs.lo&^3, (cs.hi+3)&^3
	}
	srcUnit := (rs.hi - rs.lo) * (cs.hi - cs.lo) * v.srcC * unit
	x := grow(&wk.x, max(units*srcUnit, unit))
	if srcUnit > 0 {
		packSource(x, v, j, src, rs, cs)
	}

	o0, o1 := j.p0*v.dstC/j.panels, j.p1*v.dstC/j.panels
	pixels := (j.h1 - j.h0) * (j.w1 - j.w0)
	dstUnit := pixels * (o1 - o0) * unit
	y := grow(&wk.y, units*dstUnit)

	w := &wk.walk
	*w = walk{cols: 1, b2: int64(4 * srcUnit), c2: int64(4 * dstUnit), ldc: 4 * unit}
	for p := j.p0; p < j.p1; p++ {
		lo, hi := p*v.dstC/j.panels, (p+1)*v.dstC/j.panels
		m := hi - lo
		panel := packed[lo*v.r*v.s*v.srcC : hi*v.r*v.s*v.srcC]
		w.aStep = int64(4 * m)
		at := (lo - o0) * unit
		for h := j.h0; h < j.h1; h++ {
			row := v.rows[h]
			for c := j.w0; c < j.w1; c++ {
				col := v.cols[c]
				w.rows, w.run = int64(row.count), int64(col.count*v.srcC)
				w.aRow = int64(4 * m * v.srcC * (v.s - col.count))
				w.bRow = int64(4 * unit * v.srcC * (cs.hi - cs.lo - col.count))
				a, b := 0, 0
				if row.count == 0 || col.count == 0 {
					w.rows = 0 // nothing but padding: zeros
				} else {
					a = (row.first*v.s + col.first) * v.srcC * m
					b = ((row.from-rs.lo)*(cs.hi-cs.lo) + col.from - cs.lo) * v.srcC * unit
				}
				e.k.tile(m, units, &panel[a], &x[b], &y[at], w)
				at += (o1 - o0) * unit
			}
		}
	}
	unpackResult(dst, v, j, y, o0, o1, dstUnit)
}

// packSource packs what task j reads, in units of 16 samples.
func packSource(x []float32, v *window, j *job, src []float32, rs, cs span) {
	plane := v.srcH * v.srcW
	image := v.srcC * plane
	n := j.n0
	for n < j.n1 {
		count := min(unit, j.n1-n)
		for c := range v.srcC {
			from := src[n*image+c*plane:]
			if cs.hi-cs.lo == v.srcW {
				columns(x[c*unit:], v.srcC*unit, from[rs.lo*v.srcW:], image, count, (rs.hi-rs.lo)*v.srcW)
				continue
			}
			for h := rs.lo; h < rs.hi; h++ {
				columns(x[((h-rs.lo)*(cs.hi-cs.lo)*v.srcC+c)*unit:], v.srcC*unit, from[h*v.srcW+cs.lo:], image, count, cs.hi-cs.lo)
			}
		}
		x = x[(rs.hi-rs.lo)*(cs.hi-cs.lo)*v.srcC*unit:]
		n += unit
	}
}

// unpackResult writes the output channels o0 to o1-1 of task j.
func unpackResult(dst []float32, v *window, j *job, y []float32, o0, o1, dstUnit int) {
	plane := v.dstH * v.dstW
	image := v.dstC * plane
	step := (o1 - o0) * unit
	for n := j.n0; n < j.n1; n += unit {
		count := min(unit, j.n1-n)
		for o := o0; o < o1; o++ {
			to := dst[n*image+o*plane:]
			from := y[(o-o0)*unit:]
			if j.w1-j.w0 == v.dstW {
				rows(to[j.h0*v.dstW:], image, from, step, count, (j.h1-j.h0)*v.dstW)
				continue
			}
			for h := j.h0; h < j.h1; h++ {
				rows(to[h*v.dstW+j.w0:], image, from[(h-j.h0)*(j.w1-j.w0)*step:], step, count, j.w1-j.w0)
			}
		}
		y = y[dstUnit:]
	}
}

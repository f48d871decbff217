package avx

import (
	"github.com/hardneg/hardneg/lib/engine"
	"github.com/hardneg/hardneg/lib/parallel"
)

// winoCorrelation is the plan of a gradient to weights by Winograd: dw (o, k, 3, 3) = G^T (sum over tiles of
// (A dy A^T) * (B^T x B)) G. Lanes are channels, as in correlate. Tiles are cut into blocks, some samples by some rows
// of tiles; a block is transformed as V [product][unit of input channels][tile][16 channels] and D, the same of dy and
// output channels. The sums over a block's tiles are added, block after block, to S [product][unit of output
// channels][unit of input channels][16][16], so that no chain of sums is longer than a block.
type winoCorrelation struct {
	n, k, o, h, w  int
	down, across   int // tiles of an image
	kUnits, oUnits int
	nb, th         int // samples and rows of tiles of a block
	bands, blocks  int
	sStep          int // floats of S from a product to the next
}

// The largest block. Its borders are where partial sums end, so that others give other last bits.
const (
	winoChain  = 256     // tiles, and with them the length of a chain
	winoFloats = 3 << 20 // floats of V and D
)

func (p *winoCorrelation) plan(g engine.Conv) {
	*p = winoCorrelation{n: g.N, k: g.I, o: g.O, h: g.H, w: g.W}
	p.down, p.across = panels(p.h, winoTile), panels(p.w, winoTile)
	p.kUnits, p.oUnits = panels(p.k, unit), panels(p.o, unit)
	tiles := max(1, min(winoChain, winoFloats/(winoAll*unit*(p.kUnits+p.oUnits))))
	p.th = split(p.down, tiles/p.across)
	p.nb = split(p.n, tiles/(p.across*p.th))
	p.bands = panels(p.down, p.th)
	p.blocks = panels(p.n, p.nb) * p.bands
	p.sStep = p.oUnits*p.kUnits*unit*unit + winoSkew
}

// winoCorrelate computes dw from dy and x.
func (e *Engine) winoCorrelate(g engine.Conv, dw, dy, x []float32) {
	p := &e.winoCorr
	p.plan(g)
	sums := grow(&e.shared[0], winoAll*p.sStep)
	workers := e.perWorker()
	for b := range p.blocks {
		n0, r0 := b/p.bands*p.nb, b%p.bands*p.th
		nb, th := min(p.nb, p.n-n0), min(p.th, p.down-r0)
		tiles := nb * th * p.across
		v, d := product{step: p.kUnits*tiles*unit + winoSkew}, product{step: p.oUnits*tiles*unit + winoSkew}
		v.data, d.data = grow(&e.shared[1], winoAll*v.step), grow(&e.shared[2], winoAll*d.step)
		units := p.kUnits + p.oUnits
		parallel.ForWorker(nb*units, 4, func(worker, lo, hi int) {
			wk := workers[worker]
			for i := lo; i < hi; i++ {
				n, u := i/units, i%units
				t := n * th * p.across
				if u < p.kUnits {
					e.winoPackInput(wk, p, v.at(u*tiles+t), v.step, x, n0+n, u, r0, th)
				} else {
					u -= p.kUnits
					e.winoPackGradient(wk, p, d.at(u*tiles+t), d.step, dy, n0+n, u, r0, th)
				}
			}
		})
		parallel.ForWorker(winoAll, 1, func(worker, lo, hi int) {
			for i := lo; i < hi; i++ {
				e.winoSum(workers[worker], p, tiles, i, sums, d, v, b > 0)
			}
		})
	}
	parallel.ForWorker(p.oUnits*p.kUnits, 1, func(worker, lo, hi int) {
		for i := lo; i < hi; i++ {
			e.winoFinish(workers[worker], p, i/p.kUnits, i%p.kUnits, dw, sums)
		}
	})
}

// at is the memory of the first product from value i on.
func (p product) at(i int) []float32 { return p.data[i*unit:] }

// winoPackInput transforms unit u of the channels of sample n of x, for th rows of tiles from r0 on.
func (e *Engine) winoPackInput(wk *worker, p *winoCorrelation, to []float32, step int, x []float32, n, u, r0, th int) {
	wide := (winoTile*p.across + 8) * unit
	frame := grow(&wk.frame, (winoTile*th+2)*wide)
	clear(frame)
	top := winoTile*r0 - 1
	h0, h1 := max(top, 0), min(winoTile*(r0+th)+1, p.h)
	from := x[(n*p.k+u*unit)*p.h*p.w:]
	for h := h0; h < h1; h++ {
		columns(frame[(h-top)*wide+winoTile*unit:], unit, from[h*p.w:], p.h*p.w, min(unit, p.k-u*unit), p.w)
	}
	s := &wk.wino
	s.stride = stride{count: int64(p.across), srcRow: int64(4 * wide), srcCol: 4 * unit, srcNext: 4 * unit * winoTile,
		dstRow: int64(4 * winoSide * step), dstCol: int64(4 * step), dstNext: 4 * unit}
	for r := range th {
		s.apply(e.k.winoInput, to[r*p.across*unit:], frame[r*winoTile*wide+3*unit:], &winoPoints.input[0])
	}
}

// winoPackGradient does the same for dy and its channels, whose tiles do not overlap.
func (e *Engine) winoPackGradient(wk *worker, p *winoCorrelation, to []float32, step int, dy []float32, n, u, r0, th int) {
	wide := winoTile * p.across * unit
	frame := grow(&wk.frame, winoTile*th*wide)
	if p.w%winoTile != 0 || p.h%winoTile != 0 {
		clear(frame)
	}
	h0, h1 := winoTile*r0, min(winoTile*(r0+th), p.h)
	from := dy[(n*p.o+u*unit)*p.h*p.w:]
	count := min(unit, p.o-u*unit)
	if p.w%winoTile == 0 {
		columns(frame, unit, from[h0*p.w:], p.h*p.w, count, (h1-h0)*p.w)
	} else {
		for h := h0; h < h1; h++ {
			columns(frame[(h-h0)*wide:], unit, from[h*p.w:], p.h*p.w, count, p.w)
		}
	}
	s := &wk.wino
	s.stride = stride{count: int64(p.across), srcRow: int64(4 * wide), srcCol: 4 * unit, srcNext: 4 * unit * winoTile,
		dstRow: int64(4 * winoSide * step), dstCol: int64(4 * step), dstNext: 4 * unit}
	for r := range th {
		s.apply(e.k.winoGradient, to[r*p.across*unit:], frame[r*winoTile*wide:], &winoPoints.output[0])
	}
}

// winoSum adds the products of a block's tiles to S, for product x.
func (e *Engine) winoSum(wk *worker, p *winoCorrelation, tiles, x int, sums []float32, d, v product, add bool) {
	w := &wk.walk
	*w = walk{rows: 1, cols: 1, run: int64(tiles), aStep: 4 * unit, ldc: 4 * unit, b2: int64(4 * tiles * unit), c2: 4 * unit * unit}
	if add {
		w.add = 1
	}
	for o := range p.oUnits {
		a := d.data[x*d.step+o*tiles*unit:][:tiles*unit]
		for k := 0; k < p.kUnits; {
			wide := min(e.k.wide, p.kUnits-k)
			b, c := v.data[x*v.step+k*tiles*unit:], sums[x*p.sStep+(o*p.kUnits+k)*unit*unit:]
			e.winoTiles(min(unit, p.o-o*unit), wide, a, b, c, w)
			k += wide
		}
	}
}

// winoFinish turns the sums of output channels o and input channels k, units, into weights.
func (e *Engine) winoFinish(wk *worker, p *winoCorrelation, o, k int, dw, sums []float32) {
	const taps = 9
	count := min(unit, p.o-o*unit)
	frame := grow(&wk.frame, unit*taps*unit)
	s := &wk.wino
	s.stride = stride{count: int64(count), srcRow: int64(4 * winoSide * p.sStep), srcCol: int64(4 * p.sStep), srcNext: 4 * unit,
		dstRow: 4 * 3 * unit, dstCol: 4 * unit, dstNext: 4 * taps * unit}
	s.apply(e.k.winoWeightGradient, frame, sums[(o*p.kUnits+k)*unit*unit:], &winoPoints.weight[0])
	for r := range count {
		rows(dw[((o*unit+r)*p.k+k*unit)*taps:], taps, frame[r*taps*unit:], unit, min(unit, p.k-k*unit), taps)
	}
}

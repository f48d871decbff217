package avx

import (
	"github.com/hardneg/hardneg/lib/engine"
	"github.com/hardneg/hardneg/lib/parallel"
)

// winoPlan is a forward pass or a gradient to the input by Winograd: dst (n, o, h, w) from src (n, k, h, w). Lanes are
// samples, as in slide. Tiles are cut into blocks: some units of 16 samples by a rectangle of tiles. A block is packed
// and transformed as V [product][tile][source channel][16 samples], multiplied by U, the transformed weights
// [product][unit of output channels][source channel][16 output channels], and M [product][tile][output
// channel][16 samples] is transformed back.
type winoPlan struct {
	n, k, o, h, w int
	down, across  int // tiles of an image
	oUnits        int
	uStep         int // floats of U from a product to the next
	flip          bool

	units, th, tw int // of the largest block: units of samples, tiles each way
	staged        bool
	group         int // units of output channels that M holds at a time, where not staged
}

// A row of lines 64 bytes longer than a power of two keeps the 36 products of a tile out of one set of the cache.
const winoSkew = unit

func (e *Engine) winoForward(g engine.Conv) *winoPlan {
	p := &e.wino
	*p = winoPlan{n: g.N, k: g.I, o: g.O, h: g.H, w: g.W}
	p.plan()
	return p
}

// winoBackward is the plan of a gradient to the input: dy takes the source's place, weights are transposed and turned.
func (e *Engine) winoBackward(g engine.Conv) *winoPlan {
	p := &e.wino
	*p = winoPlan{n: g.N, k: g.O, o: g.I, h: g.H, w: g.W, flip: true}
	p.plan()
	return p
}

// What a block may hold. Where few channels are summed, V and a group of M are one worker's and about fill the
// second-level cache; else workers share V and M, for which the third-level cache has room, and U is read fewer times.
// (Measured on ResNet-18's layers, Zen 4, for 96 Ki to 448 Ki floats and groups of 2 to 8.) Results do not depend on it.
const (
	winoFused  = 448 << 10 // floats of V and a group of M
	winoGroup  = 2         // units of output channels of M in a group
	winoDeep   = 192       // input channels from which workers share
	winoShared = 3 << 20   // floats of V and M then
)

func (p *winoPlan) plan() {
	p.down, p.across = panels(p.h, winoTile), panels(p.w, winoTile)
	p.oUnits = panels(p.o, unit)
	p.uStep = p.oUnits*p.k*unit + winoSkew
	p.staged = p.k >= winoDeep
	p.group = min(p.oUnits, winoGroup)
	tiles := winoFused / (winoAll * unit * (p.k + p.group*unit))
	if p.staged {
		tiles = winoShared / (winoAll * unit * (p.k + p.oUnits*unit))
	}
	samples := panels(p.n, unit)
	tiles = max(tiles, 1)
	p.tw = split(p.across, tiles)
	p.th = split(p.down, tiles/p.tw)
	p.units = split(samples, tiles/(p.tw*p.th))
	for !p.staged && p.units > 1 && p.blocks() < fewest {
		p.units--
	}
}

// split cuts n into parts of nearly equal size, at most most each (or 1), and returns the size of the largest.
func split(n, most int) int {
	count := panels(n, max(most, 1))
	return panels(n, count)
}

func (p *winoPlan) blocks() int {
	return panels(panels(p.n, unit), p.units) * panels(p.down, p.th) * panels(p.across, p.tw)
}

// winoBlock is a block: units of samples u0 to u1-1, tile rows r0 to r1-1, tile columns c0 to c1-1.
type winoBlock struct{ u0, u1, r0, r1, c0, c1 int }

func (p *winoPlan) block(i int) winoBlock {
	wide, high := panels(p.across, p.tw), panels(p.down, p.th)
	c, r, u := i%wide*p.tw, i/wide%high*p.th, i/(wide*high)*p.units
	return winoBlock{u, min(u+p.units, panels(p.n, unit)), r, min(r+p.th, p.down), c, min(c+p.tw, p.across)}
}

func (b *winoBlock) tiles() int { return (b.u1 - b.u0) * (b.r1 - b.r0) * (b.c1 - b.c0) }

// winoSlide computes dst from src and weights as p says.
func (e *Engine) winoSlide(p *winoPlan, dst, src, weights []float32) {
	u := e.winoWeights(p, weights)
	workers := e.perWorker()
	if !p.staged {
		parallel.ForWorker(p.blocks(), 1, func(worker, lo, hi int) {
			wk := workers[worker]
			for i := lo; i < hi; i++ {
				b := p.block(i)
				t := b.tiles()
				v := product{step: t*p.k*unit + winoSkew}
				v.data = grow(&wk.x, winoAll*v.step)
				e.winoPack(wk, p, &b, v, src, 0, p.k)
				for o := 0; o < p.oUnits; o += p.group {
					end := min(o+p.group, p.oUnits)
					m := product{step: t*(end-o)*unit*unit + winoSkew}
					m.data = grow(&wk.y, winoAll*m.step)
					for x := range winoAll {
						e.winoMultiply(wk, p, t, x, o, end, m, v, u)
					}
					e.winoUnpack(wk, p, &b, m, dst, o, end, o*unit, min(end*unit, p.o))
				}
			}
		})
		return
	}
	for i := range p.blocks() {
		b := p.block(i)
		t := b.tiles()
		v, m := product{step: t*p.k*unit + winoSkew}, product{step: t*p.oUnits*unit*unit + winoSkew}
		v.data, m.data = grow(&e.shared[1], winoAll*v.step), grow(&e.shared[2], winoAll*m.step)
		parallel.ForWorker(p.k, 16, func(worker, lo, hi int) {
			e.winoPack(workers[worker], p, &b, v, src, lo, hi)
		})
		parallel.ForWorker(winoAll, 1, func(worker, lo, hi int) {
			for x := lo; x < hi; x++ {
				e.winoMultiply(workers[worker], p, t, x, 0, p.oUnits, m, v, u)
			}
		})
		parallel.ForWorker(p.o, 16, func(worker, lo, hi int) {
			e.winoUnpack(workers[worker], p, &b, m, dst, 0, p.oUnits, lo, hi)
		})
	}
}

// product is V or M: 36 matrices, step floats apart.
type product struct {
	data []float32
	step int
}

// winoMultiply computes M of product x for the output channels of units o0 to o1-1, which begin M's rows.
func (e *Engine) winoMultiply(wk *worker, p *winoPlan, tiles, x, o0, o1 int, m, v product, u []float32) {
	w := &wk.walk
	mo := (o1 - o0) * unit
	*w = walk{rows: 1, cols: 1, run: int64(p.k), aStep: 4 * unit, ldc: 4 * unit, b2: int64(4 * p.k * unit), c2: int64(4 * mo * unit)}
	for o := o0; o < o1; o++ {
		rows := min(unit, p.o-o*unit)
		a := u[x*p.uStep+o*p.k*unit:][:p.k*unit]
		for t := 0; t < tiles; {
			wide := min(e.k.wide, tiles-t)
			b, c := v.data[x*v.step+t*p.k*unit:], m.data[x*m.step+(t*mo+(o-o0)*unit)*unit:]
			e.winoTiles(rows, wide, a, b, c, w)
			t += wide
		}
	}
}

// winoTiles adds up m <= 16 rows by one or two units of 16 columns.
func (e *Engine) winoTiles(m, units int, a, b, c []float32, w *walk) {
	const half = unit / 2
	if units == 1 {
		e.k.square(m, a, b, c, w)
		return
	}
	e.k.tile(min(m, half), units, &a[0], &b[0], &c[0], w)
	if m > half {
		e.k.tile(m-half, units, &a[half], &b[0], &c[half*unit], w)
	}
}

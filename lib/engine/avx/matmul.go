package avx

import (
	"gorgonia.org/tensor"

	"github.com/hardneg/hardneg/lib/engine"
	"github.com/hardneg/hardneg/lib/parallel"
)

// matrix is one operand of a product: element (i, j) is data[i*row+j*col].
type matrix struct {
	data     []float32
	row, col int
}

func (m matrix) transpose() matrix { return matrix{m.data, m.col, m.row} }

// MatMul: c (M, N) = op(a) op(b), op being the transpose where asked for.
func (e *Engine) MatMul(c, a, b *tensor.Dense, transposeA, transposeB bool) {
	m, n, k := engine.CheckMatMul("MatMul", c, a, b, transposeA, transposeB)
	ma, mb := matrix{data(a), a.Shape()[1], 1}, matrix{data(b), b.Shape()[1], 1}
	if transposeA {
		ma = ma.transpose()
	}
	if transposeB {
		mb = mb.transpose()
	}
	e.multiply(data(c), ma, mb, m, n, k)
}

// chunk is how many products are summed before their sum is added to C: operands of a tile then fit the first-level
// cache twice, and long sums gain some accuracy.
const chunk = 256

// multiply computes c (m, n) = a (m, k) b (k, n). Both operands are packed in units of 16 rows (columns), as
// [chunk of k][unit][step][16], in parallel; then tasks take rectangles of tiles.
func (e *Engine) multiply(c []float32, a, b matrix, m, n, k int) {
	aUnits, bUnits := (m+unit-1)/unit, (n+unit-1)/unit
	pa := grow(&e.shared[0], aUnits*unit*k)
	pb := grow(&e.shared[1], bUnits*unit*k)
	parallel.For(aUnits+bUnits, 8, func(lo, hi int) {
		for u := lo; u < hi; u++ {
			if u < aUnits {
				packUnit(pa, a, u, aUnits, m, k)
			} else {
				packUnit(pb, b.transpose(), u-aUnits, bUnits, n, k)
			}
		}
	})
	// A task is tall by broad units: operands of a chunk stay in the second-level cache.
	const tall, broad = 8, 8
	down, across := (aUnits+tall-1)/tall, (bUnits+broad-1)/broad
	workers := e.perWorker()
	parallel.ForWorker(down*across, 1, func(worker, lo, hi int) {
		for t := lo; t < hi; t++ {
			i, j := t%down*tall, t/down*broad
			e.block(workers[worker], c, pa, pb, span{i, min(i+tall, aUnits)}, span{j, min(j+broad, bUnits)}, m, n, k)
		}
	})
}

// block computes the tiles of the units is of A by js of B.
func (e *Engine) block(wk *worker, c, pa, pb []float32, is, js span, m, n, k int) {
	aUnits, bUnits := (m+unit-1)/unit, (n+unit-1)/unit
	w := &wk.walk
	*w = walk{rows: 1, cols: 1, aStep: 4 * unit}
	for k0 := 0; k0 < k; k0 += chunk {
		steps := min(chunk, k-k0)
		w.run = int64(steps)
		for j := js.lo; j < js.hi; j++ {
			tb := pb[(k0*bUnits+j*steps)*unit:]
			for i := is.lo; i < is.hi; i++ {
				ta := pa[(k0*aUnits+i*steps)*unit:]
				rows, cols := min(unit, m-i*unit), min(unit, n-j*unit)
				to := c[i*unit*n+j*unit:]
				if cols == unit {
					w.ldc, w.add = int64(4*n), int64(min(k0, 1))
					e.k.square(rows, ta, tb, to, w)
					continue
				}
				w.ldc, w.add = 4*unit, 0
				e.k.square(rows, ta, tb, wk.tile[:], w)
				for r := range rows {
					from, row := wk.tile[r*unit:r*unit+cols], to[r*n:r*n+cols]
					if k0 == 0 {
						copy(row, from)
						continue
					}
					for x, v := range from {
						row[x] += v
					}
				}
			}
		}
	}
}

// packUnit packs rows 16 u to 16 u + 15 of a, of m rows and k columns.
func packUnit(dst []float32, a matrix, u, units, m, k int) {
	count := min(unit, m-u*unit)
	for k0 := 0; k0 < k; k0 += chunk {
		steps := min(chunk, k-k0)
		d := dst[(k0*units+u*steps)*unit:]
		from := a.data[u*unit*a.row+k0*a.col:]
		if a.col == 1 {
			columns(d, unit, from, a.row, count, steps)
			continue
		}
		for s := range steps { // a.row is 1
			row := d[s*unit : s*unit+unit]
			copy(row, from[s*a.col:s*a.col+count])
			clear(row[count:])
		}
	}
}

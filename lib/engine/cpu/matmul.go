package cpu

import (
	"gorgonia.org/tensor"

	"github.com/hardneg/hardneg/lib/engine"
	"github.com/hardneg/hardneg/lib/parallel"
)

// matrix is the memory of a matrix, or of its transpose: element (i, j) is floats[i*row + j*col].
type matrix struct {
	floats   []float32
	row, col int
}

// matrixOf is t (rows, columns), transposed where asked for.
func matrixOf(t *tensor.Dense, transpose bool) matrix {
	if ld := t.Shape()[1]; !transpose {
		return matrix{data(t), ld, 1}
	} else {
		return matrix{data(t), 1, ld}
	}
}

// MatMul: c (M, N) = op(a) op(b), op being the transpose where asked for.
func (e *Engine) MatMul(c, a, b *tensor.Dense, transposeA, transposeB bool) {
	m, n, k := engine.CheckMatMul("MatMul", c, a, b, transposeA, transposeB)
	e.multiply(data(c), matrixOf(a, transposeA), matrixOf(b, transposeB), m, n, k, nil)
}

// multiply: c (m, n) = a (m, k) b (k, n), in blocks of rows by columns; finish, if any, gets each block's rows
// while they are in the cache: row i's elements from j on.
func (e *Engine) multiply(c []float32, a, b matrix, m, n, k int, finish func(row []float32, i, j int)) {
	const rows = 32
	across := (n + columns - 1) / columns
	work := e.perWorker()
	parallel.ForWorker((m+rows-1)/rows*across, 1, func(worker, job, _ int) {
		i, j := job/across*rows, job%across*columns
		high, wide := min(rows, m-i), min(columns, n-j)
		panel, ld := b.floats[j*b.col:], b.row
		if b.col != 1 {
			panel, ld = grow(&work[worker].a, k*wide), wide
			for jj := range wide {
				source := b.floats[(j+jj)*b.col:]
				for l := range k {
					panel[l*wide+jj] = source[l*b.row]
				}
			}
		}
		for ii := range high {
			clear(c[(i+ii)*n+j:][:wide])
		}
		addProduct(c[i*n+j:], n, a.floats[i*a.row:], a.row, a.col, panel, ld, high, wide, k)
		if finish == nil {
			return
		}
		for ii := range high {
			finish(c[(i+ii)*n+j:][:wide], i+ii, j)
		}
	})
}

// Dot is the sum of a b over all elements, in float64: of parts of fixed length, added in order.
func (e *Engine) Dot(a, b *tensor.Dense) float64 {
	engine.CheckSame("Dot", a, b)
	const part = 1 << 13
	as, bs := data(a), data(b)
	sums := grow(&e.shared.sums, (len(as)+part-1)/part)
	parallel.For(len(as), part, func(lo, hi int) {
		s, y := 0.0, bs[lo:hi]
		for i, v := range as[lo:hi] {
			s += float64(v) * float64(y[i])
		}
		sums[lo/part] = s
	})
	total := 0.0
	for _, s := range sums {
		total += s
	}
	return total
}

package avx

// unit is the number of floats that lie side by side in packed operands: one AVX-512 register, two AVX2 ones.
const unit = 16

// walk is how a micro-kernel goes through its packed operands. The kernel starts from zeros and does, step by step,
//
//	C[r][j] += A[r] * B[j]    r < m, j < 16 (or 32)
//
// with one fused multiply-add for each element, so that each element of C is one chain of them in the order of the
// steps, whatever the instruction set. A step is followed by the next one aStep bytes on in A and 64 in B; after
// run steps A and B move by aCol and bCol besides, after cols runs by aRow and bRow, and after rows of those it ends:
// a convolution walks over the taps of its window this way, without a copy of the input for each of them.
// All distances are bytes. The assembly knows the fields by their offsets (gen/gemm.go).
type walk struct {
	rows, cols, run int64
	aStep           int64
	//lint:ignore U1000 the assembly reads it: no walk of today moves A between runs
	aCol       int64
	bCol       int64
	aRow, bRow int64
	b2, c2     int64 // from a unit to the next one, in B and in C
	ldc        int64 // from a row of C to the next one
	add        int64 // 0: C is overwritten; 1: the finished sums are added to it
}

// tile runs the kernel of m rows by units of 16 columns.
func (k *kernels) tile(m, units int, a, b, c *float32, w *walk) {
	k.units[units-1][m-1](a, b, c, &w.rows)
}

// panels cuts n rows into parts of nearly equal height, at most most rows each. Part i begins at row i*n/count.
func panels(n, most int) (count int) { return (n + most - 1) / most }

// square adds up a tile of 16 columns by m <= 16 rows, cut into what the registers hold.
func (k *kernels) square(m int, a, b, c []float32, w *walk) {
	count := panels(m, k.rows[0])
	for i := range count {
		r0, r1 := i*m/count, (i+1)*m/count
		k.tile(r1-r0, 1, &a[r0], &b[0], &c[r0*int(w.ldc)/4], w)
	}
}

package cpu

// The sizes of a block of addProduct: depth rows of b, columns wide, are 128 KiB, and stay in a core's cache while
// all rows of a pass over them. A sum longer than depth is the sum of its parts, which keeps its error small.
const (
	columns = 128
	depth   = 256
)

// addProduct adds a (m, k) times b (k, n) to c (m, n). Rows of c are ldc apart, those of b ldb; element (i, l) of a
// is a[i*rowA + l*colA], so that a may be a transpose.
func addProduct(c []float32, ldc int, a []float32, rowA, colA int, b []float32, ldb int, m, n, k int) {
	for j := 0; j < n; j += columns {
		width := min(columns, n-j)
		for l := 0; l < k; l += depth {
			deep := min(depth, k-l)
			for i := 0; i < m; i += 2 {
				// Two rows at a time; the last of an odd number goes twice, and counts once.
				var sum0, sum1 [columns]float32
				next := min(i+1, m-1)
				addRows(sum0[:width], sum1[:width], a[i*rowA+l*colA:], a[next*rowA+l*colA:], colA, b[l*ldb+j:], ldb, deep)
				add(c[i*ldc+j:], sum0[:width])
				if next > i {
					add(c[next*ldc+j:], sum1[:width])
				}
			}
		}
	}
}

// addRows adds to y0 and y1 the rows of b, scaled by elements of a0 and a1: four rows at a time, so that an element
// of y is loaded and stored once for four products.
func addRows(y0, y1, a0, a1 []float32, colA int, b []float32, ldb, k int) {
	n := len(y0)
	y1 = y1[:n]
	l := 0
	for ; l+4 <= k; l += 4 {
		p, q, r, s := a0[l*colA], a0[(l+1)*colA], a0[(l+2)*colA], a0[(l+3)*colA]
		t, u, v, w := a1[l*colA], a1[(l+1)*colA], a1[(l+2)*colA], a1[(l+3)*colA]
		b0 := b[l*ldb:][:n]
		b1 := b[(l+1)*ldb:][:n]
		b2 := b[(l+2)*ldb:][:n]
		b3 := b[(l+3)*ldb:][:n]
		for j, e := range b0 {
			f, g, h := b1[j], b2[j], b3[j]
			y0[j] += p*e + q*f + r*g + s*h
			y1[j] += t*e + u*f + v*g + w*h
		}
	}
	for ; l < k; l++ {
		p, t := a0[l*colA], a1[l*colA]
		for j, e := range b[l*ldb:][:n] {
			y0[j] += p * e
			y1[j] += t * e
		}
	}
}

// add adds x to the first elements of y.
func add(y, x []float32) {
	y = y[:len(x)]
	for j, v := range x {
		y[j] += v
	}
}

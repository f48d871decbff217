package enginetest

// transpose returns a (m, n) as (n, m).
func transpose(a []float64, m, n int) []float64 {
	t := make([]float64, m*n)
	for i := range m {
		for j := range n {
			t[j*m+i] = a[i*n+j]
		}
	}
	return t
}

// matMul returns a (m, k) times b (k, n).
func matMul(a, b []float64, m, n, k int) []float64 {
	c := make([]float64, m*n)
	for i := range m {
		for j := range n {
			for l := range k {
				c[i*n+j] += a[i*k+l] * b[l*n+j]
			}
		}
	}
	return c
}

// linear returns act(x (n, i) w (o, i)^T + b (o)); b may be nil.
func linear(x, w, b []float64, n, i, o int, relu bool) []float64 {
	y := matMul(x, transpose(w, o, i), n, o, i)
	for at := range y {
		if b != nil {
			y[at] += b[at%o]
		}
		if relu && y[at] < 0 {
			y[at] = 0
		}
	}
	return y
}

// linearBackward returns the gradients; y tells where ReLU was open.
func linearBackward(dy, y, x, w []float64, n, i, o int, relu bool) (dx, dw, db []float64) {
	g, db := make([]float64, n*o), make([]float64, o)
	for at, v := range dy {
		if !relu || y[at] > 0 {
			g[at] = v
			db[at%o] += v
		}
	}
	return matMul(g, w, n, i, o), matMul(transpose(g, n, o), x, o, i, n), db
}

// pool returns the means of the planes of x (planes, p), poolBackward the gradient to x.
func pool(x []float64, planes, p int) []float64 {
	y := make([]float64, planes)
	for i, v := range x {
		y[i/p] += v / float64(p)
	}
	return y
}

func poolBackward(dy []float64, planes, p int) []float64 {
	dx := make([]float64, planes*p)
	for i := range dx {
		dx[i] = dy[i/p] / float64(p)
	}
	return dx
}

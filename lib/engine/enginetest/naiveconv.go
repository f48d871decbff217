package enginetest

// conv is a convolution in float64: x (n, i, h, w), weights (o, i, r, s), y (n, o, ho, wo).
type conv struct {
	n, i, h, w, o, r, s, stride, pad int
}

func (c conv) ho() int { return (c.h+2*c.pad-c.r)/c.stride + 1 }
func (c conv) wo() int { return (c.w+2*c.pad-c.s)/c.stride + 1 }

func (c conv) xShape() []int { return []int{c.n, c.i, c.h, c.w} }
func (c conv) wShape() []int { return []int{c.o, c.i, c.r, c.s} }
func (c conv) yShape() []int { return []int{c.n, c.o, c.ho(), c.wo()} }

// products calls f with the indices of the elements of y, x and w of each product of the definition
//
//	y[n, o, a, b] = sum over i, r, s of x[n, i, a stride - pad + r, b stride - pad + s] w[o, i, r, s]
//
// (PyTorch's Conv2d without bias). Since y is linear in x and in w, the same products make the gradients.
func (c conv) products(f func(y, x, w int)) {
	for n := range c.n {
		for o := range c.o {
			for a := range c.ho() {
				for b := range c.wo() {
					y := ((n*c.o+o)*c.ho()+a)*c.wo() + b
					for i := range c.i {
						for r := range c.r {
							row := a*c.stride - c.pad + r
							if row < 0 || row >= c.h {
								continue
							}
							for s := range c.s {
								if column := b*c.stride - c.pad + s; column >= 0 && column < c.w {
									f(y, ((n*c.i+i)*c.h+row)*c.w+column, ((o*c.i+i)*c.r+r)*c.s+s)
								}
							}
						}
					}
				}
			}
		}
	}
}

func (c conv) forward(x, w []float64) []float64 {
	y := make([]float64, c.n*c.o*c.ho()*c.wo())
	c.products(func(iy, ix, iw int) { y[iy] += x[ix] * w[iw] })
	return y
}

func (c conv) backwardData(dy, w []float64) []float64 {
	dx := make([]float64, c.n*c.i*c.h*c.w)
	c.products(func(iy, ix, iw int) { dx[ix] += dy[iy] * w[iw] })
	return dx
}

func (c conv) backwardWeights(dy, x []float64) []float64 {
	dw := make([]float64, c.o*c.i*c.r*c.s)
	c.products(func(iy, ix, iw int) { dw[iw] += dy[iy] * x[ix] })
	return dw
}

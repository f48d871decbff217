package augment

import (
	"fmt"
	"math"
)

// blur filters each plane of x, (3, size, size), with a Gaussian of side kernel (odd) and standard deviation sigma px,
// reflected at the borders, as torchvision.transforms.v2.functional.gaussian_blur. Only half of the symmetric weights
// is kept, and of those none that is too small to change a float32.
func blur(x []float32, size, kernel int, sigma float64, s *Scratch) {
	half := kernel / 2
	if half >= size || kernel%2 == 0 {
		panic(fmt.Sprintf("augment: a blur of side %d of views of %d px, want it odd and its half below the view's side", kernel, size))
	}
	s.gauss = grow(s.gauss, half+1)
	w := gauss(s.gauss, sigma)
	half = len(w) - 1
	if half == 0 {
		return
	}
	s.padded = grow(s.padded, size+2*half)
	s.blurred = grow(s.blurred, size*size)
	for c := range 3 {
		plane := x[c*size*size:][:size*size]
		for y := range size { // along rows, to blurred
			p := s.padded[half:]
			copy(p, plane[y*size:][:size])
			for j := 1; j <= half; j++ {
				s.padded[half-j] = p[j]
				p[size-1+j] = p[size-1-j]
			}
			symmetric(s.blurred[y*size:][:size], p, s.padded, half, w)
		}
		for y := range size { // along columns, back to plane
			out := plane[y*size:][:size]
			row := func(y int) []float32 { return s.blurred[reflect(y, size)*size:][:size] }
			copyScaled(out, row(y), w[0])
			j := 1
			for ; j < half; j += 2 {
				addPairs(out, row(y-j), row(y+j), row(y-j-1), row(y+j+1), w[j], w[j+1])
			}
			if j == half {
				addPair(out, row(y-j), row(y+j), w[j])
			}
		}
	}
}

// symmetric sets out[i] to w[0] p[i] + sum over j of w[j] (p[i-j] + p[i+j]); padded holds p from p[-half] on.
func symmetric(out, p, padded []float32, half int, w []float32) {
	copyScaled(out, p, w[0])
	j := 1
	for ; j < half; j += 2 {
		addPairs(out, padded[half-j:], p[j:], padded[half-j-1:], p[j+1:], w[j], w[j+1])
	}
	if j == half {
		addPair(out, padded[half-j:], p[j:], w[j])
	}
}

// addPair adds w (a + b) to out.
func addPair(out, a, b []float32, w float32) {
	a, b = a[:len(out)], b[:len(out)]
	for i := range out {
		out[i] += w * (a[i] + b[i])
	}
}

// addPairs adds w (a + b) + v (c + d) to out.
func addPairs(out, a, b, c, d []float32, w, v float32) {
	a, b, c, d = a[:len(out)], b[:len(out)], c[:len(out)], d[:len(out)]
	for i := range out {
		out[i] += w*(a[i]+b[i]) + v*(c[i]+d[i])
	}
}

// reflect mirrors an index at the borders of [0, n), the border itself not repeated; |i| < n.
func reflect(i, n int) int {
	if i < 0 {
		return -i
	}
	if i >= n {
		return 2*(n-1) - i
	}
	return i
}

// gauss fills w with the weights at 0, 1, ... px from the middle, so that the whole kernel sums to 1, and returns those
// that count: the weights left out sum to less than 2^-26 of the kernel, a quarter of float32's rounding.
func gauss(w []float32, sigma float64) []float32 {
	at := func(j int) float64 { return math.Exp(-float64(j*j) / (2 * sigma * sigma)) }
	sum := at(0)
	for j := 1; j < len(w); j++ {
		sum += 2 * at(j)
	}
	for j := range w {
		w[j] = float32(at(j) / sum)
	}
	n, tail := len(w), 0.0
	for ; n > 1; n-- {
		if tail += 2 * at(n-1) / sum; tail > 0x1p-26 {
			break
		}
	}
	return w[:n]
}

package augment

import "math"

// axis holds the weights of one axis of a bilinear resize with antialiasing: output i is the sum over t < taps of
// w[i*taps+t] * input[lo[i]+t]. It is the triangle filter of PIL and of PyTorch's _upsample_bilinear2d_aa: where the
// input is finer than the output the triangle is as wide as the output's pixels, else as the input's.
type axis struct {
	in, out, taps int
	lo            []int
	w             []float32
	row           []float64 // weights of one output while they are made
}

// set makes the weights from in to out px, unless it holds them.
func (a *axis) set(in, out int) {
	if a.in == in && a.out == out {
		return
	}
	a.in, a.out = in, out
	scale := float64(in) / float64(out) // input px for an output px
	support := max(scale, 1)
	a.taps = min(in, tapsFor(scale))
	a.lo = grow(a.lo, out)
	a.w = grow(a.w, out*a.taps)
	a.row = grow(a.row, a.taps+2)
	clear(a.w)
	for i := range out {
		centre := scale * (float64(i) + 0.5)
		lo := max(0, int(math.Ceil(centre-support-0.5)))
		hi := min(in, int(math.Floor(centre+support-0.5))+1)
		sum := 0.0
		row := a.row[:hi-lo]
		for j := range row {
			row[j] = max(0, 1-math.Abs(float64(lo+j)+0.5-centre)/support)
			sum += row[j]
		}
		for row[0] < negligible {
			row, lo = row[1:], lo+1
		}
		for row[len(row)-1] < negligible {
			row = row[:len(row)-1]
		}
		a.lo[i] = min(lo, in-a.taps) // the same number of taps for every output, some of weight 0
		w := a.w[i*a.taps+lo-a.lo[i]:]
		for j, v := range row {
			w[j] = float32(v / sum)
		}
	}
}

// negligible is below any weight of float32 and above the rounding of a centre in float64.
const negligible = 1e-9

// tapsFor is the largest number of weights above 0 that an output has: a triangle of width 2 max(scale, 1) covers
// that many centres of input px, borders excluded; all of them coincide with centres where nothing is resized.
func tapsFor(scale float64) int {
	switch {
	case scale == 1:
		return 1
	case scale < 1:
		return 2
	}
	return int(math.Ceil(2 * scale))
}

// bytesToUnit[v] is v/255.
var bytesToUnit = func() (t [256]float32) {
	for v := range t {
		t[v] = float32(v) / 255
	}
	return t
}()

// resample writes the box (h x w px at top, left) of img, (height, width, 3) bytes, resized to size x size, to
// dst: (3, size, size) float32 in [0, 1]. First along rows, then along columns.
func resample(dst []float32, img []uint8, width, top, left, h, w, size int, s *Scratch) {
	s.x.set(w, size)
	s.y.set(h, size)
	s.line = grow(s.line, 3*w)
	s.rows = grow(s.rows, h*3*size)
	r, g, b := s.line[:w], s.line[w:2*w], s.line[2*w:3*w]
	for y := range h {
		row := img[((top+y)*width+left)*3:][:3*w]
		for x := range r {
			p := row[3*x : 3*x+3 : 3*x+3]
			r[x], g[x], b[x] = bytesToUnit[p[0]], bytesToUnit[p[1]], bytesToUnit[p[2]]
		}
		out := s.rows[y*3*size:][:3*size]
		s.x.gather(out[:size], out[size:2*size], out[2*size:], r, g, b)
	}
	for y := range size {
		weights := s.y.w[y*s.y.taps:][:s.y.taps]
		for c := range 3 {
			blend(dst[(c*size+y)*size:][:size], s.rows[(s.y.lo[y]*3+c)*size:], 3*size, weights)
		}
	}
}

// gather resizes one row of each channel: r, g, b to outR, outG, outB.
func (a *axis) gather(outR, outG, outB, r, g, b []float32) {
	outG, outB = outG[:len(outR)], outB[:len(outR)]
	switch a.taps {
	case 1:
		for i, lo := range a.lo {
			outR[i], outG[i], outB[i] = r[lo], g[lo], b[lo]
		}
	case 2:
		for i := range outR {
			lo := a.lo[i]
			w0, w1 := a.w[2*i], a.w[2*i+1]
			pr, pg, pb := r[lo:lo+2:lo+2], g[lo:lo+2:lo+2], b[lo:lo+2:lo+2]
			outR[i] = w0*pr[0] + w1*pr[1]
			outG[i] = w0*pg[0] + w1*pg[1]
			outB[i] = w0*pb[0] + w1*pb[1]
		}
	default:
		for i := range outR {
			lo := a.lo[i]
			w := a.w[i*a.taps:][:a.taps]
			pr, pg, pb := r[lo:][:len(w)], g[lo:][:len(w)], b[lo:][:len(w)]
			var sr, sg, sb float32
			for t, v := range w {
				sr += v * pr[t]
				sg += v * pg[t]
				sb += v * pb[t]
			}
			outR[i], outG[i], outB[i] = sr, sg, sb
		}
	}
}

// blend sets dst to the sum of weights[t] times the row that begins at src[t*stride].
func blend(dst, src []float32, stride int, weights []float32) {
	if len(weights) == 1 {
		copyScaled(dst, src, weights[0])
		return
	}
	a, b, w0, w1 := src[:len(dst)], src[stride:][:len(dst)], weights[0], weights[1]
	for i := range dst {
		dst[i] = w0*a[i] + w1*b[i]
	}
	t := 2
	for ; t+1 < len(weights); t += 2 {
		a, b, w0, w1 := src[t*stride:][:len(dst)], src[(t+1)*stride:][:len(dst)], weights[t], weights[t+1]
		for i := range dst {
			dst[i] += w0*a[i] + w1*b[i]
		}
	}
	if t < len(weights) {
		a, w0 := src[t*stride:][:len(dst)], weights[t]
		for i := range dst {
			dst[i] += w0 * a[i]
		}
	}
}

func copyScaled(dst, src []float32, w float32) {
	src = src[:len(dst)]
	if w == 1 {
		copy(dst, src)
		return
	}
	for i := range dst {
		dst[i] = w * src[i]
	}
}

// grow returns s with length n, anew only if it is too short. What it holds is undefined.
func grow[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n)
	}
	return s[:n]
}

package augment

import "math"

// The functions here change an image of three planes, x: (3, n) float32 in [0, 1], in place and clamp to [0, 1], as
// torchvision.transforms.v2.functional does for float tensors. Factors are at least 0.

// Weights of red, green and blue in gray, as torchvision rounds ITU-R 601-2's.
const (
	grayR = 0.2989
	grayG = 0.587
	grayB = 0.114
)

// planes splits x into its channels.
func planes(x []float32) (r, g, b []float32) {
	n := len(x) / 3
	return x[:n:n], x[n:][:n:n], x[2*n:][:n:n]
}

// clamp is min(max(v, 0), 1) of a finite v. Floats of one sign are ordered as their bits are, and Go has an
// instruction without a branch for the smaller of two integers, but not (for the sake of NaN) of two floats.
func clamp(v float32) float32 {
	const one = 127 << 23 // bits of 1
	return math.Float32frombits(uint32(min(max(int32(math.Float32bits(v)), 0), one)))
}

func abs(v float32) float32 { return math.Float32frombits(math.Float32bits(v) &^ (1 << 31)) }

// brightness is x <- clamp(f x).
func brightness(x []float32, factor float64) {
	f := float32(factor)
	for i, v := range x {
		x[i] = clamp(v * f)
	}
}

// contrast is x <- clamp(f x + (1-f) m), m the mean of the gray image.
func contrast(x []float32, factor float64) {
	f, m := float32(factor), float32((1-factor)*meanGray(x))
	for i, v := range x {
		x[i] = clamp(v*f + m)
	}
}

// meanGray is the mean of the gray image: of four sums, which need not wait for each other.
func meanGray(x []float32) float64 {
	r, g, b := planes(x)
	g, b = g[:len(r)], b[:len(r)]
	var sum [4]float64
	for i := range r {
		sum[i&3] += float64(grayR*r[i] + grayG*g[i] + grayB*b[i])
	}
	return (sum[0] + sum[1] + sum[2] + sum[3]) / float64(len(r))
}

// saturation is x <- clamp(f x + (1-f) gray(x)).
func saturation(x []float32, factor float64) {
	f, rest := float32(factor), float32(1-factor)
	r, g, b := planes(x)
	g, b = g[:len(r)], b[:len(r)]
	for i := range r {
		vr, vg, vb := r[i], g[i], b[i]
		l := rest * (grayR*vr + grayG*vg + grayB*vb)
		r[i], g[i], b[i] = clamp(vr*f+l), clamp(vg*f+l), clamp(vb*f+l)
	}
}

// grayscale sets all channels to gray.
func grayscale(x []float32) {
	r, g, b := planes(x)
	g, b = g[:len(r)], b[:len(r)]
	for i := range r {
		l := grayR*r[i] + grayG*g[i] + grayB*b[i]
		r[i], g[i], b[i] = l, l, l
	}
}

// hue turns the hue of HSV by shift, in turns. With v and m the largest and smallest channel and h in [0, 6) the hue in sixths
// of a turn, red is m + (v-m) clamp(|h-3| - 1), green and blue are m + (v-m) clamp(2 - |h-2|) and clamp(2 - |h-4|):
// the conversion back from HSV without its six cases. Gray pixels stay as they are.
func hue(x []float32, shift float64) {
	turn := float32(6 * (shift - math.RoundToEven(shift))) // in [-3, 3]
	r, g, b := planes(x)
	g, b = g[:len(r)], b[:len(r)]
	for i := range r {
		vr, vg, vb := r[i], g[i], b[i]
		ir, ig, ib := math.Float32bits(vr), math.Float32bits(vg), math.Float32bits(vb) // ordered as the channels (see clamp)
		v := max(ir, ig, ib)
		m := math.Float32frombits(min(ir, ig, ib))
		d := math.Float32frombits(v) - m
		inv := 1 / (d + 1e-30) // d, but finite where d is 0
		var h float32
		switch v {
		case ir:
			h = turn + (vg-vb)*inv
		case ig:
			h = turn + 2 + (vb-vr)*inv
		default:
			h = turn + 4 + (vr-vg)*inv
		}
		if h < 0 {
			h += 6
		}
		if h >= 6 {
			h -= 6
		}
		r[i] = m + d*clamp(abs(h-3)-1)
		g[i] = m + d*clamp(2-abs(h-2))
		b[i] = m + d*clamp(2-abs(h-4))
	}
}

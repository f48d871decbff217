package augment

// The functions here change an image of three planes, (3, n) float32 in [0, 1], in place and clamp to [0, 1], as
// torchvision.transforms.v2.functional does for float tensors.

// Weights of red, green and blue in gray, as torchvision rounds ITU-R 601-2's.
const (
	grayR = 0.2989
	grayG = 0.587
	grayB = 0.114
)

// planes splits x into its channels.
func planes(x []float32) (r, g, b []float32) {
	n := len(x) / 3
	return x[:n:n], x[n : 2*n : 2*n], x[2*n : 3*n : 3*n]
}

func clamp(v float32) float32 { return min(max(v, 0), 1) }

// brightness is x <- clamp(f x).
func brightness(x []float32, f float32) {
	for i, v := range x {
		x[i] = min(v*f, 1) // f >= 0
	}
}

// contrast is x <- clamp(f x + (1-f) m), m the mean of the gray image.
func contrast(x []float32, factor float64) {
	r, g, b := planes(x)
	sum := 0.0
	for i := range r {
		sum += float64(grayR*r[i] + grayG*g[i] + grayB*b[i])
	}
	f, m := float32(factor), float32((1-factor)*sum/float64(len(r)))
	for i, v := range x {
		x[i] = clamp(v*f + m)
	}
}

// saturation is x <- clamp(f x + (1-f) gray(x)).
func saturation(x []float32, factor float64) {
	f, rest := float32(factor), float32(1-factor)
	r, g, b := planes(x)
	for i := range r {
		vr, vg, vb := r[i], g[i], b[i]
		l := rest * (grayR*vr + grayG*vg + grayB*vb)
		r[i], g[i], b[i] = clamp(vr*f+l), clamp(vg*f+l), clamp(vb*f+l)
	}
}

// grayscale sets all channels to gray.
func grayscale(x []float32) {
	r, g, b := planes(x)
	for i := range r {
		l := grayR*r[i] + grayG*g[i] + grayB*b[i]
		r[i], g[i], b[i] = l, l, l
	}
}

// hue turns the hue of HSV by shift, in turns. With v and m the largest and smallest channel and h the hue in sixths
// of a turn, a channel is v - (v-m) clamp(min(k, 4-k)) where k = (n+h) mod 6 and n = 5, 3, 1 for red, green, blue
// (the usual conversion back from HSV without its six cases).
func hue(x []float32, shift float64) {
	turn := float32(6 * shift)
	r, g, b := planes(x)
	for i := range r {
		vr, vg, vb := r[i], g[i], b[i]
		v, m := max(vr, vg, vb), min(vr, vg, vb)
		d := v - m
		inv := 1 / (d + 1e-30) // a gray pixel has no hue: all differences are 0, and so is d below
		var h float32
		switch v {
		case vr:
			h = (vg - vb) * inv
		case vg:
			h = 2 + (vb-vr)*inv
		default:
			h = 4 + (vr-vg)*inv
		}
		h += turn // in [-1-3, 5+3]
		r[i] = v - d*wave(h+5)
		g[i] = v - d*wave(h+3)
		b[i] = v - d*wave(h+1)
	}
}

// wave is clamp(min(k, 4-k)) of k modulo 6, for k in [-6, 18).
func wave(k float32) float32 {
	if k < 0 {
		k += 6
	} else if k >= 12 {
		k -= 12
	} else if k >= 6 {
		k -= 6
	}
	return clamp(min(k, 4-k))
}

package cpu

import "github.com/hardneg/hardneg/lib/engine"

// A convolution is a matrix product once the patches of an image are laid out as a matrix: row (i, r, s) holds, for
// each position (ho, wo) of the output, the pixel of channel i that meets weight (r, s) there; 0 outside the image.

// im2col writes the rows of channels lo to hi-1 of one image x (I, H, W) into col; rows are ld apart.
func im2col(col []float32, ld int, x []float32, c engine.Conv, lo, hi int) {
	row := 0
	for i := lo; i < hi; i++ {
		plane := x[i*c.H*c.W:][:c.H*c.W]
		for r := range c.R {
			for s := range c.S {
				first, last := inside(c.W, c.Wo, s, c)
				for ho := range c.Ho {
					out := col[row*ld+ho*c.Wo:][:c.Wo]
					h := ho*c.Stride - c.Pad + r
					if h < 0 || h >= c.H {
						clear(out)
						continue
					}
					clear(out[:first])
					clear(out[last:])
					if first == last {
						continue
					}
					in := plane[h*c.W:][:c.W]
					w := first*c.Stride - c.Pad + s
					if c.Stride == 1 {
						copy(out[first:last], in[w:])
						continue
					}
					for wo := first; wo < last; wo++ {
						out[wo] = in[w]
						w += c.Stride
					}
				}
				row++
			}
		}
	}
}

// col2im is im2col's transpose: it adds the rows to the pixels that they came from.
func col2im(x []float32, col []float32, ld int, c engine.Conv, lo, hi int) {
	row := 0
	for i := lo; i < hi; i++ {
		plane := x[i*c.H*c.W:][:c.H*c.W]
		for r := range c.R {
			for s := range c.S {
				first, last := inside(c.W, c.Wo, s, c)
				for ho := range c.Ho {
					h := ho*c.Stride - c.Pad + r
					if h < 0 || h >= c.H || first == last {
						continue
					}
					in := plane[h*c.W:][:c.W]
					w := first*c.Stride - c.Pad + s
					for _, v := range col[row*ld+ho*c.Wo:][first:last] {
						in[w] += v
						w += c.Stride
					}
				}
				row++
			}
		}
	}
}

// inside returns the range of outputs, of 0 to wo-1, whose pixel under weight s lies in a row of w pixels.
func inside(w, wo, s int, c engine.Conv) (first, last int) {
	// 0 <= o stride - pad + s < w
	first = max(0, (c.Pad-s+c.Stride-1)/c.Stride)
	if c.Pad < s {
		first = 0
	}
	last = 0
	if reach := w - 1 + c.Pad - s; reach >= 0 {
		last = min(wo, reach/c.Stride+1)
	}
	first = min(first, last)
	return first, last
}

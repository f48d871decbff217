package datasets

import (
	"fmt"

	"github.com/hardneg/hardneg/lib/parallel"
)

// Resize makes each image of d size x size pixels by averaging areas, as PyTorch's
// interpolate(mode="area") does: output pixel o of n is the mean of the inputs from floor(o*in/n) to
// ceil((o+1)*in/n). Means are exact and rounded to the nearest integer, halves up; against an interpolation kept
// in floating point that is at most 1/510 of the full range. IDs, labels and Sum are kept.
func Resize(d Dataset, size int) (Dataset, error) {
	if size < 1 {
		return nil, fmt.Errorf("resize %s: side %d, want at least 1", d.Name(), size)
	}
	h, w := d.Size()
	if h == size && w == size {
		return d, nil
	}
	n, bytes := d.Len(), size*size*3
	m := &Memory{name: d.Name(), height: size, width: size, pixels: make([]uint8, n*bytes), labels: labelsOf(d),
		classes: d.Classes(), ids: make([]int, n), sum: d.Sum()}
	if l := Levels(d); len(l) > 1 {
		m.tree = l
	}
	errs := make([]error, n)
	parallel.For(n, 64, func(lo, hi int) {
		for i := lo; i < hi; i++ {
			m.ids[i] = d.ID(i)
			img, err := d.Image(i)
			if err != nil {
				errs[i] = err
				continue
			}
			averageAreas(m.pixels[i*bytes:(i+1)*bytes], size, size, img, h, w)
		}
	})
	for _, err := range errs {
		if err != nil {
			return nil, fmt.Errorf("resize %s: %w", d.Name(), err)
		}
	}
	return m, nil
}

// averageAreas writes dst: (dh, dw, 3) from src: (sh, sw, 3).
func averageAreas(dst []uint8, dh, dw int, src []uint8, sh, sw int) {
	for y := range dh {
		y0, y1 := y*sh/dh, ((y+1)*sh+dh-1)/dh
		for x := range dw {
			x0, x1 := x*sw/dw, ((x+1)*sw+dw-1)/dw
			var sum [3]int
			for v := y0; v < y1; v++ {
				for p := (v*sw + x0) * 3; p < (v*sw+x1)*3; p += 3 {
					sum[0] += int(src[p])
					sum[1] += int(src[p+1])
					sum[2] += int(src[p+2])
				}
			}
			area := (y1 - y0) * (x1 - x0)
			for ch := range 3 {
				dst[(y*dw+x)*3+ch] = uint8((2*sum[ch] + area) / (2 * area))
			}
		}
	}
}

package datasets

import (
	"fmt"
	"math"

	"github.com/hardneg/hardneg/lib/parallel"
)

// MeanStd is the mean and the standard deviation of each channel over all pixels of d, pixels / 255, from exact
// integer sums: the figures that views are normalised with. The deviation is that of the population.
func MeanStd(d Dataset) (mean, std [3]float32, err error) {
	type sums struct{ s, q [3]uint64 }
	const grain = 256
	chunks := make([]sums, (d.Len()+grain-1)/grain)
	errs := make([]error, len(chunks))
	parallel.For(d.Len(), grain, func(lo, hi int) {
		c := &chunks[lo/grain]
		for i := lo; i < hi; i++ {
			img, err := d.Image(i)
			if err != nil {
				errs[lo/grain] = err
				return
			}
			for p := 0; p+2 < len(img); p += 3 {
				r, g, b := uint64(img[p]), uint64(img[p+1]), uint64(img[p+2])
				c.s[0] += r
				c.q[0] += r * r
				c.s[1] += g
				c.q[1] += g * g
				c.s[2] += b
				c.q[2] += b * b
			}
		}
	})
	if d.Len() == 0 {
		return mean, std, fmt.Errorf("mean of %s: no images", d.Name())
	}
	h, w := d.Size()
	n := float64(d.Len()) * float64(h) * float64(w)
	for ch := range 3 {
		var s, q uint64
		for k := range chunks {
			if errs[k] != nil {
				return mean, std, fmt.Errorf("mean of %s: %w", d.Name(), errs[k])
			}
			s += chunks[k].s[ch]
			q += chunks[k].q[ch]
		}
		m := float64(s) / n
		mean[ch] = float32(m / 255)
		std[ch] = float32(math.Sqrt(max(0, float64(q)/n-m*m)) / 255)
	}
	return mean, std, nil
}

package augment

import "fmt"

// Scratch is the working memory of Apply: one for each goroutine, grown as needed and kept. The zero value works.
type Scratch struct {
	x, y    axis      // weights of the resize
	line    []float32 // (3, w): one row of the crop
	rows    []float32 // (h, 3, Size): the crop, resized along rows
	planes  []float32 // (3, Size, Size): the view before it is normalised
	gauss   []float32 // half of the blur's weights
	padded  []float32 // one row with reflected borders
	blurred []float32 // (Size, Size): a plane, blurred along rows
}

// Apply makes the view that p describes of img, (height, width, 3) row-major RGB, and writes it to dst: (3, Size, Size)
// float32, normalised. With a nil s it allocates. It panics if dst, img or p's crop do not have the sizes that c,
// height and width ask for.
func (c Config) Apply(dst []float32, img []uint8, height, width int, p Params, s *Scratch) {
	if len(dst) != 3*c.Size*c.Size {
		panic(fmt.Sprintf("augment: a view of (3, %d, %d) into %d floats", c.Size, c.Size, len(dst)))
	}
	if s == nil {
		s = new(Scratch)
	}
	c.transform(img, height, width, p, s, nil)
	c.normalise(dst, s.planes, p.Flip)
}

// Plain writes img without augmentation to dst, as Apply does: what features of an image are computed from. An image
// that is no square loses its longer side's ends.
func (c Config) Plain(dst []float32, img []uint8, height, width int) {
	c.Apply(dst, img, height, width, Centre(height, width), nil)
}

// transform leaves in s.planes the view before flip and normalisation. It calls seen, if it is given, after each transform.
func (c Config) transform(img []uint8, height, width int, p Params, s *Scratch, seen func(name string)) {
	if len(img) != height*width*3 {
		panic(fmt.Sprintf("augment: an image of (%d, %d, 3) in %d bytes", height, width, len(img)))
	}
	if p.Height < 1 || p.Width < 1 || p.Top < 0 || p.Left < 0 || p.Top > height-p.Height || p.Left > width-p.Width {
		panic(fmt.Sprintf("augment: a crop of %d x %d at (%d, %d) from an image of %d x %d (height x width)",
			p.Height, p.Width, p.Top, p.Left, height, width))
	}
	s.planes = grow(s.planes, 3*c.Size*c.Size)
	x := s.planes
	resample(x, img, width, p.Top, p.Left, p.Height, p.Width, c.Size, s)
	if seen != nil {
		seen("resize")
	}
	if p.Jitter {
		for _, a := range p.Order {
			adjust(x, a, p)
			if seen != nil {
				seen(p.adjustment(a))
			}
		}
	}
	if p.Gray {
		grayscale(x)
		if seen != nil {
			seen("grayscale")
		}
	}
	if p.Sigma > 0 {
		blur(x, c.Size, c.blurKernel(), p.Sigma, s)
		if seen != nil {
			seen(p.blurName())
		}
	}
}

// adjust applies one part of the colour jitter.
func adjust(x []float32, a Adjustment, p Params) {
	switch {
	case a == Brightness && p.Brightness != 1:
		brightness(x, p.Brightness)
	case a == Contrast && p.Contrast != 1:
		contrast(x, p.Contrast)
	case a == Saturation && p.Saturation != 1:
		saturation(x, p.Saturation)
	case a == Hue && p.Hue != 0:
		hue(x, p.Hue)
	}
}

// normalise writes (x - Mean) / Std, mirrored left to right if flip is set, to dst.
func (c Config) normalise(dst, x []float32, flip bool) {
	std := c.std()
	n := c.Size * c.Size
	for ch := range 3 {
		m, inv := c.Mean[ch], 1/std[ch]
		src, out := x[ch*n:][:n], dst[ch*n:][:n]
		if !flip {
			for i, v := range src {
				out[i] = (v - m) * inv
			}
			continue
		}
		for y := 0; y < n; y += c.Size {
			from, to := src[y:][:c.Size], out[y:][:c.Size]
			for i, v := range from {
				to[len(to)-1-i] = (v - m) * inv
			}
		}
	}
}

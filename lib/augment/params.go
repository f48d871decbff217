package augment

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
)

// Adjustment is one of the four parts of the colour jitter.
type Adjustment uint8

// The parts of the colour jitter, in torchvision's numbering.
const (
	Brightness Adjustment = iota
	Contrast
	Saturation
	Hue
)

func (a Adjustment) String() string {
	return [...]string{"brightness", "contrast", "saturation", "hue"}[a]
}

// Params are what was drawn for one view: with them Apply is deterministic.
type Params struct {
	Top, Left, Height, Width int // the crop, in px of the image

	Jitter                           bool
	Order                            [4]Adjustment // in which the jitter's parts follow each other
	Brightness, Contrast, Saturation float64       // factors, 1: no change
	Hue                              float64       // shift in turns, 0: no change

	Gray  bool
	Sigma float64 // of the blur, in px; 0: no blur
	Flip  bool
}

// Whole are the parameters of a view that is the whole image, resized and no more.
func Whole(height, width int) Params {
	return Params{
		Height: height, Width: width,
		Order:      [4]Adjustment{Brightness, Contrast, Saturation, Hue},
		Brightness: 1, Contrast: 1, Saturation: 1,
	}
}

// Centre is Whole for the largest square in the middle of the image, which a resize to a square does not distort.
func Centre(height, width int) Params {
	p := Whole(height, width)
	side := min(height, width)
	p.Top, p.Left, p.Height, p.Width = (height-side)/2, (width-side)/2, side, side
	return p
}

// Draw draws one view of an image of height x width px. Two calls in a row on one stream give an image's two views.
func (c Config) Draw(height, width int, r *rand.Rand) Params {
	if height < 1 || width < 1 {
		panic(fmt.Sprintf("augment: draw a view of an image of %d x %d px", height, width))
	}
	p := Whole(height, width)
	if c.CropMin != 0 || c.CropMax != 0 {
		p.Top, p.Left, p.Height, p.Width = c.drawCrop(height, width, r)
	}
	// What follows takes the same numbers from r whatever c says (see Config).
	p.Jitter = r.Float64() < c.JitterP
	r.Shuffle(len(p.Order), func(i, j int) { p.Order[i], p.Order[j] = p.Order[j], p.Order[i] })
	p.Brightness = uniform(r, max(0, 1-c.Brightness), 1+c.Brightness)
	p.Contrast = uniform(r, max(0, 1-c.Contrast), 1+c.Contrast)
	p.Saturation = uniform(r, max(0, 1-c.Saturation), 1+c.Saturation)
	p.Hue = uniform(r, -c.Hue, c.Hue)
	p.Gray = r.Float64() < c.GrayP
	blur := r.Float64() < c.BlurP
	if sigma := uniform(r, c.SigmaMin, c.SigmaMax); blur {
		p.Sigma = sigma
	}
	p.Flip = r.Float64() < c.FlipP
	return p
}

// drawCrop is torchvision's RandomResizedCrop.make_params: up to ten tries of an area, uniform, and of a ratio, uniform
// in its logarithm; the first box that fits lies anywhere with equal probability. If none fits, the largest
// box in the middle whose ratio is allowed.
func (c Config) drawCrop(height, width int, r *rand.Rand) (top, left, h, w int) {
	lo, hi := c.ratios()
	area, logLo, logHi := float64(height)*float64(width), math.Log(lo), math.Log(hi)
	for range 10 {
		target := area * uniform(r, c.CropMin, c.CropMax)
		ratio := math.Exp(uniform(r, logLo, logHi))
		w = int(math.RoundToEven(math.Sqrt(target * ratio)))
		h = int(math.RoundToEven(math.Sqrt(target / ratio)))
		if 0 < w && w <= width && 0 < h && h <= height {
			return r.IntN(height - h + 1), r.IntN(width - w + 1), h, w
		}
	}
	h, w = height, width
	switch ratio := float64(width) / float64(height); {
	case ratio < lo:
		h = max(1, int(math.RoundToEven(float64(width)/lo)))
	case ratio > hi:
		w = max(1, int(math.RoundToEven(float64(height)*hi)))
	}
	return (height - h) / 2, (width - w) / 2, h, w
}

func uniform(r *rand.Rand, lo, hi float64) float64 { return lo + (hi-lo)*r.Float64() }

// String is one line: the transforms that are applied, in order.
func (p Params) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "crop %dx%d at (%d, %d)", p.Width, p.Height, p.Left, p.Top)
	if p.Jitter {
		for _, a := range p.Order {
			fmt.Fprintf(&b, ", %s", p.adjustment(a))
		}
	}
	if p.Gray {
		b.WriteString(", grayscale")
	}
	if p.Sigma > 0 {
		b.WriteString(", " + p.blurName())
	}
	if p.Flip {
		b.WriteString(", flip")
	}
	return b.String()
}

// adjustment names a part of the jitter with its strength.
func (p Params) adjustment(a Adjustment) string {
	switch a {
	case Brightness:
		return fmt.Sprintf("brightness x%.2f", p.Brightness)
	case Contrast:
		return fmt.Sprintf("contrast x%.2f", p.Contrast)
	case Saturation:
		return fmt.Sprintf("saturation x%.2f", p.Saturation)
	}
	return fmt.Sprintf("hue %+.3f", p.Hue)
}

func (p Params) blurName() string { return fmt.Sprintf("blur sigma %.2f", p.Sigma) }

// Package augment makes the two views of an image that contrastive learning compares: random resized crop, colour
// jitter, grayscale, Gaussian blur, horizontal flip, normalise, in that order (MoCo v2's, arXiv 2003.04297).
//
// A view is drawn (Draw gives Params) and then applied (Apply): Apply is a pure function of the image and the Params.
// Intermediate images are float32 in [0, 1] and never rounded to bytes, so that each transform is torchvision's of
// a float tensor with antialias=True; PIL, which MoCo's own code uses, rounds to a byte after every transform.
package augment

import (
	"errors"
	"fmt"
	"math"

	"github.com/hardneg/hardneg/datasets"
)

// Config says how views are drawn and what they look like. With the zero value but for Size a view is the whole image,
// resized, in [0, 1]; views of a data set with Size 0 have the side of its images.
//
// A probability of 0 switches a transform off. It changes no other number that Draw draws from a stream, so two
// configurations that differ in a probability or a strength alone give views that differ in that transform alone.
type Config struct {
	Size int // side of a view in px

	CropMin, CropMax   float64 // share of the image's area that a crop covers; both 0: the whole image
	RatioMin, RatioMax float64 // width / height of a crop before its resize; both 0: 3/4 to 4/3

	JitterP                          float64 // probability of the colour jitter as a whole
	Brightness, Contrast, Saturation float64 // half ranges: factors are uniform in [max(0, 1-v), 1+v]
	Hue                              float64 // half range: the shift is uniform in [-v, v] turns, v <= 1/2

	GrayP float64 // probability of grayscale

	BlurP              float64 // probability of the Gaussian blur
	SigmaMin, SigmaMax float64 // its standard deviation in px is uniform between them
	BlurKernel         int     // its side in px, odd; 0: BlurKernel(Size)

	FlipP float64 // probability of the horizontal flip

	Mean, Std [3]float32 // a view is (rgb - Mean) / Std; a Std of all zeros: 1
}

// Mean and standard deviation of ImageNet's pixels, which its recipes normalise by.
var (
	ImageNetMean = [3]float32{0.485, 0.456, 0.406}
	ImageNetStd  = [3]float32{0.229, 0.224, 0.225}
)

// MoCoV2 is the recipe of MoCo v2 on ImageNet (main_moco.py --aug-plus) for views of size x size px.
// The blur is torchvision's (truncated, reflected at the borders), its side BlurKernel(size), where MoCo calls PIL's.
func MoCoV2(size int) Config {
	c := MoCoCIFAR(size)
	c.BlurP, c.SigmaMin, c.SigmaMax = 0.5, 0.1, 2
	c.Mean, c.Std = ImageNetMean, ImageNetStd
	return c
}

// MoCoCIFAR is MoCoV2 without blur, as small images have it, and not normalised: set Mean and Std to those of the
// data (datasets.MeanStd). Crops cover 0.2 to 1 of the image; MoCo's CIFAR-10 notebook has CropMin 0.08.
func MoCoCIFAR(size int) Config {
	return Config{
		Size:    size,
		CropMin: 0.2, CropMax: 1,
		JitterP: 0.8, Brightness: 0.4, Contrast: 0.4, Saturation: 0.4, Hue: 0.1,
		GrayP: 0.2,
		FlipP: 0.5,
	}
}

// BlurKernel is the side of the blur in px for views of size px: a tenth of the view, made odd as SimCLR's code does
// (2 (size/10/2) + 1: 23 at 224 px), and at least 3, since 1 would be no blur.
func BlurKernel(size int) int { return max(3, size/10/2*2+1) }

// blurKernel is the side of the blur that c has.
func (c Config) blurKernel() int {
	if c.BlurKernel == 0 {
		return BlurKernel(c.Size)
	}
	return c.BlurKernel
}

// ratios are the bounds of width / height.
func (c Config) ratios() (lo, hi float64) {
	if c.RatioMin == 0 && c.RatioMax == 0 {
		return 3.0 / 4, 4.0 / 3
	}
	return c.RatioMin, c.RatioMax
}

// std is Std with its zero value replaced.
func (c Config) std() [3]float32 {
	if c.Std == [3]float32{} {
		return [3]float32{1, 1, 1}
	}
	return c.Std
}

// Validate says what of c cannot be: a name, its value, and what it may be.
func (c Config) Validate() error {
	var errs []error
	bad := func(name string, value any, want string) {
		errs = append(errs, fmt.Errorf("augment: %s is %v, want %s", name, value, want))
	}
	if c.Size < 1 {
		bad("Size", c.Size, "at least 1 px")
	}
	if lo, hi := c.CropMin, c.CropMax; (lo != 0 || hi != 0) && !(0 < lo && lo <= hi && hi <= 1) {
		bad("CropMin to CropMax", fmt.Sprintf("%v to %v", lo, hi), "0 < CropMin <= CropMax <= 1, or both 0 for the whole image")
	}
	if lo, hi := c.ratios(); !(0 < lo && lo <= hi && finite(hi)) {
		bad("RatioMin to RatioMax", fmt.Sprintf("%v to %v", lo, hi), "0 < RatioMin <= RatioMax, or both 0 for 3/4 to 4/3")
	}
	for _, p := range []struct {
		name  string
		value float64
	}{{"JitterP", c.JitterP}, {"GrayP", c.GrayP}, {"BlurP", c.BlurP}, {"FlipP", c.FlipP}} {
		if !(0 <= p.value && p.value <= 1) {
			bad(p.name, p.value, "a probability, 0 to 1")
		}
	}
	for _, v := range []struct {
		name  string
		value float64
	}{{"Brightness", c.Brightness}, {"Contrast", c.Contrast}, {"Saturation", c.Saturation}} {
		if !(0 <= v.value && finite(v.value)) {
			bad(v.name, v.value, "at least 0")
		}
	}
	if !(0 <= c.Hue && c.Hue <= 0.5) {
		bad("Hue", c.Hue, "0 to 0.5 turns")
	}
	if c.BlurP > 0 {
		if lo, hi := c.SigmaMin, c.SigmaMax; !(0 < lo && lo <= hi && finite(hi)) {
			bad("SigmaMin to SigmaMax", fmt.Sprintf("%v to %v", lo, hi), "0 < SigmaMin <= SigmaMax (px)")
		}
		if k := c.blurKernel(); k < 1 || k%2 == 0 || k/2 >= max(c.Size, 1) {
			bad("BlurKernel", k, fmt.Sprintf("odd, and its half below the view's side, %d px", c.Size))
		}
	}
	std := c.std()
	for i := range 3 {
		if m := float64(c.Mean[i]); !finite(m) {
			bad(fmt.Sprintf("Mean[%d]", i), m, "a finite number")
		}
		if s := float64(std[i]); !(s > 0 && finite(s)) {
			bad(fmt.Sprintf("Std[%d]", i), s, "above 0 (all three 0: not scaled)")
		}
	}
	return errors.Join(errs...)
}

func finite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }

// of returns c with the Size that it has for the images of d, or why it cannot be.
func (c Config) of(d datasets.Dataset) (Config, error) {
	if c.Size == 0 {
		h, w := d.Size()
		if h != w {
			return c, fmt.Errorf("augment: images of %s have %d x %d px (height x width), which is no square: set Size", d.Name(), h, w)
		}
		c.Size = h
	}
	return c, c.Validate()
}

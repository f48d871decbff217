package augment

import (
	"math"
	"strings"
	"testing"
)

func TestRecipesAreValid(t *testing.T) {
	for _, size := range []int{2, 8, 16, 32, 224} {
		for _, c := range []Config{MoCoV2(size), MoCoCIFAR(size), {Size: size}} {
			if err := c.Validate(); err != nil {
				t.Errorf("size %d: %v", size, err)
			}
		}
	}
	for size, want := range map[int]int{16: 3, 32: 3, 40: 5, 64: 7, 96: 9, 224: 23} {
		if k := BlurKernel(size); k != want {
			t.Errorf("blur of side %d at %d px, want %d", k, size, want)
		}
	}
}

// Every error names the field, its value and what it may be.
func TestValidate(t *testing.T) {
	nan := math.NaN()
	for want, change := range map[string]func(*Config){
		"Size is 0, want at least 1 px":         func(c *Config) { c.Size = 0 },
		"CropMin to CropMax is 0.5 to 0.4":      func(c *Config) { c.CropMin, c.CropMax = 0.5, 0.4 },
		"CropMin to CropMax is 0 to 1":          func(c *Config) { c.CropMin = 0 },
		"CropMin to CropMax is 0.2 to 1.5":      func(c *Config) { c.CropMax = 1.5 },
		"CropMin to CropMax is NaN to 1":        func(c *Config) { c.CropMin = nan },
		"RatioMin to RatioMax is 2 to 1":        func(c *Config) { c.RatioMin, c.RatioMax = 2, 1 },
		"RatioMin to RatioMax is 1 to +Inf":     func(c *Config) { c.RatioMin, c.RatioMax = 1, math.Inf(1) },
		"JitterP is 1.2, want a probability":    func(c *Config) { c.JitterP = 1.2 },
		"GrayP is NaN, want a probability":      func(c *Config) { c.GrayP = nan },
		"FlipP is -1, want a probability":       func(c *Config) { c.FlipP = -1 },
		"Brightness is -0.1, want at least 0":   func(c *Config) { c.Brightness = -0.1 },
		"Hue is 0.6, want 0 to 0.5 turns":       func(c *Config) { c.Hue = 0.6 },
		"SigmaMin to SigmaMax is 0 to 2, want":  func(c *Config) { c.SigmaMin = 0 },
		"BlurKernel is 4, want odd":             func(c *Config) { c.BlurKernel = 4 },
		"BlurKernel is 65, want odd, and its h": func(c *Config) { c.BlurKernel = 65 },
		"Mean[1] is NaN":                        func(c *Config) { c.Mean[1] = float32(nan) },
		"Std[2] is 0, want above 0":             func(c *Config) { c.Std[2] = 0 },
	} {
		c := MoCoV2(32)
		change(&c)
		if err := c.Validate(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want one with %q", err, want)
		}
	}
}

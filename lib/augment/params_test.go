package augment

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/hardneg/hardneg/lib/stream"
)

// The bounds below are wide enough that a right sampler fails a run of all of them with a probability below 1e-3; the
// streams are fixed, so it does so always or never.

// uniformly reports an error if x is not uniform in [lo, hi]: Kolmogorov-Smirnov, level 1e-5 (2.47 / sqrt n).
func uniformly(t *testing.T, name string, x []float64, lo, hi float64) {
	t.Helper()
	distributed(t, name, x, func(v float64) float64 { return min(max((v-lo)/(hi-lo), 0), 1) })
}

func distributed(t *testing.T, name string, x []float64, cdf func(float64) float64) {
	t.Helper()
	slices.Sort(x)
	n, worst := float64(len(x)), 0.0
	for i, v := range x {
		f := cdf(v)
		worst = max(worst, math.Abs(f-float64(i)/n), math.Abs(f-float64(i+1)/n))
	}
	if limit := 2.47 / math.Sqrt(n); worst > limit {
		t.Errorf("%s: its distribution function is %.4f from what it should be, want at most %.4f (n %d)", name, worst, limit, len(x))
	}
}

// share reports an error if count of n is not a binomial of probability p: five standard deviations.
func share(t *testing.T, name string, count, n int, p float64) {
	t.Helper()
	if d := math.Abs(float64(count) - float64(n)*p); d > 5*math.Sqrt(float64(n)*p*(1-p)) {
		t.Errorf("%s: %d of %d, want a share of %.4g", name, count, n, p)
	}
}

const draws = 40000

// Where every try fits (at most half the area), area and log-ratio are uniform, and so is the place.
func TestCropIsUniform(t *testing.T) {
	c := MoCoV2(224)
	c.CropMax = 0.5
	const side = 20000 // so large that rounding to px shows in nothing
	var area, ratio, top, left []float64
	r := stream.New(1, stream.View)
	for range draws {
		p := c.Draw(side, side, r)
		area = append(area, float64(p.Height)*float64(p.Width)/(side*side))
		ratio = append(ratio, math.Log(float64(p.Width)/float64(p.Height)))
		top = append(top, float64(p.Top)/float64(side-p.Height))
		left = append(left, float64(p.Left)/float64(side-p.Width))
	}
	uniformly(t, "area", area, 0.2, 0.5)
	uniformly(t, "log ratio", ratio, math.Log(3.0/4), math.Log(4.0/3))
	uniformly(t, "top", top, 0, 1)
	uniformly(t, "left", left, 0, 1)
}

// With areas up to the whole of a square, a try of area a fits with probability f(a) = min(1, -ln a / ln 4/3), since a
// ratio r needs a <= r <= 1/a. What fits has the density f(a) / integral of f; ten misses in a row do not occur here.
func TestCropOfLargeAreas(t *testing.T) {
	c := MoCoV2(224)
	const side = 20000
	fits := func(a float64) float64 { return min(1, -math.Log(a)/math.Log(4.0/3)) }
	const steps = 8000
	cumulated := make([]float64, steps+1) // trapezia
	for i := range steps {
		a, b := 0.2+0.8*float64(i)/steps, 0.2+0.8*float64(i+1)/steps
		cumulated[i+1] = cumulated[i] + (fits(a)+fits(b))/2
	}
	var area []float64
	r := stream.New(2, stream.View)
	for range draws {
		p := c.Draw(side, side, r)
		area = append(area, float64(p.Height)*float64(p.Width)/(side*side))
	}
	distributed(t, "area", area, func(a float64) float64 {
		return cumulated[int(min(max((a-0.2)/0.8, 0), 1)*steps)] / cumulated[steps]
	})
}

// All places of a crop in px are equally likely, the last among them.
func TestCropReachesTheBorder(t *testing.T) {
	c := Config{Size: 4, CropMin: 0.25, CropMax: 0.25, RatioMin: 1, RatioMax: 1} // 4 x 4 of 8 x 8: 5 x 5 places
	var count [25]int
	r := stream.New(3, stream.View)
	for range draws {
		p := c.Draw(8, 8, r)
		if p.Height != 4 || p.Width != 4 {
			t.Fatal(p)
		}
		count[p.Top*5+p.Left]++
	}
	for i, n := range count {
		share(t, fmt.Sprintf("crops at (%d, %d)", i%5, i/5), n, draws, 1.0/25)
	}
}

// What torchvision takes when ten tries do not fit: its numbers for these images, w x h at (left, top).
func TestCropFallsBackToTheMiddle(t *testing.T) {
	c := Config{Size: 8, CropMin: 1, CropMax: 1}
	for _, v := range []struct {
		height, width int
		want          string
	}{{100, 20, "crop 20x27 at (0, 36)"}, {20, 100, "crop 27x20 at (36, 0)"}, {1, 9, "crop 1x1 at (4, 0)"}, {9, 1, "crop 1x1 at (0, 4)"}} {
		for seed := range uint64(20) {
			if p := c.Draw(v.height, v.width, stream.New(seed)); p.String() != v.want {
				t.Fatalf("%d x %d: %s, want %s", v.height, v.width, p, v.want)
			}
		}
	}
	c.RatioMin, c.RatioMax = 1.3, 1.31 // no try fits a square; the square's ratio is too small
	if p := c.Draw(100, 100, stream.New(1)); p.String() != "crop 100x77 at (0, 11)" {
		t.Fatal(p)
	}
}

func TestProbabilities(t *testing.T) {
	c := MoCoV2(224)
	var jitter, gray, blur, flip int
	orders := map[[4]Adjustment]int{}
	factors := make([][]float64, 5)
	r := stream.New(4, stream.View)
	for range draws {
		p := c.Draw(32, 32, r)
		if p.Jitter {
			jitter++
		}
		if p.Gray {
			gray++
		}
		if p.Flip {
			flip++
		}
		if p.Sigma > 0 {
			blur++
			factors[4] = append(factors[4], p.Sigma)
		}
		orders[p.Order]++
		for i, v := range []float64{p.Brightness, p.Contrast, p.Saturation, p.Hue} {
			factors[i] = append(factors[i], v)
		}
	}
	share(t, "jitter", jitter, draws, 0.8)
	share(t, "gray", gray, draws, 0.2)
	share(t, "blur", blur, draws, 0.5)
	share(t, "flip", flip, draws, 0.5)
	if len(orders) != 24 {
		t.Errorf("%d orders of the jitter, want 24", len(orders))
	}
	for o, n := range orders {
		share(t, fmt.Sprint("order ", o), n, draws, 1.0/24)
	}
	uniformly(t, "brightness", factors[0], 0.6, 1.4)
	uniformly(t, "contrast", factors[1], 0.6, 1.4)
	uniformly(t, "saturation", factors[2], 0.6, 1.4)
	uniformly(t, "hue", factors[3], -0.1, 0.1)
	uniformly(t, "sigma", factors[4], 0.1, 2)
}

// A half range above 1 ends at 0, as torchvision has it.
func TestFactorsAreNotNegative(t *testing.T) {
	c := Config{Size: 8, JitterP: 1, Brightness: 3}
	r := stream.New(5)
	var x []float64
	for range draws {
		x = append(x, c.Draw(8, 8, r).Brightness)
	}
	uniformly(t, "brightness", x, 0, 4)
}

// The two views of an image are independent.
func TestViewsAreIndependent(t *testing.T) {
	c := MoCoV2(32)
	both, sum := 0, 0.0
	for i := range uint64(draws) {
		r := stream.New(6, stream.View, 0, i)
		p, q := c.Draw(32, 32, r), c.Draw(32, 32, r)
		if p.Flip && q.Flip {
			both++
		}
		sum += (p.Brightness - 1) * (q.Brightness - 1) / (0.8 * 0.8 / 12)
	}
	share(t, "both flipped", both, draws, 0.25)
	if r := sum / draws; math.Abs(r) > 5/math.Sqrt(draws) {
		t.Errorf("correlation of brightness %g", r)
	}
}

// A transform that is switched off leaves the others as they were.
func TestOneTransformLess(t *testing.T) {
	full := MoCoV2(32)
	for name, off := range map[string]func(*Config, *Params){
		"jitter": func(c *Config, p *Params) { c.JitterP, p.Jitter = 0, false },
		"gray":   func(c *Config, p *Params) { c.GrayP, p.Gray = 0, false },
		"blur":   func(c *Config, p *Params) { c.BlurP, p.Sigma = 0, 0 },
		"flip":   func(c *Config, p *Params) { c.FlipP, p.Flip = 0, false },
		"hue":    func(c *Config, p *Params) { c.Hue, p.Hue = 0, 0 },
	} {
		for i := range uint64(500) {
			a, b := stream.New(7, i), stream.New(7, i)
			for range 2 {
				c, want := full, full.Draw(32, 32, a)
				off(&c, &want)
				if got := c.Draw(32, 32, b); got != want {
					t.Fatalf("without %s: %v, want %v", name, got, want)
				}
			}
		}
	}
}

// Whatever is drawn can be applied, for sizes of all kinds, and lies in [0, 1] before it is normalised.
func TestAnySize(t *testing.T) {
	r := rand.New(rand.NewPCG(8, 8))
	var s Scratch
	for range 1500 {
		c := MoCoV2(1 + r.IntN(40))
		c.Mean, c.Std = [3]float32{}, [3]float32{}
		c.BlurKernel = 2*r.IntN(c.Size) + 1
		c.CropMin = 0.01 + 0.98*r.Float64()
		h, w := 1+r.IntN(60), 1+r.IntN(60)
		if err := c.Validate(); err != nil {
			t.Fatal(err)
		}
		p, dst := c.Draw(h, w, r), make([]float32, 3*c.Size*c.Size)
		c.Apply(dst, picture("detail", h, w), h, w, p, &s)
		for i, v := range dst {
			if !(v >= -1e-6 && v <= 1+1e-6) {
				t.Fatalf("%v of %d x %d to %d: value %d is %g", p, w, h, c.Size, i, v)
			}
		}
	}
}

package augment

import (
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// plainResize is the resize as its formula has it, in float64: every output weighs all input px by a triangle around its
// own centre, once for each axis.
func plainResize(img []uint8, height, width int, p Params, size int) []float64 {
	weights := func(in int) [][]float64 {
		scale := float64(in) / float64(size)
		w := make([][]float64, size)
		for i := range w {
			w[i] = make([]float64, in)
			sum := 0.0
			for j := range in {
				w[i][j] = max(0, 1-math.Abs(float64(j)+0.5-(float64(i)+0.5)*scale)/max(scale, 1))
				sum += w[i][j]
			}
			for j := range in {
				w[i][j] /= sum
			}
		}
		return w
	}
	wy, wx := weights(p.Height), weights(p.Width)
	out := make([]float64, 3*size*size)
	for c := range 3 {
		for y := range size {
			for x := range size {
				sum := 0.0
				for j := range p.Height {
					for i := range p.Width {
						sum += wy[y][j] * wx[x][i] * float64(img[((p.Top+j)*width+p.Left+i)*3+c])
					}
				}
				out[(c*size+y)*size+x] = sum / 255
			}
		}
	}
	return out
}

// Parameters that change nothing leave the plain resize, for crops and sizes of all kinds.
func TestIdentityIsPlainResize(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	var s Scratch
	for range 300 {
		h, w, c := 1+r.IntN(40), 1+r.IntN(40), Config{Size: 1 + r.IntN(30)}
		p := Whole(h, w)
		p.Jitter, p.Height, p.Width = true, 1+r.IntN(h), 1+r.IntN(w)
		p.Top, p.Left = r.IntN(h-p.Height+1), r.IntN(w-p.Width+1)
		img, got := picture("detail", h, w), make([]float32, 3*c.Size*c.Size)
		c.Apply(got, img, h, w, p, &s)
		for i, want := range plainResize(img, h, w, p, c.Size) {
			if d := math.Abs(float64(got[i]) - want); !(d < 1e-6) {
				t.Fatalf("%v of %d x %d to %d: value %d is %g, want %g", p, w, h, c.Size, i, got[i], want)
			}
		}
	}
}

// An image of the view's size is only normalised.
func TestPlainOfTheSameSize(t *testing.T) {
	c := MoCoV2(9)
	img, got := picture("detail", 9, 9), make([]float32, 3*9*9)
	c.Plain(got, img, 9, 9)
	for ch := range 3 {
		for i := range 81 {
			want := (float64(img[3*i+ch])/255 - float64(c.Mean[ch])) / float64(c.Std[ch])
			if d := math.Abs(float64(got[ch*81+i]) - want); !(d < 1e-6) {
				t.Fatalf("channel %d, pixel %d: %g, want %g", ch, i, got[ch*81+i], want)
			}
		}
	}
}

// Of an image that is no square, Plain takes the middle.
func TestPlainTakesTheMiddle(t *testing.T) {
	c := Config{Size: 4}
	img := picture("detail", 4, 10) // columns 3 to 6 are the middle
	var middle []uint8
	for y := range 4 {
		middle = append(middle, img[(y*10+3)*3:(y*10+7)*3]...)
	}
	got, want := make([]float32, 48), make([]float32, 48)
	c.Plain(got, img, 4, 10)
	c.Plain(want, middle, 4, 4)
	if !slices.Equal(got, want) {
		t.Fatal("not the middle")
	}
}

// An image of one colour stays of one colour, and a gray one gray.
func TestFlatImages(t *testing.T) {
	c := MoCoV2(13)
	c.Mean, c.Std = [3]float32{}, [3]float32{}
	r := rand.New(rand.NewPCG(2, 2))
	for range 200 {
		colour := [3]uint8{uint8(r.IntN(256)), uint8(r.IntN(256)), uint8(r.IntN(256))}
		gray := r.IntN(2) == 0
		if gray {
			colour[1], colour[2] = colour[0], colour[0]
		}
		img := make([]uint8, 0, 20*17*3)
		for range 20 * 17 {
			img = append(img, colour[:]...)
		}
		x := make([]float32, 3*13*13)
		c.Apply(x, img, 20, 17, c.Draw(20, 17, r), nil)
		for i, v := range x {
			if first := x[i/169*169]; math.Abs(float64(v-first)) > 1e-6 {
				t.Fatalf("colour %v: value %d is %g beside %g", colour, i, v, first)
			}
			if gray && math.Abs(float64(v-x[i%169])) > 1e-6 {
				t.Fatalf("gray %v: value %d is %g, in red %g", colour, i, v, x[i%169])
			}
		}
	}
}

// Turning the hue on and back, or by whole turns, changes nothing; scratch memory does not either.
func TestHueTurnsBack(t *testing.T) {
	x := make([]float32, 3*1000)
	r := rand.New(rand.NewPCG(3, 3))
	for i := range x {
		x[i] = r.Float32()
	}
	for _, shifts := range [][]float64{{0.3, -0.3}, {0.25, 0.25, 0.25, 0.25}, {1}, {0.5, 0.5}, {1.0 / 3, 2.0 / 3}} {
		y := slices.Clone(x)
		for _, s := range shifts {
			hue(y, s)
		}
		for i := range x {
			if d := math.Abs(float64(x[i] - y[i])); d > 5e-6 {
				t.Fatalf("shifts %v: %g becomes %g", shifts, x[i], y[i])
			}
		}
	}
}

// The weights that blur leaves out are too small to matter, and those it keeps sum to 1.
func TestGaussSums(t *testing.T) {
	for _, half := range []int{1, 2, 5, 11, 40} {
		for sigma := 0.1; sigma < 4; sigma += 0.1 {
			w := gauss(make([]float32, half+1), sigma)
			sum := float64(w[0])
			for _, v := range w[1:] {
				sum += 2 * float64(v)
			}
			if math.Abs(sum-1) > 2e-7 {
				t.Fatalf("half %d, sigma %.1f: %d weights sum to %g", half, sigma, len(w), sum)
			}
		}
	}
}

// The working memory carries nothing over from one view to the next.
func TestScratchIsScratch(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 4))
	var s Scratch
	for range 300 {
		c, h, w := MoCoV2(1+r.IntN(40)), 1+r.IntN(50), 1+r.IntN(50)
		img, p := picture("detail", h, w), c.Draw(h, w, r)
		if c.blurKernel()/2 >= c.Size {
			p.Sigma = 0
		}
		a, b := make([]float32, 3*c.Size*c.Size), make([]float32, 3*c.Size*c.Size)
		c.Apply(a, img, h, w, p, &s)
		c.Apply(b, img, h, w, p, nil)
		if !slices.Equal(a, b) {
			t.Fatalf("%v to %d differs with used memory", p, c.Size)
		}
	}
}

func TestApplyPanicsOnShapes(t *testing.T) {
	c, img := Config{Size: 4}, picture("detail", 8, 6)
	crop := func(top, left, h, w int) Params {
		p := Whole(8, 6)
		p.Top, p.Left, p.Height, p.Width = top, left, h, w
		return p
	}
	for want, f := range map[string]func(){
		"(3, 4, 4) into 47": func() { c.Apply(make([]float32, 47), img, 8, 6, Whole(8, 6), nil) },
		"(8, 5, 3) in 144":  func() { c.Apply(make([]float32, 48), img, 8, 5, Whole(8, 5), nil) },
		"8 x 6 at (1, 0)":   func() { c.Apply(make([]float32, 48), img, 8, 6, crop(1, 0, 8, 6), nil) },
		"0 x 6 at (0, 0)":   func() { c.Apply(make([]float32, 48), img, 8, 6, crop(0, 0, 0, 6), nil) },
		"4 x 4 at (-1, 0)":  func() { c.Apply(make([]float32, 48), img, 8, 6, crop(-1, 0, 4, 4), nil) },
		"image of 0 x 3":    func() { c.Draw(0, 3, nil) },
		"(3, 4, 4) from 12": func() { c.ToImage(make([]float32, 12)) },
		"blur of side 9 of views of 4": func() {
			blurred := Whole(8, 6)
			blurred.Sigma = 1
			Config{Size: 4, BlurKernel: 9}.Apply(make([]float32, 48), img, 8, 6, blurred, nil)
		},
		"0 columns":                      func() { c.Sheet(0, 1, make([]float32, 48)) },
		"from 49 floats":                 func() { c.Sheet(1, 1, make([]float32, 49)) },
		"an image of (9, 6, 3) in 144 b": func() { c.Stages(img, 9, 6, Whole(9, 6)) },
	} {
		func() {
			defer func() {
				if p, ok := recover().(string); !ok || !strings.Contains(p, want) {
					t.Errorf("panic %q, want one with %q", p, want)
				}
			}()
			f()
		}()
	}
}

package augment

import (
	"fmt"
	"testing"

	"github.com/hardneg/hardneg/lib/stream"
)

// The cost of a view, drawn anew each time: of CIFAR's images and, at 224 px, of images of 500 x 375.
func BenchmarkView(b *testing.B) {
	for _, c := range []Config{MoCoCIFAR(16), MoCoCIFAR(24), MoCoCIFAR(32), MoCoCIFAR(64), MoCoV2(32), MoCoV2(64), MoCoV2(224)} {
		h, w := 32, 32
		switch c.Size {
		case 16:
			h, w = 16, 16
		case 64:
			h, w = 64, 64
		case 224:
			h, w = 375, 500
		}
		name := "MoCoCIFAR"
		if c.BlurP > 0 {
			name = "MoCoV2"
		}
		b.Run(fmt.Sprintf("%s/%dx%d-to-%d", name, w, h, c.Size), func(b *testing.B) {
			img, dst := picture("detail", h, w), make([]float32, 3*c.Size*c.Size)
			var s Scratch
			r := stream.New(1, stream.View)
			b.ReportAllocs()
			for b.Loop() {
				c.Apply(dst, img, h, w, c.Draw(h, w, r), &s)
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "views/s")
		})
	}
}

// The cost of each transform for itself.
func BenchmarkTransform(b *testing.B) {
	for _, size := range []int{16, 32, 224} {
		img := picture("detail", size, size)
		x, dst := make([]float32, 3*size*size), make([]float32, 3*size*size)
		s := new(Scratch)
		resample(x, img, size, 0, 0, size, size, size, s)
		p := size * 3 / 4
		big := picture("detail", 2*size, 2*size)
		for _, f := range []struct {
			name string
			run  func()
		}{
			{"enlarge", func() { resample(x, img, size, 0, 0, p, p, size, s) }},
			{"reduce", func() { resample(x, big, 2*size, 0, 0, 2*p, 2*p, size, s) }},
			{"brightness", func() { brightness(x, 1.001) }},
			{"contrast", func() { contrast(x, 1.001) }},
			{"saturation", func() { saturation(x, 1.001) }},
			{"hue", func() { hue(x, 0.07) }},
			{"grayscale", func() { grayscale(x) }},
			{"blur", func() { blur(x, size, BlurKernel(size), 1.05, s) }},
			{"normalise", func() { MoCoV2(size).normalise(dst, x, true) }},
		} {
			b.Run(fmt.Sprintf("%s/%d", f.name, size), func(b *testing.B) {
				for b.Loop() {
					f.run()
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(size*size), "ns/px")
			})
			resample(x, img, size, 0, 0, size, size, size, s)
		}
	}
}

package augment

import (
	"fmt"
	"image"
	"image/color"
	"image/draw"
)

// Stage is an image on its way to a view, for a figure of what each transform does.
type Stage struct {
	Name  string // "crop", "brightness x1.21", "flip", ...
	Image *image.RGBA
}

// Stages applies p as Apply does and keeps the image after each transform: first the whole image and the crop, before its
// resize, last the view before it is normalised. Transforms that p leaves out have no stage.
func (c Config) Stages(img []uint8, height, width int, p Params) []Stage {
	whole := image.NewRGBA(image.Rect(0, 0, width, height))
	if len(img) != height*width*3 {
		panic(fmt.Sprintf("augment: an image of (%d, %d, 3) in %d bytes", height, width, len(img)))
	}
	for i := range height * width {
		copy(whole.Pix[4*i:], img[3*i:3*i+3])
		whole.Pix[4*i+3] = 255
	}
	crop := image.NewRGBA(image.Rect(0, 0, p.Width, p.Height))
	draw.Draw(crop, crop.Rect, whole, image.Pt(p.Left, p.Top), draw.Src)
	stages := []Stage{{"image", whole}, {"crop", crop}}

	var s Scratch
	c.transform(img, height, width, p, &s, func(name string) {
		stages = append(stages, Stage{name, unit(s.planes, c.Size)})
	})
	if p.Flip {
		flipped := make([]float32, len(s.planes))
		Config{Size: c.Size}.normalise(flipped, s.planes, true)
		stages = append(stages, Stage{"flip", unit(flipped, c.Size)})
	}
	return stages
}

// ToImage turns a view, (3, Size, Size) float32, normalised, back into an image.
func (c Config) ToImage(view []float32) *image.RGBA {
	if len(view) != 3*c.Size*c.Size {
		panic(fmt.Sprintf("augment: an image of a view of (3, %d, %d) from %d floats", c.Size, c.Size, len(view)))
	}
	std, n := c.std(), c.Size*c.Size
	x := make([]float32, len(view))
	for i, v := range view {
		x[i] = v*std[i/n] + c.Mean[i/n]
	}
	return unit(x, c.Size)
}

// unit makes an image of x: (3, size, size) in [0, 1]; what lies outside is clamped.
func unit(x []float32, size int) *image.RGBA {
	m := image.NewRGBA(image.Rect(0, 0, size, size))
	r, g, b := planes(x)
	for i := range r {
		copy(m.Pix[4*i:], []uint8{toByte(r[i]), toByte(g[i]), toByte(b[i]), 255})
	}
	return m
}

func toByte(v float32) uint8 { return uint8(clamp(v)*255 + 0.5) }

// Sheet tiles views, each x: (N, 3, Size, Size), normalised, into one image: columns of them in a row, each pixel drawn as
// scale x scale. Given several, as X1 and X2 of a batch, their rows alternate, so that the views of an image are one above the other.
func (c Config) Sheet(columns, scale int, x ...[]float32) *image.RGBA {
	if columns < 1 || scale < 1 || len(x) == 0 {
		panic(fmt.Sprintf("augment: a sheet of %d columns at scale %d of %d batches, want at least 1 of each", columns, scale, len(x)))
	}
	one := 3 * c.Size * c.Size
	for _, v := range x {
		if len(v)%one != 0 || len(v) != len(x[0]) {
			panic(fmt.Sprintf("augment: a sheet of views of (3, %d, %d) from %d floats beside %d", c.Size, c.Size, len(v), len(x[0])))
		}
	}
	n := len(x[0]) / one
	columns = max(1, min(columns, n))
	rows := (n + columns - 1) / columns * len(x)
	step := c.Size*scale + 1 // a line of one px between views
	sheet := image.NewRGBA(image.Rect(0, 0, max(1, columns*step-1), max(1, rows*step-1)))
	draw.Draw(sheet, sheet.Rect, image.NewUniform(color.White), image.Point{}, draw.Src)
	for k, v := range x {
		for i := range n {
			at := image.Pt(i%columns*step, (i/columns*len(x)+k)*step)
			enlarge(sheet, at, c.ToImage(v[i*one:(i+1)*one]), scale)
		}
	}
	return sheet
}

// enlarge draws m at at, each pixel scale x scale.
func enlarge(dst *image.RGBA, at image.Point, m *image.RGBA, scale int) {
	for y := range m.Rect.Dy() * scale {
		for x := range m.Rect.Dx() * scale {
			dst.SetRGBA(at.X+x, at.Y+y, m.RGBAAt(x/scale, y/scale))
		}
	}
}

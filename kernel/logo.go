package kernel

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"math"
)

// The logo is a query among its negatives: a dot, a band around it that is kept, and dots in the band and outside.
const logoSVG = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64" role="img"><title>hardneg</title>
<rect width="64" height="64" rx="12" fill="#14213d"/>
<circle cx="32" cy="32" r="18" fill="none" stroke="#e69f00" stroke-width="8"/>
<circle cx="32" cy="32" r="6" fill="#56b4e9"/>
<circle cx="32" cy="14" r="3" fill="#ffffff"/><circle cx="47.6" cy="41" r="3" fill="#ffffff"/><circle cx="16.4" cy="41" r="3" fill="#ffffff"/>
<circle cx="9" cy="10" r="2.5" fill="#8d99ae"/><circle cx="55" cy="11" r="2.5" fill="#8d99ae"/><circle cx="32" cy="58" r="2.5" fill="#8d99ae"/>
</svg>
`

var (
	night  = color.RGBA{0x14, 0x21, 0x3d, 0xff}
	orange = color.RGBA{0xe6, 0x9f, 0x00, 0xff}
	sky    = color.RGBA{0x56, 0xb4, 0xe9, 0xff}
	white  = color.RGBA{0xff, 0xff, 0xff, 0xff}
	grey   = color.RGBA{0x8d, 0x99, 0xae, 0xff}
)

// disc is a circle of the drawing, whose side is 64; inner is the radius of its hole.
type disc struct {
	x, y, radius, inner float64
	c                   color.RGBA
}

var discs = []disc{
	{32, 32, 22, 14, orange}, {32, 32, 6, 0, sky},
	{32, 14, 3, 0, white}, {47.6, 41, 3, 0, white}, {16.4, 41, 3, 0, white},
	{9, 10, 2.5, 0, grey}, {55, 11, 2.5, 0, grey}, {32, 58, 2.5, 0, grey},
}

// logoPNG draws the logo with a side of size pixels, each the mean of 16 samples.
func logoPNG(size int) []byte {
	const n = 4
	img := image.NewNRGBA(image.Rect(0, 0, size, size))
	for y := range size {
		for x := range size {
			var r, g, b, a int
			for i := range n * n {
				sx := (float64(x) + (float64(i%n)+0.5)/n) * 64 / float64(size)
				sy := (float64(y) + (float64(i/n)+0.5)/n) * 64 / float64(size)
				if c, ok := sample(sx, sy); ok {
					r, g, b, a = r+int(c.R), g+int(c.G), b+int(c.B), a+1
				}
			}
			if a > 0 {
				img.SetNRGBA(x, y, color.NRGBA{uint8(r / a), uint8(g / a), uint8(b / a), uint8(a * 255 / (n * n))})
			}
		}
	}
	var buf bytes.Buffer
	if err := png.Encode(&buf, img); err != nil {
		panic(err) // the picture is a constant
	}
	return buf.Bytes()
}

// sample is the colour at a point, false outside the rounded square.
func sample(x, y float64) (color.RGBA, bool) {
	const corner = 12
	dx, dy := max(corner-x, x-(64-corner), 0), max(corner-y, y-(64-corner), 0)
	if math.Hypot(dx, dy) > corner {
		return color.RGBA{}, false
	}
	c := night
	for _, d := range discs {
		if r := math.Hypot(x-d.x, y-d.y); r <= d.radius && r >= d.inner {
			c = d.c
		}
	}
	return c, true
}

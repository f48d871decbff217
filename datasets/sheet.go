package datasets

import (
	"fmt"
	"image"
	"image/color"
	"image/draw"

	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"
)

// SheetOptions say how a sheet of images looks. The zero value is a white sheet, images of at least 64 pixels.
type SheetOptions struct {
	// Scale is how many pixels of the sheet show one of an image, in each direction; 0 is the smallest that makes
	// images at least 64 pixels high.
	Scale int
	// Gap is the space between images in pixels; 0 is 4, -1 none.
	Gap int
	// FontSize is the height of the labels' font in pixels; 0 is 14, -1 leaves labels out.
	FontSize float64
	// Background is the sheet's colour, nil for white. Labels are black on light ones and white on dark ones.
	Background color.Color
}

// Sheet shows the first images, up to columns, of each of rows classes, one class a row with its name. The classes
// are spread over all, one from each of rows equal parts; rows = 0 shows every class.
func Sheet(d Dataset, rows, columns int, o SheetOptions) (image.Image, error) {
	classes := d.Classes()
	if rows == 0 {
		rows = len(classes)
	}
	if rows < 1 || rows > len(classes) || columns < 1 {
		return nil, fmt.Errorf("sheet of %s: %d rows and %d columns, want 1 to %d classes and at least 1 column",
			d.Name(), rows, columns, len(classes))
	}
	index, labels, rowOf := make([][]int, rows), make([]string, rows), map[int]int{}
	for r := range rows {
		lo, hi := r*len(classes)/rows, (r+1)*len(classes)/rows
		class := lo + int(fraction(float64(r)*0.618)*float64(hi-lo)) // each time at another place of its part
		labels[r], rowOf[class] = classes[class], r
	}
	for i := range d.Len() {
		if r, shown := rowOf[d.Label(i)]; shown && len(index[r]) < columns {
			index[r] = append(index[r], i)
		}
	}
	return Grid(d, index, labels, o)
}

// Grid shows images of d by their index, rows of any length, each with a label at its left. labels may be nil.
func Grid(d Dataset, rows [][]int, labels []string, o SheetOptions) (image.Image, error) {
	if len(rows) == 0 || labels != nil && len(labels) != len(rows) {
		return nil, fmt.Errorf("grid of %s: %d rows and %d labels", d.Name(), len(rows), len(labels))
	}
	h, w := d.Size()
	columns, scale, gap := 1, o.Scale, o.Gap
	for _, r := range rows {
		columns = max(columns, len(r))
	}
	if scale <= 0 {
		scale = (64 + h - 1) / h
	}
	if gap == 0 {
		gap = 4
	}
	gap = max(gap, 0)
	text, err := newLettering(labels, o.FontSize)
	if err != nil {
		return nil, fmt.Errorf("grid of %s: %w", d.Name(), err)
	}
	defer text.close()
	left := text.width + gap
	width, height := left+columns*(w*scale+gap), gap+len(rows)*(h*scale+gap)
	if int64(width)*int64(height) > 1<<28 {
		return nil, fmt.Errorf("grid of %s: a sheet of %d x %d pixels is too large: take fewer rows or a smaller scale", d.Name(), width, height)
	}
	sheet := image.NewRGBA(image.Rect(0, 0, width, height))
	paper := o.Background
	if paper == nil {
		paper = color.White
	}
	draw.Draw(sheet, sheet.Bounds(), image.NewUniform(paper), image.Point{}, draw.Src)
	for r, row := range rows {
		y := gap + r*(h*scale+gap)
		if labels != nil {
			text.write(sheet, labels[r], paper, y+h*scale/2)
		}
		for c, i := range row {
			img, err := d.Image(i)
			if err != nil {
				return nil, fmt.Errorf("grid of %s: %w", d.Name(), err)
			}
			enlarge(sheet, left+c*(w*scale+gap), y, img, h, w, scale)
		}
	}
	return sheet, nil
}

// enlarge draws img: (h, w, 3) at (x0, y0), each pixel as a square of scale x scale.
func enlarge(sheet *image.RGBA, x0, y0 int, img []uint8, h, w, scale int) {
	for y := range h * scale {
		to := sheet.Pix[sheet.PixOffset(x0, y0+y):]
		for x := range w * scale {
			from := img[(y/scale*w+x/scale)*3:]
			to[4*x], to[4*x+1], to[4*x+2], to[4*x+3] = from[0], from[1], from[2], 255
		}
	}
}

// lettering writes labels; width is that of the widest, with a margin, 0 if there are none.
type lettering struct {
	face  font.Face
	width int
}

func newLettering(labels []string, size float64) (*lettering, error) {
	if size < 0 || len(labels) == 0 {
		return &lettering{}, nil
	}
	if size == 0 {
		size = 14
	}
	parsed, err := opentype.Parse(goregular.TTF)
	if err != nil {
		return nil, err
	}
	face, err := opentype.NewFace(parsed, &opentype.FaceOptions{Size: size, DPI: 72, Hinting: font.HintingFull})
	if err != nil {
		return nil, err
	}
	t := &lettering{face: face}
	for _, l := range labels {
		t.width = max(t.width, font.MeasureString(face, l).Ceil())
	}
	t.width += 2 * margin
	return t, nil
}

// margin is the space at either side of the labels in pixels.
const margin = 6

// write puts a label at the sheet's left, its middle at height y.
func (t *lettering) write(sheet draw.Image, label string, paper color.Color, y int) {
	if t.face == nil {
		return
	}
	ink := color.Black
	if color.GrayModel.Convert(paper).(color.Gray).Y < 128 {
		ink = color.White
	}
	m := t.face.Metrics()
	base := fixed.I(y) + (m.Ascent-m.Descent)/2
	d := font.Drawer{Dst: sheet, Src: image.NewUniform(ink), Face: t.face, Dot: fixed.Point26_6{X: fixed.I(margin), Y: base}}
	d.DrawString(label)
}

func (t *lettering) close() {
	if t.face != nil {
		t.face.Close()
	}
}

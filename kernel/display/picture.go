package display

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"reflect"
)

const (
	visible = 160 // pixels: the longer side of an enlarged picture is at least this
	inSheet = 72  // the same for a picture on a sheet
	columns = 8   // pictures in a row of a sheet
	most    = 256 // pictures on a sheet
)

// picture encodes img as PNG, enlarged when it is small.
func picture(img image.Image) Data {
	b := img.Bounds()
	return encode(enlarge(img, visible), fmt.Sprintf("image, %d x %d pixels", b.Dx(), b.Dy()))
}

func encode(img image.Image, alt string) Data {
	if b := img.Bounds(); b.Empty() {
		return Text("image of no pixels")
	}
	var buf bytes.Buffer
	if err := png.Encode(&buf, img); err != nil {
		return Text(Plain(fmt.Errorf("encode the image: %w", err)))
	}
	size := MIMEMap{"width": img.Bounds().Dx(), "height": img.Bounds().Dy()}
	return WithAlt(Data{Data: MIMEMap{MIMETypePNG: buf.Bytes()}, Metadata: MIMEMap{MIMETypePNG: size}}, alt)
}

// enlarge repeats pixels by the least whole factor that makes the longer side at least side.
func enlarge(img image.Image, side int) image.Image {
	b := img.Bounds()
	long := max(b.Dx(), b.Dy())
	if long == 0 || long >= side {
		return img
	}
	f := (side + long - 1) / long
	out := image.NewRGBA(image.Rect(0, 0, b.Dx()*f, b.Dy()*f))
	for y := range b.Dy() {
		for x := range b.Dx() {
			c := color.RGBAModel.Convert(img.At(b.Min.X+x, b.Min.Y+y)).(color.RGBA)
			for dy := range f {
				for dx := range f {
					out.SetRGBA(x*f+dx, y*f+dy, c)
				}
			}
		}
	}
	return out
}

var imageType = reflect.TypeFor[image.Image]()

// pictures says whether v is a slice or array whose elements are images, and returns them.
func pictures(v any) ([]image.Image, bool) {
	r := reflect.ValueOf(v)
	if k := r.Kind(); k != reflect.Slice && k != reflect.Array || !r.Type().Elem().Implements(imageType) || r.Len() == 0 {
		return nil, false
	}
	var out []image.Image
	for i := range r.Len() {
		img, ok := r.Index(i).Interface().(image.Image)
		if !ok || isNil(img) {
			return nil, false
		}
		out = append(out, img)
	}
	return out, true
}

// sheet sets images side by side, eight in a row, on white.
func sheet(images []image.Image) Data {
	all := len(images)
	images = images[:min(all, most)]
	const gap = 4
	wide, high := 0, 0
	for i, m := range images {
		images[i] = enlarge(m, inSheet)
		wide, high = max(wide, images[i].Bounds().Dx()), max(high, images[i].Bounds().Dy())
	}
	n := min(columns, len(images))
	rows := (len(images) + n - 1) / n
	out := image.NewRGBA(image.Rect(0, 0, n*(wide+gap)+gap, rows*(high+gap)+gap))
	draw.Draw(out, out.Bounds(), image.White, image.Point{}, draw.Src)
	for i, m := range images {
		at := image.Pt(gap+i%n*(wide+gap), gap+i/n*(high+gap))
		draw.Draw(out, image.Rectangle{Min: at, Max: at.Add(m.Bounds().Size())}, m, m.Bounds().Min, draw.Over)
	}
	alt := fmt.Sprintf("%d images in %d rows", len(images), rows)
	if all > len(images) {
		alt = fmt.Sprintf("the first %d of %d images in %d rows", len(images), all, rows)
	}
	return encode(out, alt)
}

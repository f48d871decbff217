package augment

import (
	"image/color"
	"slices"
	"testing"

	"github.com/hardneg/hardneg/lib/stream"
)

// A view that is only normalised becomes the image again, to the byte.
func TestToImage(t *testing.T) {
	c := MoCoV2(8)
	for _, kind := range []string{"palette", "detail"} {
		img, view := picture(kind, 8, 8), make([]float32, 3*64)
		c.Plain(view, img, 8, 8)
		m := c.ToImage(view)
		for i := range 64 {
			want := color.RGBA{img[3*i], img[3*i+1], img[3*i+2], 255}
			if got := m.RGBAAt(i%8, i/8); got != want {
				t.Fatalf("pixel %d of %s: %v, want %v", i, kind, got, want)
			}
		}
	}
}

// The last stage is the view, the first the image; between them is what String tells, in its order.
func TestStages(t *testing.T) {
	c, img := MoCoV2(16), picture("detail", 24, 20)
	r := stream.New(1)
	flips := 0
	for range 100 {
		p := c.Draw(24, 20, r)
		view := make([]float32, 3*16*16)
		c.Apply(view, img, 24, 20, p, nil)
		stages := c.Stages(img, 24, 20, p)
		var names []string
		for _, s := range stages {
			names = append(names, s.Name)
		}
		want := []string{"image", "crop", "resize"}
		if p.Jitter {
			for _, a := range p.Order {
				want = append(want, p.adjustment(a))
			}
		}
		if p.Gray {
			want = append(want, "grayscale")
		}
		if p.Sigma > 0 {
			want = append(want, p.blurName())
		}
		if p.Flip {
			want = append(want, "flip")
			flips++
		}
		if !slices.Equal(names, want) {
			t.Fatalf("%v, want %v", names, want)
		}
		if b := stages[0].Image.Bounds(); b.Dx() != 20 || b.Dy() != 24 {
			t.Fatalf("image of %v", b)
		}
		if b := stages[1].Image.Bounds(); b.Dx() != p.Width || b.Dy() != p.Height {
			t.Fatalf("crop of %v, want %v", b, p)
		}
		o := 3 * (p.Top*20 + p.Left)
		if got, want := stages[1].Image.RGBAAt(0, 0), (color.RGBA{img[o], img[o+1], img[o+2], 255}); got != want {
			t.Fatalf("the crop begins with %v, want %v", got, want)
		}
		last, m := stages[len(stages)-1].Image, c.ToImage(view)
		for i, v := range m.Pix {
			if d := int(v) - int(last.Pix[i]); d < -1 || d > 1 { // normalising and back rounds
				t.Fatalf("%v: byte %d of the last stage is %d, of the view %d", p, i, last.Pix[i], v)
			}
		}
	}
	if flips == 0 || flips == 100 {
		t.Fatal("no test of the flip")
	}
}

// Rows of a sheet alternate between the batches; each pixel is a square; white lines lie between views.
func TestSheet(t *testing.T) {
	c := Config{Size: 2}
	fill := func(values ...float32) (x []float32) { // a view for each value
		for _, v := range values {
			for range 12 {
				x = append(x, v/255)
			}
		}
		return x
	}
	m := c.Sheet(2, 3, fill(1, 2, 3), fill(11, 12, 13))
	if b := m.Bounds(); b.Dx() != 2*7-1 || b.Dy() != 4*7-1 {
		t.Fatalf("sheet of %v", b)
	}
	for y, row := range [][]uint8{{1, 2}, {11, 12}, {3, 255}, {13, 255}} {
		for x, want := range row {
			for _, at := range [][2]int{{0, 0}, {5, 0}, {0, 5}, {5, 5}} {
				if got := m.RGBAAt(7*x+at[0], 7*y+at[1]); got != (color.RGBA{want, want, want, 255}) {
					t.Errorf("view in row %d, column %d: %v, want %d", y, x, got, want)
				}
			}
		}
	}
	if got := m.RGBAAt(6, 3); got != (color.RGBA{255, 255, 255, 255}) {
		t.Errorf("between views: %v", got)
	}
	if b := c.Sheet(10, 1, fill(1, 2, 3)).Bounds(); b.Dx() != 3*3-1 || b.Dy() != 2 {
		t.Errorf("three views in ten columns make %v", b)
	}
}

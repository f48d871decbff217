package augment

import (
	"encoding/binary"
	"encoding/json"
	"math"
	"os"
	"testing"
)

// vector is a view that torchvision made (peers/augment_vectors.py).
type vector struct {
	Name          string
	Image         string
	Height, Width int
	Config        Config
	Params        Params
	Stride        int     // every Stride-th value is stored
	Offset, Count int     // where
	Rounding      float64 // the largest difference between torchvision's view in float32 and in float64, in [0, 1]
}

func vectors(t testing.TB) (cases []vector, values []float32) {
	t.Helper()
	text, err := os.ReadFile("testdata/vectors.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct{ Cases []vector }
	if err := json.Unmarshal(text, &file); err != nil {
		t.Fatal(err)
	}
	raw, err := os.ReadFile("testdata/vectors.bin")
	if err != nil {
		t.Fatal(err)
	}
	values = make([]float32, len(raw)/4)
	for i := range values {
		values[i] = math.Float32frombits(binary.LittleEndian.Uint32(raw[4*i:]))
	}
	return file.Cases, values
}

// picture is image in peers/augment_vectors.py.
func picture(kind string, height, width int) []uint8 {
	img := make([]uint8, 0, height*width*3)
	for y := range height {
		for x := range width {
			for c := range 3 {
				if kind == "palette" {
					img = append(img, []uint8{0, 85, 128, 255}[(y*width+x)>>(2*c)&3])
					continue
				}
				v := x*(5+c) + y*(3+2*c) + x*y*(c+1)>>2 + 61*((x>>2^(y>>2+c))&1)
				img = append(img, uint8(v))
			}
		}
	}
	return img
}

// Views agree with torchvision's of the same parameters. One step of a byte is 1/255 = 4e-3; what is asked for is that
// rounding of float32 alone separates them: 2e-6 and what separates torchvision's float32 from its float64, which comes
// from its resize, where the centre of a pixel is a float32. Differences are told in [0, 1], before normalisation.
func TestTorchvision(t *testing.T) {
	cases, values := vectors(t)
	if len(cases) < 60 {
		t.Fatalf("only %d cases", len(cases))
	}
	var s Scratch
	worst, total := 0.0, 0
	for _, v := range cases {
		got := make([]float32, 3*v.Config.Size*v.Config.Size)
		v.Config.Apply(got, picture(v.Image, v.Height, v.Width), v.Height, v.Width, v.Params, &s)
		want := values[v.Offset : v.Offset+v.Count]
		if n := (len(got) + v.Stride - 1) / v.Stride; n != len(want) {
			t.Fatalf("%s: %d values, want %d", v.Name, n, len(want))
		}
		most := 0.0
		for i, w := range want {
			std := v.Config.std()[i*v.Stride/(v.Config.Size*v.Config.Size)]
			d := math.Abs(float64(got[i*v.Stride]-w)) * float64(std)
			if !(d <= most) {
				most = d
			}
		}
		t.Logf("%-40s %.1e (torchvision's own rounding %.1e)", v.Name, most, v.Rounding)
		if limit := 2e-6 + 1.5*v.Rounding; !(most <= limit) {
			t.Errorf("%s: %g from torchvision, want at most %g", v.Name, most, limit)
		}
		worst, total = max(worst, most), total+len(want)
	}
	t.Logf("%d values of %d views: at most %.1e", total, len(cases), worst)
}

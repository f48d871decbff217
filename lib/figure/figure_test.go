package figure

import (
	"bytes"
	"encoding/csv"
	"encoding/xml"
	"flag"
	"image/color"
	"image/png"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hardneg/hardneg/lib/experiment"
)

var regenerate = flag.Bool("regenerate", false, "write the golden pictures anew; look at each before it is committed")

// family is that of the records in testdata: Taxa at 1,024 images, 4 epochs, three seeds.
func family(t *testing.T) experiment.Family {
	t.Helper()
	records, err := experiment.ReadRecords(filepath.Join("testdata", "records"))
	if err != nil {
		t.Fatal(err)
	}
	families := experiment.Families(records)
	if len(families) != 1 {
		t.Fatalf("%d families in testdata/records, want 1", len(families))
	}
	return families[0]
}

// drawn are all figures of f.
func drawn(t *testing.T, f experiment.Family) map[string]*Figure {
	t.Helper()
	all := map[string]*Figure{}
	for name, draw := range map[string]func() (*Figure, error){
		"accuracy":    func() (*Figure, error) { return AccuracyByBand(f) },
		"figure1":     func() (*Figure, error) { return Figure1(f) },
		"loss":        func() (*Figure, error) { return LossCurves(f) },
		"band-0-5":    func() (*Figure, error) { return BandHistogram(f.Arm("0-5").Records[0]) },
		"band-5-10":   func() (*Figure, error) { return BandHistogram(f.Arm("5-10").Records[0]) },
		"band-random": func() (*Figure, error) { return BandHistogram(f.Arm("random 5").Records[0]) },
	} {
		figure, err := draw()
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		all[name] = figure
	}
	return all
}

// Figures from the records in testdata against pictures that were looked at, by decoded pixels.
func TestGolden(t *testing.T) {
	for name, f := range drawn(t, family(t)) {
		var got bytes.Buffer
		if err := f.WritePNG(&got); err != nil {
			t.Fatal(err)
		}
		path := filepath.Join("testdata", name+"_golden.png")
		if *regenerate {
			if err := os.WriteFile(path, got.Bytes(), 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		// Machines with fused multiply-add place a glyph's edge a fraction of a pixel elsewhere: a few pixels of a
		// million may differ.
		if share := differing(t, got.Bytes(), want); share > 1e-4 {
			t.Errorf("%s: %.3f%% of the pixels differ from %s", name, 100*share, path)
		}
	}
}

// differing is the share of pixels that differ by more than a tenth of the range in any channel; 1 for two sizes.
func differing(t *testing.T, a, b []byte) float64 {
	t.Helper()
	x, errX := png.Decode(bytes.NewReader(a))
	y, errY := png.Decode(bytes.NewReader(b))
	if errX != nil || errY != nil {
		t.Fatal(errX, errY)
	}
	if x.Bounds() != y.Bounds() {
		return 1
	}
	n, r := 0, x.Bounds()
	for row := r.Min.Y; row < r.Max.Y; row++ {
		for col := r.Min.X; col < r.Max.X; col++ {
			if far(x.At(col, row), y.At(col, row)) {
				n++
			}
		}
	}
	return float64(n) / float64(r.Dx()*r.Dy())
}

func far(a, b color.Color) bool {
	r0, g0, b0, _ := a.RGBA()
	r1, g1, b1, _ := b.RGBA()
	for _, p := range [3][2]uint32{{r0, r1}, {g0, g1}, {b0, b1}} {
		if max(p[0], p[1])-min(p[0], p[1]) > 0xffff/10 {
			return true
		}
	}
	return false
}

func TestSVGIsWellFormedAndSpeaks(t *testing.T) {
	for name, f := range drawn(t, family(t)) {
		svg := f.SVG()
		for d := xml.NewDecoder(strings.NewReader(svg)); ; {
			if _, err := d.Token(); err == io.EOF {
				break
			} else if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
		}
		if f.Alt() == "" || !strings.Contains(svg, "<desc>"+escape(f.Alt())+"</desc>") || !strings.Contains(svg, `role="img"`) {
			t.Errorf("%s has no alternative text in its SVG", name)
		}
		if !strings.Contains(strings.Join(f.Header, " "), "1,024 training images") {
			t.Errorf("%s does not say what it was trained on: %q", name, f.Header)
		}
	}
}

// Figures of one seed, of few arms, and of the smallest sizes must draw too.
func TestIncompleteFamilies(t *testing.T) {
	whole := family(t)
	only := func(n int, names ...string) experiment.Family {
		f := experiment.Family{Setting: whole.Setting}
		for _, name := range names {
			a := whole.Arm(name)
			f.Arms = append(f.Arms, experiment.Arm{Name: name, Records: a.Records[:n]})
		}
		return f
	}
	for _, f := range []experiment.Family{only(1, "0-100"), only(1, "0-100", "0-5"), only(2, "0-5"), only(1, "untrained"), only(1, "0-100", "untrained", "supervised")} {
		paths, err := SaveAll(t.TempDir(), "x", f)
		if err != nil || len(paths) == 0 {
			t.Errorf("%d arms: %v, %v", len(f.Arms), paths, err)
		}
	}
	if _, err := AccuracyByBand(only(1, "untrained")); err == nil {
		t.Error("accuracy by band without a band")
	}
	if _, err := Figure1(only(1, "0-5")); err == nil {
		t.Error("the axis of difficulty without 0-100")
	}
	if _, err := BandHistogram(whole.Arm("supervised").Records[0]); err == nil {
		t.Error("a histogram of a supervised encoder's negatives")
	}
}

func TestTable(t *testing.T) {
	f := family(t)
	var b bytes.Buffer
	if err := WriteCSV(&b, Table(f)); err != nil {
		t.Fatal(err)
	}
	lines, err := csv.NewReader(&b).ReadAll()
	if err != nil || len(lines) != 1+len(f.Arms) {
		t.Fatalf("%d lines, %v", len(lines), err)
	}
	column := map[string]int{}
	for i, name := range lines[0] {
		column[name] = i
	}
	if row := lines[1]; row[0] != "0-100" || row[column["seeds"]] != "3" || row[column["linear to 0-100"]] != "0" || row[column["linear R"]] != "1" {
		t.Errorf("first row %v", row)
	}
	b.Reset()
	if err := WriteMarkdown(&b, f); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"| 0-5 | hardest 5% | 3 |", "95% t-interval", "paired by seed", "1,024 training images"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("no %q in\n%s", want, b.String())
		}
	}
	if strings.Contains(b.String(), "NaN") {
		t.Error("NaN in the Markdown table")
	}
}

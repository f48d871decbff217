package datasets

import (
	"bytes"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/hardneg/hardneg/lib/parallel"
	"github.com/hardneg/hardneg/lib/stream"
)

func taxa(t *testing.T, o Options) (train, test *Memory) {
	t.Helper()
	a, b, err := Open("taxa", o)
	if err != nil {
		t.Fatal(err)
	}
	return a.(*Memory), b.(*Memory)
}

func TestTaxaIsTheSameForAnyNumberOfWorkers(t *testing.T) {
	old := parallel.Threads()
	defer parallel.SetThreads(old)
	var first [2]string
	for _, threads := range []int{1, 2, 7} {
		parallel.SetThreads(threads)
		train, test := taxa(t, Options{Size: 16, Train: 130, Test: 40, Seed: 3})
		sums := [2]string{train.Sum(), test.Sum()}
		if first[0] == "" {
			first = sums
		}
		if sums != first {
			t.Fatalf("%d threads: sums %v, want %v", threads, sums, first)
		}
	}
	if first[0] == first[1] {
		t.Fatal("both parts are the same")
	}
}

func TestTaxaIsFixedBySeedPartAndIndex(t *testing.T) {
	long, test := taxa(t, Options{Size: 8, Train: 1500, Test: 600})
	short, _ := taxa(t, Options{Size: 8, Train: 20, Test: 1})
	other, _ := taxa(t, Options{Size: 8, Train: 600, Test: 1, Seed: 1})
	if !bytes.Equal(long.pixels[:len(short.pixels)], short.pixels) {
		t.Error("a longer set does not begin with a shorter one")
	}
	seen := map[string]string{}
	for _, d := range []*Memory{long, test, other} {
		for i := range d.Len() {
			img, _ := d.Image(i)
			if was, ok := seen[string(img)]; ok {
				t.Errorf("image %d of %s is also %s", i, d.Name(), was)
			}
			seen[string(img)] = d.Name()
		}
	}
}

// The picture does not depend on how finely it is drawn: one of 16 pixels is that of 64 averaged, but for its
// borders and the grain (deviation 0.04 of the full range).
func TestTaxaIsOnePictureAtAnySize(t *testing.T) {
	small, _ := taxa(t, Options{Size: 16, Train: 108, Test: 1})
	large, _ := taxa(t, Options{Size: 64, Train: 108, Test: 1})
	averaged, err := Resize(large, 16)
	if err != nil {
		t.Fatal(err)
	}
	for i := range small.Len() {
		a, _ := small.Image(i)
		b, _ := averaged.Image(i)
		var sum float64
		for p := range a {
			d := float64(a[p]) - float64(b[p])
			sum += d * d
		}
		if rms := math.Sqrt(sum / float64(len(a))); rms > 16 {
			t.Errorf("image %d (%s): root mean square difference %.1f of 255", i, small.Classes()[small.Label(i)], rms)
		}
	}
}

func TestTaxaIsBalanced(t *testing.T) {
	train, _ := taxa(t, Options{Size: 4, Train: 1000, Test: 1})
	count := make([]int, len(train.Classes()))
	for i := range train.Len() {
		count[train.Label(i)]++
	}
	if lo, hi := slices.Min(count), slices.Max(count); hi-lo > 1 || len(count) != 108 {
		t.Errorf("%d classes of %d to %d images", len(count), lo, hi)
	}
}

// Hues of two palettes stay apart by 0.05 turns under an image's own change and a view's, and the figures of images
// have the hues of their palettes.
func TestTaxaPalettesStayApart(t *testing.T) {
	const jitter = 0.1
	apart := func(a, b float64) float64 { d := fraction(a - b); return min(d, 1-d) }
	for a, hue := range paletteHues {
		for _, other := range paletteHues[:a] {
			if d := apart(hue, other) - 2*(ownHue+jitter); d < 0.05 {
				t.Errorf("hues %.3f and %.3f come as near as %.3f", hue, other, d)
			}
		}
	}
	for leaf := range taxaLeaves {
		for i := range uint64(20) {
			w := drawWeave(leaf, stream.New(i, stream.Taxa, 0, uint64(leaf)))
			if d := apart(hueOf(w.figure), paletteHues[taxaPath(leaf)[2]]); d > ownHue+1e-9 {
				t.Errorf("leaf %d, seed %d: hue off by %.3f", leaf, i, d)
			}
		}
	}
}

// hueOf is the hue of a colour in turns.
func hueOf(c rgb) float64 {
	hi, lo := max(c[0], c[1], c[2]), min(c[0], c[1], c[2])
	switch hi {
	case c[0]:
		return fraction((c[1] - c[2]) / (hi - lo) / 6)
	case c[1]:
		return ((c[2]-c[0])/(hi-lo) + 2) / 6
	}
	return ((c[0]-c[1])/(hi-lo) + 4) / 6
}

func TestTaxaTree(t *testing.T) {
	if got, want := strings.Join(TaxaPath(0), " "), "stripes across amber plain"; got != want {
		t.Errorf("path of leaf 0: %s, want %s", got, want)
	}
	if got, want := strings.Join(TaxaPath(107), " "), "zigzag slanted violet net"; got != want {
		t.Errorf("path of leaf 107: %s, want %s", got, want)
	}
	sum, all := 0, 0
	for a := range taxaLeaves {
		for b := range taxaLeaves {
			d := TaxaDepth(a, b)
			p, q := TaxaPath(a), TaxaPath(b)
			if !slices.Equal(p[:d], q[:d]) || d < TaxaDepths && p[d] == q[d] || d != TaxaDepth(b, a) {
				t.Fatalf("depth of %v and %v: %d", p, q, d)
			}
			all += d
			if a != b {
				sum += d
			}
		}
	}
	if got, want := float64(sum)/(108*107), 36.0/107; math.Abs(got-want) > 1e-12 {
		t.Errorf("mean depth over distinct pairs %.6f, the comment says %.6f", got, want)
	}
	if got, want := float64(all)/(108*108), 1.0/4+1.0/12+1.0/36+1.0/108; math.Abs(got-want) > 1e-12 {
		t.Errorf("mean depth over all pairs %.6f, the comment says %.6f", got, want)
	}
	train, _ := taxa(t, Options{Size: 4, Train: 216, Test: 1})
	levels := Levels(train)
	if len(levels) != TaxaDepths {
		t.Fatalf("%d levels", len(levels))
	}
	for k, n := range []int{4, 12, 36, 108} {
		l := levels[k]
		if len(l.Classes) != n {
			t.Errorf("level %s has %d classes, want %d", l.Name, len(l.Classes), n)
		}
		for i, label := range l.Labels {
			if want := strings.Join(TaxaPath(train.Label(i))[:k+1], " · "); l.Classes[label] != want {
				t.Fatalf("level %s, image %d: %s, want %s", l.Name, i, l.Classes[label], want)
			}
		}
	}
}

func TestTaxaRefusesOddOptions(t *testing.T) {
	for _, o := range []Options{{Size: 3}, {Size: -1}, {Size: 513}, {Train: -1}, {Test: -5}} {
		if _, _, err := Open("taxa", o); err == nil {
			t.Errorf("%+v: no error", o)
		} else {
			t.Log(err)
		}
	}
	defer func() {
		if recover() == nil {
			t.Error("leaf 108 has a path")
		}
	}()
	TaxaPath(108)
}

package nn_test

import (
	"bytes"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/hardneg/hardneg/lib/engine"
	"github.com/hardneg/hardneg/lib/engine/cpu"
	"github.com/hardneg/hardneg/lib/nn"
	"github.com/hardneg/hardneg/lib/safetensors"
)

func encoder(t testing.TB, c nn.Config) *nn.Encoder {
	t.Helper()
	e, err := nn.New(c)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// Uniform within PyTorch's bound, 1/sqrt(fan_in), to it and with its variance; BatchNorm 1 and 0.
func TestInitialWeights(t *testing.T) {
	e := encoder(t, nn.Config{})
	w := e.NewWeights(cpu.New(), 7)
	for name, fan := range map[string]float64{
		"conv1.weight": 27, "conv2.weight": 48 * 9, "conv4.weight": 96 * 9,
		"head.0.weight": 192, "head.0.bias": 192, "head.2.weight": 192, "head.2.bias": 192,
	} {
		v, bound := engine.Floats(w.Get(name)), 1/math.Sqrt(fan)
		sum, squares, largest := 0.0, 0.0, 0.0
		for _, x := range v {
			sum += float64(x)
			squares += float64(x) * float64(x)
			largest = math.Max(largest, math.Abs(float64(x)))
		}
		n := float64(len(v))
		std := bound / math.Sqrt(3)
		if largest > bound || largest < bound*(1-10/n) {
			t.Errorf("%s: largest %v, want just below %v", name, largest, bound)
		}
		if math.Abs(sum/n) > 5*std/math.Sqrt(n) || math.Abs(squares/n/(std*std)-1) > 5/math.Sqrt(n) {
			t.Errorf("%s: mean %v, variance %v, want 0 and %v", name, sum/n, squares/n, std*std)
		}
	}
	for name, want := range map[string]float32{"bn3.weight": 1, "bn3.bias": 0, "bn3.running_mean": 0, "bn3.running_var": 1} {
		for _, x := range engine.Floats(w.Get(name)) {
			if x != want {
				t.Fatalf("%s begins with %v, want %v", name, x, want)
			}
		}
	}
}

func TestInitialWeightsFollowTheSeed(t *testing.T) {
	e, eng := encoder(t, nn.Config{Width: 8}), cpu.New()
	a, b, c := e.NewWeights(eng, 1), e.NewWeights(eng, 1), e.NewWeights(eng, 2)
	if !slices.Equal(engine.Floats(a.Flat), engine.Floats(b.Flat)) {
		t.Error("one seed, two sets of weights")
	}
	if slices.Equal(engine.Floats(a.Get("conv1.weight")), engine.Floats(c.Get("conv1.weight"))) {
		t.Error("two seeds, one set of weights")
	}
	other := encoder(t, nn.Config{Width: 8, Classes: 5}).NewWeights(eng, 1)
	if !slices.Equal(engine.Floats(a.Get("conv4.weight")), engine.Floats(other.Get("conv4.weight"))) {
		t.Error("a classifier begins with another body")
	}
	if other.Get("fc.bias") == nil || other.Get("head.0.weight") != nil {
		t.Error("a classifier has fc and no head")
	}
}

// The arena is the parameters in order, and they are views of it.
func TestFlatIsTheParameters(t *testing.T) {
	e := encoder(t, nn.Config{Net: "resnet18", Width: 2})
	w := e.NewWeights(cpu.New(), 1)
	var all []float32
	for _, p := range w.Params {
		all = append(all, engine.Floats(p.Value)...)
	}
	if !slices.Equal(all, engine.Floats(w.Flat)) {
		t.Error("the arena is not the parameters one after the other")
	}
	w.Engine.SGD(w.Flat, w.Engine.New(len(all)), w.Flat, 1, 0, 0) // w -= w
	if v := engine.Floats(w.Get("layer2.0.downsample.0.weight")); slices.ContainsFunc(v, func(x float32) bool { return x != 0 }) {
		t.Error("a parameter did not follow its arena")
	}
}

func TestCloneIsApart(t *testing.T) {
	e := encoder(t, nn.Config{Width: 4})
	w := e.NewWeights(cpu.New(), 1)
	w.Engine.Upload(w.Get("bn1.running_mean"), []float32{1, 2, 3, 4})
	for _, eng := range []engine.Engine{nil, cpu.New()} {
		c := w.Clone(eng)
		if !slices.Equal(engine.Floats(c.Flat), engine.Floats(w.Flat)) || engine.Floats(c.Get("bn1.running_mean"))[3] != 4 {
			t.Error("a clone is not equal")
		}
		if eng != nil && engine.Of(c.Get("conv1.weight")) != eng {
			t.Error("a clone is not on the engine that was asked for")
		}
		before := engine.Floats(w.Flat)
		c.Engine.MomentumUpdate(c.Flat, c.Engine.New(e.Parameters()), 0)
		if !slices.Equal(engine.Floats(w.Flat), before) {
			t.Error("a clone shares memory")
		}
	}
	defer func() {
		if recover() == nil {
			t.Error("weights of another encoder were copied")
		}
	}()
	w.CopyFrom(encoder(t, nn.Config{Width: 5}).NewWeights(w.Engine, 1))
}

func TestSaveAndLoad(t *testing.T) {
	e := encoder(t, nn.Config{Net: "resnet18", Width: 2, Head: 1, Splits: 2})
	w := e.NewWeights(cpu.New(), 1)
	w.Engine.Upload(w.Get("layer3.0.downsample.1.running_var"), []float32{1, 2, 3, 4, 5, 6, 7, 8})
	path := filepath.Join(t.TempDir(), "new", "w.safetensors")
	if err := w.Save(path); err != nil {
		t.Fatal(err)
	}
	back := e.NewWeights(cpu.New(), 2)
	if err := back.Load(path); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(engine.Floats(back.Flat), engine.Floats(w.Flat)) || engine.Floats(back.Get("layer3.0.downsample.1.running_var"))[7] != 8 {
		t.Error("what was loaded is not what was saved")
	}
}

// Two sets of weights in one file come back each as it was, running statistics and values that are no numbers included.
func TestPrefixedAndRestore(t *testing.T) {
	e := encoder(t, nn.Config{Width: 4})
	a, b := e.NewWeights(cpu.New(), 1), e.NewWeights(cpu.New(), 2)
	a.Engine.Upload(a.Get("bn1.running_var"), []float32{1, float32(math.NaN()), 3, float32(math.Inf(1))})
	f := &safetensors.File{Tensors: append(a.Prefixed("a."), b.Prefixed("b.")...)}
	for prefix, want := range map[string]*nn.Weights{"a.": a, "b.": b} {
		back := e.NewWeights(cpu.New(), 3)
		if err := back.Restore(f, prefix); err != nil {
			t.Fatal(err)
		}
		got, expected := back.Tensors(), want.Tensors()
		for i := range expected {
			for j, v := range expected[i].Data.([]float32) {
				if w := got[i].Data.([]float32)[j]; math.Float32bits(w) != math.Float32bits(v) {
					t.Fatalf("%s%s: element %d is %v, want %v", prefix, got[i].Name, j, w, v)
				}
			}
		}
	}
	before := engine.Floats(a.Flat)
	if err := a.Restore(f, "c."); err == nil || !strings.Contains(err.Error(), `no tensor "c.`) || !slices.Equal(engine.Floats(a.Flat), before) {
		t.Errorf("%v: want the name, and the weights as they were", err)
	}
}

// What PyTorch saved has names that we have, and none besides, but for num_batches_tracked.
func TestNamesArePyTorchs(t *testing.T) {
	for _, c := range torchNets {
		f, err := safetensors.Read("testdata/" + c.name + ".weights.safetensors")
		if err != nil {
			t.Fatal(err)
		}
		w := encoder(t, c.config).NewWeights(cpu.New(), 1)
		n := 0
		for _, x := range f.Tensors {
			if strings.HasSuffix(x.Name, "num_batches_tracked") {
				continue
			}
			n++
			if v := w.Get(x.Name); v == nil || !slices.Equal([]int(v.Shape()), x.Shape) {
				t.Errorf("%s: PyTorch has %s %v", c.name, x.Name, x.Shape)
			}
		}
		if want := len(w.Params) + 2*len(w.Stats); n != want {
			t.Errorf("%s: PyTorch has %d tensors, we have %d", c.name, n, want)
		}
	}
}

func TestLoadErrors(t *testing.T) {
	dir := t.TempDir()
	e := encoder(t, nn.Config{Width: 4, Size: 8, Dim: 6})
	w := e.NewWeights(cpu.New(), 1)
	before := engine.Floats(w.Flat)
	change := func(f func(*safetensors.File)) string {
		file, err := safetensors.Read("testdata/main.weights.safetensors")
		if err != nil {
			t.Fatal(err)
		}
		f(file)
		path := filepath.Join(dir, "changed")
		if err := safetensors.Write(path, file); err != nil {
			t.Fatal(err)
		}
		return path
	}
	at := func(f *safetensors.File, name string) *safetensors.Tensor {
		return &f.Tensors[slices.IndexFunc(f.Tensors, func(x safetensors.Tensor) bool { return x.Name == name })]
	}
	whole, err := os.ReadFile("testdata/main.weights.safetensors")
	if err != nil {
		t.Fatal(err)
	}
	cut := filepath.Join(dir, "cut")
	if err := os.WriteFile(cut, bytes.Clone(whole[:len(whole)-10]), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ want, path string }{
		{"no such file", filepath.Join(dir, "none")},
		{"truncated", cut},
		{`no tensor "head.2.bias"`, change(func(f *safetensors.File) { at(f, "head.2.bias").Name = "head.3.bias" })},
	} {
		if err := w.Load(c.path); err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), c.path) {
			t.Errorf("%v, want an error with %s and %s", err, c.want, c.path)
		}
	}
	for want, f := range map[string]func(*safetensors.File){
		`tensor "extra" is none of main`: func(f *safetensors.File) {
			f.Tensors = append(f.Tensors, safetensors.Tensor{Name: "extra", Data: []int64{1}})
		},
		`"conv2.weight" has shape [4 36], want [4 4 3 3]`: func(f *safetensors.File) { at(f, "conv2.weight").Shape = []int{4, 36} },
		`"bn1.bias": element 2 is NaN`:                    func(f *safetensors.File) { at(f, "bn1.bias").Data.([]float32)[2] = float32(math.NaN()) },
		`"bn1.bias": element 0 is +Inf`:                   func(f *safetensors.File) { at(f, "bn1.bias").Data.([]float32)[0] = float32(math.Inf(1)) },
		`"bn1.bias" is []float64, want F32`:               func(f *safetensors.File) { at(f, "bn1.bias").Data = make([]float64, 4) },
	} {
		if err := w.Load(change(f)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want an error with %s", err, want)
		}
	}
	if !slices.Equal(engine.Floats(w.Flat), before) {
		t.Error("a failed Load changed the weights")
	}
}

package nn

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/hardneg/hardneg/lib/engine"
	"github.com/hardneg/hardneg/lib/safetensors"
)

// Save writes the weights as safetensors, under PyTorch's names.
func (w *Weights) Save(path string) error {
	meta := map[string]string{"format": "pt", "net": w.encoder.Config.Net}
	return safetensors.Write(path, &safetensors.File{Tensors: w.Tensors(), Metadata: meta})
}

// Tensors are copies of all parameters, then all running statistics, under PyTorch's names.
func (w *Weights) Tensors() []safetensors.Tensor { return w.Prefixed("") }

// Prefixed are Tensors whose names begin with prefix: several sets of weights in one file.
func (w *Weights) Prefixed(prefix string) []safetensors.Tensor {
	var t []safetensors.Tensor
	for _, n := range w.named() {
		t = append(t, safetensors.Tensor{Name: prefix + n.name, Shape: n.value.Shape().Clone(), Data: engine.Floats(n.value)})
	}
	return t
}

// Load reads what Save or PyTorch wrote. Names and shapes must be those of w's encoder, values must be finite
// numbers; on an error w is as it was. Tensors called num_batches_tracked are passed over.
func (w *Weights) Load(path string) error {
	f, err := safetensors.Read(path)
	if err != nil {
		return fmt.Errorf("load weights: %w", err)
	}
	if err := w.load(f); err != nil {
		return fmt.Errorf("load weights: %s: %w", path, err)
	}
	return nil
}

func (w *Weights) load(f *safetensors.File) error {
	all := w.named()
	values, err := w.find(f, "")
	if err != nil {
		return err
	}
	for i, n := range all {
		for j, x := range values[i] {
			if math.IsNaN(float64(x)) || math.IsInf(float64(x), 0) {
				return fmt.Errorf("tensor %q: element %d is %v", n.name, j, x)
			}
		}
	}
	for _, t := range f.Tensors {
		known := slices.ContainsFunc(all, func(n namedTensor) bool { return n.name == t.Name })
		if !known && !strings.HasSuffix(t.Name, "num_batches_tracked") {
			return fmt.Errorf("tensor %q is none of %s", t.Name, w.encoder.Config.Net)
		}
	}
	w.set(values)
	return nil
}

// Restore reads what Prefixed gave, among other tensors of f, bit for bit. Names and shapes must be those of w's
// encoder; on an error w is as it was. Values that are no numbers are taken as they are.
func (w *Weights) Restore(f *safetensors.File, prefix string) error {
	values, err := w.find(f, prefix)
	if err == nil {
		w.set(values)
	}
	return err
}

// find gives the values in f of each tensor of w.
func (w *Weights) find(f *safetensors.File, prefix string) ([][]float32, error) {
	all := w.named()
	values := make([][]float32, len(all))
	for i, n := range all {
		name := prefix + n.name
		t, ok := f.Get(name)
		if !ok {
			return nil, fmt.Errorf("no tensor %q: these are not weights of %s (%+v)", name, w.encoder.Config.Net, w.encoder.Config)
		}
		if !slices.Equal(t.Shape, []int(n.value.Shape())) {
			return nil, fmt.Errorf("tensor %q has shape %v, want %v", name, t.Shape, []int(n.value.Shape()))
		}
		var err error
		if values[i], err = f.Float32(name); err != nil {
			return nil, err
		}
	}
	return values, nil
}

func (w *Weights) set(values [][]float32) {
	for i, n := range w.named() {
		w.Engine.Upload(n.value, values[i])
	}
}

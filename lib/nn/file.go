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
func (w *Weights) Tensors() []safetensors.Tensor {
	var t []safetensors.Tensor
	for _, n := range w.named() {
		t = append(t, safetensors.Tensor{Name: n.name, Shape: n.value.Shape().Clone(), Data: engine.Floats(n.value)})
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
	values := make([][]float32, len(all))
	for i, n := range all {
		t, ok := f.Get(n.name)
		if !ok {
			return fmt.Errorf("no tensor %q: these are not weights of %s (%+v)", n.name, w.encoder.Config.Net, w.encoder.Config)
		}
		if !slices.Equal(t.Shape, []int(n.value.Shape())) {
			return fmt.Errorf("tensor %q has shape %v, want %v", n.name, t.Shape, []int(n.value.Shape()))
		}
		v, err := f.Float32(n.name)
		if err != nil {
			return err
		}
		for j, x := range v {
			if math.IsNaN(float64(x)) || math.IsInf(float64(x), 0) {
				return fmt.Errorf("tensor %q: element %d is %v", n.name, j, x)
			}
		}
		values[i] = v
	}
	for _, t := range f.Tensors {
		known := slices.ContainsFunc(all, func(n namedTensor) bool { return n.name == t.Name })
		if !known && !strings.HasSuffix(t.Name, "num_batches_tracked") {
			return fmt.Errorf("tensor %q is none of %s", t.Name, w.encoder.Config.Net)
		}
	}
	for i, n := range all {
		w.Engine.Upload(n.value, values[i])
	}
	return nil
}

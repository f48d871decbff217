package safetensors

import (
	"fmt"
	"slices"
)

// Integers makes a tensor (len(v)) int64.
func Integers(name string, v []int) Tensor {
	out := make([]int64, len(v))
	for i, x := range v {
		out[i] = int64(x)
	}
	return Tensor{Name: name, Shape: []int{len(v)}, Data: out}
}

// Floats are the values of the float32 tensor called name, which must be of that shape.
func (f *File) Floats(name string, shape []int) ([]float32, error) {
	v, err := f.Float32(name)
	if err != nil {
		return nil, err
	}
	return v, f.shaped(name, shape)
}

// Integers are the n values of the int64 tensor called name, each at least low and at most top.
func (f *File) Integers(name string, n, low, top int) ([]int, error) {
	v, err := f.Int64(name)
	if err != nil {
		return nil, err
	}
	if err := f.shaped(name, []int{n}); err != nil {
		return nil, err
	}
	out := make([]int, n)
	for i, x := range v {
		if x < int64(low) || x > int64(top) {
			return nil, fmt.Errorf("tensor %q: element %d is %d, want %d to %d", name, i, x, low, top)
		}
		out[i] = int(x)
	}
	return out, nil
}

func (f *File) shaped(name string, want []int) error {
	if t, _ := f.Get(name); !slices.Equal(t.Shape, want) {
		return fmt.Errorf("tensor %q has shape %v, want %v", name, t.Shape, want)
	}
	return nil
}

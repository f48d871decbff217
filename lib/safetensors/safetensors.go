// Package safetensors reads and writes named arrays in the safetensors format, which PyTorch and others read:
// 8 bytes with the length of a JSON header, the header, and the arrays one after the other, little-endian
// (https://github.com/huggingface/safetensors, "Format").
package safetensors

import "fmt"

// Tensor is a named array in row-major order. Data is a []float32, []float64 or []int64 with as many elements as
// the product of Shape; a Shape of no dimensions is one element.
type Tensor struct {
	Name  string
	Shape []int
	Data  any
}

// File is the contents of a file: tensors in the order of their bytes, and free text.
type File struct {
	Tensors  []Tensor
	Metadata map[string]string
}

// Get returns the tensor called name.
func (f *File) Get(name string) (Tensor, bool) {
	for _, t := range f.Tensors {
		if t.Name == name {
			return t, true
		}
	}
	return Tensor{}, false
}

// Float32 returns the data of the tensor called name; an error if there is none, or if it is of another type.
func (f *File) Float32(name string) ([]float32, error) { return data[float32](f, name, "F32") }

// Float64 is Float32 for float64, Int64 for int64.
func (f *File) Float64(name string) ([]float64, error) { return data[float64](f, name, "F64") }
func (f *File) Int64(name string) ([]int64, error)     { return data[int64](f, name, "I64") }

func data[T any](f *File, name, want string) ([]T, error) {
	t, ok := f.Get(name)
	if !ok {
		return nil, fmt.Errorf("no tensor %q", name)
	}
	d, ok := t.Data.([]T)
	if !ok {
		return nil, fmt.Errorf("tensor %q is %T, want %s", name, t.Data, want)
	}
	return d, nil
}

// size is the number of elements of a shape; not ok where it is negative or absurd.
func size(shape []int) (n int, ok bool) {
	n = 1
	for _, d := range shape {
		if d < 0 || d > 0 && n > maxElements/d {
			return 0, false
		}
		n *= d
	}
	return n, true
}

// maxElements bounds what a header may ask for (2^40), so that products do not overflow.
const maxElements = 1 << 40

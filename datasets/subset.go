package datasets

import (
	"fmt"

	"github.com/hardneg/hardneg/lib/stream"
)

// Subset is the images of d at the given indices, in their order. An image keeps its ID. Pixels are shared
// with d. An index that is out of range or met twice is an error.
func Subset(d Dataset, index []int) (Dataset, error) {
	seen := make([]bool, d.Len())
	for at, i := range index {
		if i < 0 || i >= d.Len() {
			return nil, fmt.Errorf("subset of %s: index %d at place %d, want 0 to %d", d.Name(), i, at, d.Len()-1)
		}
		if seen[i] {
			return nil, fmt.Errorf("subset of %s: index %d at place %d was met before", d.Name(), i, at)
		}
		seen[i] = true
	}
	return &subset{Dataset: d, index: append([]int(nil), index...)}, nil
}

// Sample is the first n images of a shuffle of d that the seed fixes. A smaller sample of the same seed is the
// beginning of a larger one. n = d.Len() shuffles the whole set; n out of 1 to d.Len() is an error.
func Sample(d Dataset, n int, seed uint64) (Dataset, error) {
	if n < 1 || n > d.Len() {
		return nil, fmt.Errorf("sample of %s: %d images, want 1 to %d", d.Name(), n, d.Len())
	}
	return Subset(d, stream.New(seed, stream.Subset).Perm(d.Len())[:n])
}

// subset passes Name, Size, Classes and Sum on.
type subset struct {
	Dataset
	index []int
}

func (s *subset) Len() int { return len(s.index) }

func (s *subset) Image(i int) ([]uint8, error) {
	if i < 0 || i >= len(s.index) {
		return nil, fmt.Errorf("subset of %s: no image %d, there are %d", s.Name(), i, len(s.index))
	}
	return s.Dataset.Image(s.index[i])
}

func (s *subset) Label(i int) int { return s.Dataset.Label(s.index[i]) }

func (s *subset) ID(i int) int { return s.Dataset.ID(s.index[i]) }

func (s *subset) levels() []Level {
	levels := Levels(s.Dataset)
	out := make([]Level, len(levels))
	for k, l := range levels {
		out[k] = Level{Name: l.Name, Classes: l.Classes, Labels: make([]int, len(s.index))}
		for i, at := range s.index {
			out[k].Labels[i] = l.Labels[at]
		}
	}
	return out
}

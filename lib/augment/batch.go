package augment

import (
	"fmt"
	"sync"

	"github.com/hardneg/hardneg/datasets"
	"github.com/hardneg/hardneg/lib/parallel"
	"github.com/hardneg/hardneg/lib/stream"
)

// Batch is two views of each of N images.
type Batch struct {
	Epoch int
	Step  int   // since the run's beginning, not the epoch's
	Index []int // (N) of the images in the data set
	ID    []int // (N) the images' identities, kept by subsets
	Label []int // (N)

	X1, X2 []float32 // (N, 3, Size, Size), normalised: the two views

	job    *job    // of the loader that made it
	loader *Loader // that lent it; nil once it is given back
}

// Views makes one batch: the two views that the images index of d have in an epoch of a run with this seed. They are the
// views, to the bit, that a Loader hands out.
func Views(d datasets.Dataset, c Config, index []int, seed uint64, epoch int) (*Batch, error) {
	c, err := c.of(d)
	if err != nil {
		return nil, err
	}
	for _, i := range index {
		if i < 0 || i >= d.Len() {
			return nil, fmt.Errorf("augment: image %d of %s, which has %d", i, d.Name(), d.Len())
		}
	}
	b := newBatch(len(index), c.Size)
	b.Epoch = epoch
	copy(b.Index, index)
	scratch := make([]Scratch, parallel.Threads())
	var failed firstError
	parallel.ForWorker(len(index), 1, func(worker, lo, hi int) {
		for n := lo; n < hi; n++ {
			failed.at(n, b.fill(n, d, c, seed, &scratch[worker]))
		}
	})
	return b, failed.err
}

// Order is the order in which an epoch of a run with this seed visits n images.
func Order(n int, seed uint64, epoch int) []int {
	return stream.New(seed, stream.Order, uint64(epoch)).Perm(n)
}

// newBatch allocates a batch of n images with views of size px.
func newBatch(n, size int) *Batch {
	ints := make([]int, 3*n)
	return &Batch{
		Index: ints[:n:n], ID: ints[n : 2*n : 2*n], Label: ints[2*n:],
		X1: make([]float32, n*3*size*size), X2: make([]float32, n*3*size*size),
	}
}

// Len is the number of images, N.
func (b *Batch) Len() int { return len(b.Index) }

// fill makes entry n of b from the image Index[n] of d. The stream of the views is that of (seed, Epoch, ID).
func (b *Batch) fill(n int, d datasets.Dataset, c Config, seed uint64, s *Scratch) error {
	i := b.Index[n]
	img, err := d.Image(i)
	if err != nil {
		return fmt.Errorf("augment: image %d of %s: %w", i, d.Name(), err)
	}
	h, w := d.Size()
	if len(img) != h*w*3 {
		return fmt.Errorf("augment: image %d of %s has %d bytes, want %d (%d x %d x 3)", i, d.Name(), len(img), h*w*3, h, w)
	}
	b.ID[n], b.Label[n] = d.ID(i), d.Label(i)
	r := stream.New(seed, stream.View, uint64(b.Epoch), uint64(b.ID[n]))
	m := 3 * c.Size * c.Size
	c.Apply(b.X1[n*m:(n+1)*m], img, h, w, c.Draw(h, w, r), s)
	c.Apply(b.X2[n*m:(n+1)*m], img, h, w, c.Draw(h, w, r), s)
	return nil
}

// firstError keeps the error of the first entry of a batch that has one, whoever comes first.
type firstError struct {
	mu  sync.Mutex
	n   int
	err error
}

func (f *firstError) at(n int, err error) {
	if err == nil {
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.err == nil || n < f.n {
		f.n, f.err = n, err
	}
}

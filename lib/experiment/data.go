package experiment

import (
	"fmt"
	"sync"

	"github.com/hardneg/hardneg/datasets"
	"github.com/hardneg/hardneg/lib/augment"
)

// prepared is the data of a run.
type prepared struct {
	train, test datasets.Dataset
	views       augment.Config
	data        Data
}

// prepare opens the data of s, draws the training subset and measures its mean and deviation. Too few images are an
// error here, before any training.
func prepare(s Setting, dir string, sets *setCache) (*prepared, error) {
	train, test, err := sets.open(s, dir)
	if err != nil {
		return nil, err
	}
	if train.Len() < s.TrainImages {
		return nil, bad("train_images", s.TrainImages, "%s has %d: ask for at most as many", train.Name(), train.Len())
	}
	if test.Len() < s.TestImages {
		return nil, bad("test_images", s.TestImages, "%s has %d: ask for at most as many", test.Name(), test.Len())
	}
	p := &prepared{}
	if p.train, err = datasets.Sample(train, s.TrainImages, s.Seed); err != nil {
		return nil, err
	}
	first := make([]int, s.TestImages)
	for i := range first {
		first[i] = i
	}
	if p.test, err = datasets.Subset(test, first); err != nil {
		return nil, err
	}
	if p.train, err = datasets.Resize(p.train, s.Size); err != nil {
		return nil, err
	}
	if p.test, err = datasets.Resize(p.test, s.Size); err != nil {
		return nil, err
	}
	p.views = s.Views.config(s.Size)
	if p.views.Mean, p.views.Std, err = datasets.MeanStd(p.train); err != nil {
		return nil, err
	}
	p.data = Data{
		Train:     Source{p.train.Name(), p.train.Sum(), p.train.Len()},
		Test:      Source{p.test.Name(), p.test.Sum(), p.test.Len()},
		Classes:   len(p.train.Classes()),
		SameClass: sameClassRate(p.train),
		Mean:      p.views.Mean, Std: p.views.Std,
	}
	return p, nil
}

// config gives the numbers of v to package augment.
func (v Views) config(size int) augment.Config {
	return augment.Config{
		Size:    size,
		CropMin: v.CropMin, CropMax: v.CropMax,
		JitterP: v.Jitter, Brightness: v.Brightness, Contrast: v.Contrast, Saturation: v.Saturation, Hue: v.Hue,
		GrayP: v.Gray,
		BlurP: v.Blur, SigmaMin: v.BlurMin, SigmaMax: v.BlurMax,
		FlipP: v.Flip,
	}
}

// sameClassRate is the share of pairs of different images that are of one class: what a negative that is drawn blindly
// has.
func sameClassRate(d datasets.Dataset) float64 {
	counts := make([]float64, len(d.Classes()))
	for i := range d.Len() {
		counts[d.Label(i)]++
	}
	pairs := 0.0
	for _, n := range counts {
		pairs += n * (n - 1)
	}
	n := float64(d.Len())
	return pairs / (n * (n - 1))
}

// setCache keeps the last data set that was opened, for the next run of a sweep.
type setCache struct {
	mu          sync.Mutex
	key         string
	train, test datasets.Dataset
}

func (c *setCache) open(s Setting, dir string) (train, test datasets.Dataset, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	o := datasets.Options{Dir: dir}
	if s.Dataset == "taxa" { // computed, at the size and in the number that are asked for
		o.Size, o.Train, o.Test = s.Size, s.TrainImages, s.TestImages
	}
	key := fmt.Sprintf("%s %+v", s.Dataset, o)
	if c.key != key {
		if c.train, c.test, err = datasets.Open(s.Dataset, o); err != nil {
			c.key = ""
			return nil, nil, err
		}
		c.key = key
	}
	return c.train, c.test, nil
}

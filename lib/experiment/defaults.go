package experiment

import "github.com/hardneg/hardneg/lib/contrast"

// defaults are the settings of a data set: what a zero field becomes.
var defaults = map[string]Setting{
	// The setting that the set was judged by: 20 epochs of 6,000 images.
	"taxa": {TrainImages: 6000, TestImages: 3000, Size: 24, Epochs: 20, Queue: 2048, Temperature: 0.1},
	// "main" of the pilot.
	"cifar10": {TrainImages: 10000, TestImages: 10000, Size: 16, Epochs: 10, Queue: 4096, Temperature: 0.1},
	// 20,000 images, since a class of 100 needs more of them, and T 0.2, where bands differ most.
	"cifar100":        {TrainImages: 20000, TestImages: 10000, Size: 16, Epochs: 10, Queue: 4096, Temperature: 0.2},
	"cifar100-coarse": {TrainImages: 20000, TestImages: 10000, Size: 16, Epochs: 10, Queue: 4096, Temperature: 0.2},
	// Its own 28 pixels: an untrained encoder is within a point of a trained one here, so it settles nothing.
	"fashion-mnist": {TrainImages: 10000, TestImages: 10000, Size: 28, Epochs: 10, Queue: 4096, Temperature: 0.1},
}

// nets are the settings of an encoder. A later net adds itself here.
var nets = map[string]Setting{
	"main":     {Width: 48, Head: 2, Dim: 64, Splits: 1},  // the pilot
	"resnet18": {Width: 64, Head: 1, Dim: 128, Splits: 8}, // MoCo's own notebook for CIFAR
}

// defaultViews are the pilot's: crop as MoCo on ImageNet has it, no blur since the images are small.
var defaultViews = Views{CropMin: 0.2, CropMax: 1, Flip: 0.5, Jitter: 0.8, Brightness: 0.4, Contrast: 0.4,
	Saturation: 0.4, Hue: 0.1, Gray: 0.2}

// Complete returns s with every zero field set to its default, every field that its method does not use cleared,
// and its policy spelt in the canonical way. It is what runs and what a record holds; completing twice changes
// nothing. A setting that Validate refuses may come back incomplete.
//
// Common to all data sets: net "main", batch 128, m 0.99, rate 0.03, SGD's momentum 0.9, decay 5e-4, policy 0-100.
func (s Setting) Complete() Setting {
	s.Version = SettingVersion
	text(&s.Dataset, "taxa")
	text(&s.Net, "main")
	text(&s.Method, MoCo)
	d, n := defaults[s.Dataset], nets[s.Net]
	number(&s.TrainImages, d.TrainImages)
	number(&s.TestImages, d.TestImages)
	number(&s.Size, d.Size)
	number(&s.Epochs, d.Epochs)
	number(&s.Queue, d.Queue)
	number(&s.Temperature, d.Temperature)
	number(&s.Width, n.Width)
	number(&s.Head, n.Head)
	number(&s.Dim, n.Dim)
	number(&s.Splits, n.Splits)
	number(&s.Batch, 128)
	number(&s.KeyMomentum, 0.99)
	number(&s.Rate, 0.03)
	number(&s.Momentum, 0.9)
	number(&s.Decay, 5e-4)
	text(&s.Policy, "0-100")
	if s.Views == (Views{}) {
		s.Views = defaultViews
	}
	s.clear()
	if s.Policy != "" {
		if p, err := contrast.ParsePolicy(s.Policy); err == nil {
			s.Policy = p.String()
		}
	}
	return s
}

// clear sets to zero what the method does not look at. An untrained encoder keeps its queue, on which its
// negatives are described.
func (s *Setting) clear() {
	switch s.Method {
	case Untrained:
		s.Epochs, s.Temperature, s.KeyMomentum, s.Policy = 0, 0, 0, ""
		s.Rate, s.Momentum, s.Decay = 0, 0, 0
		s.OwnImage, s.NoiseQueue = false, false
	case Supervised:
		s.Queue, s.Temperature, s.KeyMomentum, s.Policy = 0, 0, 0, ""
		s.Head, s.Dim = 0, 0
		s.OwnImage, s.NoiseQueue = false, false
	}
}

func text(field *string, value string) {
	if *field == "" {
		*field = value
	}
}

func number[T int | float64](field *T, value T) {
	if *field == 0 {
		*field = value
	}
}

package experiment

import (
	"fmt"
	"maps"
	"math"
	"slices"

	"github.com/hardneg/hardneg/datasets"
	"github.com/hardneg/hardneg/lib/contrast"
	"github.com/hardneg/hardneg/lib/suggest"
)

// SettingError says which field of a setting cannot be, and what to do.
type SettingError struct {
	Field string // as in the record's JSON
	Value any
	Err   error
}

func (e *SettingError) Error() string {
	return fmt.Sprintf("setting %s = %v: %v", e.Field, e.Value, e.Err)
}

func (e *SettingError) Unwrap() error { return e.Err }

// Validate returns the first reason why the completed setting cannot run, as a *SettingError. It looks at no data:
// a training set that is smaller than TrainImages is found by Run, before it trains.
func (s Setting) Validate() error {
	s = s.Complete()
	for _, check := range []func(Setting) error{checkNames, checkNumbers, checkData, checkNet, checkQueue, checkViews} {
		if err := check(s); err != nil {
			return err
		}
	}
	return nil
}

func bad(field string, value any, format string, a ...any) error {
	return &SettingError{field, value, fmt.Errorf(format, a...)}
}

func checkNames(s Setting) error {
	for _, f := range []struct {
		field, kind, value string
		names              []string
	}{
		{"dataset", "data set", s.Dataset, datasets.Names()},
		{"net", "net", s.Net, slices.Sorted(maps.Keys(nets))},
		{"method", "method", s.Method, []string{MoCo, Untrained, Supervised}},
	} {
		if !slices.Contains(f.names, f.value) {
			return &SettingError{f.field, f.value, suggest.Unknown(f.kind, f.value, f.names)}
		}
	}
	return nil
}

// checkNumbers refuses what is not a number and what is out of a field's range, whatever the other fields are.
func checkNumbers(s Setting) error {
	for _, f := range []struct {
		field    string
		value    float64
		low, top float64 // both excluded
		used     bool
	}{
		{"temperature", s.Temperature, 0, 100, s.Method == MoCo},
		{"key_momentum", s.KeyMomentum, 0, 1, s.Method == MoCo},
		{"rate", s.Rate, 0, 100, s.Method != Untrained},
		{"momentum", s.Momentum, 0, 1, s.Method != Untrained},
		{"decay", s.Decay, math.Inf(-1), 1, s.Method != Untrained},
	} {
		switch {
		case !f.used:
		case math.IsNaN(f.value) || math.IsInf(f.value, 0):
			return bad(f.field, f.value, "it is not a number: give one between %g and %g", f.low, f.top)
		case f.value <= f.low || f.value >= f.top:
			return bad(f.field, f.value, "it is out of range: give a number between %g and %g", f.low, f.top)
		}
	}
	return nil
}

func checkData(s Setting) error {
	switch {
	case s.TrainImages < 2:
		return bad("train_images", s.TrainImages, "there must be at least 2")
	case s.TestImages < 1:
		return bad("test_images", s.TestImages, "there must be at least 1")
	case s.Size < 8 || s.Size > 256:
		return bad("size", s.Size, "the side of an image is 8 to 256 pixels")
	case s.Method != Untrained && s.Epochs < 1:
		return bad("epochs", s.Epochs, "there must be at least 1; for no training set the method to %q", Untrained)
	case s.Batch < 2:
		return bad("batch", s.Batch, "batch normalisation needs at least 2 images")
	case s.Batch > s.TrainImages:
		return bad("batch", s.Batch, "it is larger than the data, %d images: set batch to at most %d or train_images to at least %d",
			s.TrainImages, s.TrainImages, s.Batch)
	}
	return nil
}

func checkNet(s Setting) error {
	switch {
	case s.Width < 1:
		return bad("width", s.Width, "there must be at least 1 channel")
	case s.Splits < 1 || s.Batch%s.Splits != 0 || s.Batch/s.Splits < 2:
		return bad("splits", s.Splits, "the batch of %d must fall into equal splits of at least 2 images", s.Batch)
	case s.Method != Supervised && s.Head != 1 && s.Head != 2:
		return bad("head", s.Head, "a projection head has 1 or 2 layers")
	case s.Method != Supervised && s.Dim < 2:
		return bad("dim", s.Dim, "the contrastive space has at least 2 dimensions")
	}
	return nil
}

func checkQueue(s Setting) error {
	if s.Method == Supervised {
		return nil
	}
	if s.Queue < s.Batch || s.Queue%s.Batch != 0 {
		below := max(s.Queue/s.Batch, 1) * s.Batch
		return bad("queue", s.Queue, "K must be a multiple of the batch, %d: use %d or %d", s.Batch, below, below+s.Batch)
	}
	if s.Method != MoCo {
		return nil
	}
	p, err := contrast.ParsePolicy(s.Policy)
	if err == nil {
		_, _, err = ranks(p, s.Queue)
	}
	if err != nil {
		return &SettingError{"policy", fmt.Sprintf("%q", s.Policy), err}
	}
	return nil
}

// ranks are the ranks that p keeps of k negatives, start to end-1; a random policy is a band of as many.
func ranks(p contrast.Policy, k int) (start, end int, err error) {
	switch p := p.(type) {
	case contrast.Band:
		return p.Ranks(k)
	case contrast.Random:
		return contrast.Band{Lo: 0, Hi: p.Percent}.Ranks(k)
	}
	return 0, k, nil
}

func checkViews(s Setting) error {
	v := s.Views
	for _, f := range []struct {
		field           string
		value, low, top float64
	}{
		{"views.crop_max", v.CropMax, 1e-4, 1},
		{"views.crop_min", v.CropMin, 1e-4, v.CropMax},
		{"views.flip", v.Flip, 0, 1},
		{"views.jitter", v.Jitter, 0, 1},
		{"views.brightness", v.Brightness, 0, 1},
		{"views.contrast", v.Contrast, 0, 1},
		{"views.saturation", v.Saturation, 0, 1},
		{"views.hue", v.Hue, 0, 0.5},
		{"views.gray", v.Gray, 0, 1},
		{"views.blur", v.Blur, 0, 1},
		{"views.blur_max", v.BlurMax, 0, 100},
		{"views.blur_min", v.BlurMin, 0, v.BlurMax},
	} {
		if !(f.value >= f.low && f.value <= f.top) { // NaN as well
			return bad(f.field, f.value, "give a number from %g to %g", f.low, f.top)
		}
	}
	if v.Blur > 0 && v.BlurMin == 0 {
		return bad("views.blur_min", v.BlurMin, "a blur needs a sigma above 0: the recipe's is 0.1 to 2")
	}
	return nil
}

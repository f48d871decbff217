package experiment

import (
	"math"
	"strings"
	"testing"
)

func TestZeroSettingWorks(t *testing.T) {
	for _, s := range []Setting{{}, {Dataset: "cifar10"}, {Dataset: "cifar100"}, {Dataset: "cifar100-coarse"}, {Dataset: "fashion-mnist"},
		{Net: "resnet18"}, {Method: Untrained}, {Method: Supervised}} {
		if err := s.Validate(); err != nil {
			t.Errorf("%+v: %v", s, err)
		}
		if c := s.Complete(); c.Complete() != c {
			t.Errorf("completing %v twice changes it", s)
		}
	}
	main := Setting{Dataset: "cifar10"}.Complete()
	if main.TrainImages != 10000 || main.Size != 16 || main.Queue != 4096 || main.Epochs != 10 || main.Batch != 128 || main.Temperature != 0.1 ||
		main.KeyMomentum != 0.99 || main.Rate != 0.03 || main.Decay != 5e-4 || main.Width != 48 || main.Dim != 64 {
		t.Errorf("cifar10's defaults are not the pilot's: %+v", main)
	}
}

// The hashes name records that are kept for years: this test goes red when a field is added that is not omitted when
// it is zero, or when a default changes. A change of what a setting trains to takes a new SettingVersion.
func TestHashesStay(t *testing.T) {
	for _, c := range []struct {
		setting Setting
		name    string
	}{
		{Setting{}, "taxa_0-100_seed0_8703bcbbfe3a.json"},
		{Setting{Policy: "0-5", Seed: 3}, "taxa_0-5_seed3_150c8edf3588.json"},
		{Setting{Dataset: "cifar100", Policy: "random 5"}, "cifar100_random-5_seed0_87ff9352557f.json"},
		{Setting{Method: Untrained}, "taxa_untrained_seed0_4225deb0276e.json"},
	} {
		if got := c.setting.FileName(); got != c.name {
			t.Errorf("%v is named %s, want %s", c.setting, got, c.name)
		}
	}
}

func TestHashIsOfWhatRuns(t *testing.T) {
	base := Setting{Policy: "0-5"}
	same := base
	same.Policy, same.Dataset, same.Batch = "0.0-5", "taxa", 128
	if base.Hash() != same.Hash() {
		t.Error("two spellings of one setting have two hashes")
	}
	for field, value := range map[string]string{"temperature": "0.2", "queue": "4096", "own_image": "true", "seed": "1", "policy": "0-6", "views.blur": "0.5", "decay": "-1"} {
		other := base
		if err := other.Set(field, value); err != nil {
			t.Fatal(err)
		}
		if other.Hash() == base.Hash() {
			t.Errorf("%s = %s does not change the hash", field, value)
		}
	}
	if (Setting{Method: Untrained}).Hash() != (Setting{Method: Untrained, Policy: "0-5", Temperature: 0.5}).Hash() {
		t.Error("an untrained encoder's hash depends on a policy that it does not use")
	}
}

func TestBadSettings(t *testing.T) {
	for _, c := range []struct {
		setting Setting
		field   string
		words   string // what to do
	}{
		{Setting{Queue: 1000}, "queue", "use 896 or 1024"},
		{Setting{Queue: 64}, "queue", "use 128 or 256"},
		{Setting{Policy: "0-0.1", Queue: 400, Batch: 100}, "policy", "with 400, the second border must be at least"},
		{Setting{Policy: "5-5"}, "policy", "smaller than the second"},
		{Setting{Policy: "10-5"}, "policy", "5-10"},
		{Setting{Policy: "5-NaN"}, "policy", "not a decimal number"},
		{Setting{Policy: "randm 5"}, "policy", `"random"`},
		{Setting{Batch: 128, TrainImages: 100}, "batch", "set batch to at most 100 or train_images to at least 128"},
		{Setting{Temperature: math.NaN()}, "temperature", "not a number"},
		{Setting{Temperature: math.Inf(1)}, "temperature", "not a number"},
		{Setting{Temperature: -0.1}, "temperature", "between 0 and 100"},
		{Setting{KeyMomentum: 1}, "key_momentum", "between 0 and 1"},
		{Setting{Rate: math.NaN()}, "rate", "not a number"},
		{Setting{Decay: math.NaN()}, "decay", "not a number"},
		{Setting{Dataset: "cifr10"}, "dataset", `did you mean "cifar10"`},
		{Setting{Net: "resnet-18"}, "net", `did you mean "resnet18"`},
		{Setting{Method: "mooc"}, "method", `did you mean "moco"`},
		{Setting{Splits: 3}, "splits", "equal splits"},
		{Setting{Head: 3}, "head", "1 or 2"},
		{Setting{Size: 4}, "size", "8 to 256"},
		{Setting{Epochs: -1}, "epochs", "untrained"},
		{Setting{Views: Views{CropMin: 0.9, CropMax: 0.5}}, "views.crop_min", "from 0.0001 to 0.5"},
		{Setting{Views: Views{CropMin: 0.2, CropMax: math.NaN()}}, "views.crop_max", "from"},
		{Setting{Views: Views{CropMin: 0.2, CropMax: 1, Blur: 0.5, BlurMax: 2}}, "views.blur_min", "0.1 to 2"},
	} {
		err := c.setting.Validate()
		if err == nil {
			t.Errorf("%s: no error", c.field)
			continue
		}
		if e, ok := err.(*SettingError); !ok || e.Field != c.field || !strings.Contains(err.Error(), c.words) {
			t.Errorf("%s: %q, want the field and %q", c.field, err, c.words)
		}
	}
}

func TestSetByName(t *testing.T) {
	var s Setting
	for field, value := range map[string]string{"temperature": "0.2", "epochs": "5", "policy": "5-10", "own_image": "true", "views.gray": "0"} {
		if err := s.Set(field, value); err != nil {
			t.Fatal(err)
		}
	}
	if s.Temperature != 0.2 || s.Epochs != 5 || s.Policy != "5-10" || !s.OwnImage || s.Views.Gray != 0 || s.Views.CropMin != 0.2 {
		t.Errorf("%+v", s)
	}
	for _, c := range [][3]string{{"temprature", "1", `"temperature"`}, {"epochs", "many", "whole number"}, {"views.grey", "1", `"views.gray"`}, {"seed", "-1", "not negative"},
		{"temperature", "0", "stands for the default, 0.1"}, {"epochs", "0", "stands for the default"}, {"policy", "", "stands for the default"},
		{"rate", "null", "it is a number"}, {"own_image", "null", "true or false"}} {
		before := s
		if err := s.Set(c[0], c[1]); err == nil || !strings.Contains(err.Error(), c[2]) {
			t.Errorf("%s=%s: %v, want %q in it", c[0], c[1], err, c[2])
		}
		if s != before {
			t.Errorf("%s=%s is refused and set", c[0], c[1])
		}
	}
}

package nn_test

import (
	"strings"
	"testing"

	"github.com/hardneg/hardneg/lib/nn"
)

func TestZeroConfigIsMain(t *testing.T) {
	e, err := nn.New(nn.Config{})
	if err != nil {
		t.Fatal(err)
	}
	if want := (nn.Config{Net: "main", Size: 16, Width: 48, Head: 2, Dim: 64, Splits: 1}); e.Config != want {
		t.Errorf("%+v, want %+v", e.Config, want)
	}
}

// Numbers of parameters: main's is the pilot's; ResNet-18's are torchvision's 11,689,512 less its classifier of
// 1,000 classes (513,000) and its 7x7 stem (9,408), with a 3x3 stem (1,728) and the head or classifier.
func TestParameters(t *testing.T) {
	const body = 11_689_512 - 513_000 - 9_408 + 1_728
	for _, c := range []struct {
		config             nn.Config
		parameters, f, out int
	}{
		{nn.Config{}, 279_568, 192, 64},
		{nn.Config{Size: 32}, 279_568, 192, 64},
		{nn.Config{Head: 1}, 279_568 - 192*192 - 192, 192, 64},
		{nn.Config{Classes: 10}, 230_160 + 1_930, 192, 10},
		{nn.Config{Net: "resnet18", Head: 1}, body + 512*128 + 128, 512, 128},
		{nn.Config{Net: "resnet18"}, body + 512*512 + 512 + 512*128 + 128, 512, 128},
		{nn.Config{Net: "resnet18", Classes: 100}, body + 51_300, 512, 100},
	} {
		e, err := nn.New(c.config)
		if err != nil {
			t.Fatal(err)
		}
		if e.Parameters() != c.parameters || e.FeatureDim() != c.f || e.OutDim() != c.out {
			t.Errorf("%+v: %d parameters, F %d, C %d, want %d, %d, %d", c.config, e.Parameters(), e.FeatureDim(), e.OutDim(), c.parameters, c.f, c.out)
		}
	}
}

func TestConfigErrors(t *testing.T) {
	for want, c := range map[string]nn.Config{
		`did you mean "resnet18"`: {Net: "resnet-18"},
		"Size -1":                 {Size: -1},
		"Width -3":                {Width: -3},
		"Dim -64":                 {Dim: -64},
		"Splits -2":               {Splits: -2},
		"a head of 3 layers":      {Head: 3},
		"-1 classes":              {Classes: -1},
	} {
		if _, err := nn.New(c); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%+v: %v, want an error with %s", c, err, want)
		}
	}
}

package suggest

import "testing"

func TestNearest(t *testing.T) {
	names := []string{"cifar10", "cifar100", "fashion-mnist", "taxa"}
	for got, want := range map[string]string{"cifar-10": "cifar10", "CIFAR100": "cifar100", "taax": "taxa", "fashionmnist": "fashion-mnist", "imagenet": "", "mnist": "fashion-mnist", "xa": "taxa", "": ""} {
		if near := Nearest(got, names); near != want {
			t.Errorf("Nearest(%q) = %q, want %q", got, near, want)
		}
	}
}

func TestUnknownNamesAll(t *testing.T) {
	const want = `unknown engine "avx1": did you mean "avx"? (there are cpu, avx)`
	if got := Unknown("engine", "avx1", []string{"cpu", "avx"}).Error(); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

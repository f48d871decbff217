package datasets

import (
	"errors"
	"os"
	"testing"
)

// Real sets where they are: every image is read, the channels' means are those commonly published.
func TestRealSets(t *testing.T) {
	for _, c := range []struct {
		name      string
		mean, std [3]float64 // as PyTorch users quote them for the training part
		side      int
	}{
		{"cifar10", [3]float64{0.4914, 0.4822, 0.4465}, [3]float64{0.2470, 0.2435, 0.2616}, 32},
		{"cifar100", [3]float64{0.5071, 0.4865, 0.4409}, [3]float64{0.2673, 0.2564, 0.2762}, 32},
		{"cifar100-coarse", [3]float64{0.5071, 0.4865, 0.4409}, [3]float64{0.2673, 0.2564, 0.2762}, 32},
		{"fashion-mnist", [3]float64{0.2860, 0.2860, 0.2860}, [3]float64{0.3530, 0.3530, 0.3530}, 28},
	} {
		t.Run(c.name, func(t *testing.T) {
			train, test, err := Open(c.name, Options{Dir: os.Getenv("HARDNEG_DATA")})
			var missing *NotFoundError
			if errors.As(err, &missing) {
				t.Skipf("name a folder with %s in HARDNEG_DATA", c.name)
			}
			if err != nil {
				t.Fatal(err)
			}
			mean, std, err := MeanStd(train)
			if err != nil {
				t.Fatal(err)
			}
			for ch := range 3 {
				if d := float64(mean[ch]) - c.mean[ch]; d > 1e-4 || d < -1e-4 {
					t.Errorf("mean of channel %d: %.5f, want %.4f", ch, mean[ch], c.mean[ch])
				}
				if d := float64(std[ch]) - c.std[ch]; d > 1.1e-4 || d < -1.1e-4 {
					t.Errorf("deviation of channel %d: %.5f, want %.4f", ch, std[ch], c.std[ch])
				}
			}
			if h, w := test.Size(); h != c.side || w != c.side || test.Len() != 10000 {
				t.Errorf("test part: %d images of %d x %d", test.Len(), h, w)
			}
			for _, d := range []Dataset{train, test} {
				count := make([]int, len(d.Classes()))
				for i := range d.Len() {
					count[d.Label(i)]++
				}
				for class, n := range count {
					if n != d.Len()/len(count) {
						t.Errorf("%s: %d images of class %d, want %d", d.Name(), n, class, d.Len()/len(count))
					}
				}
				t.Logf("%s: sum %s", d.Name(), d.Sum())
			}
		})
	}
}

package figure

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/hardneg/hardneg/lib/contrast"
	"github.com/hardneg/hardneg/lib/experiment"
)

// ArmWords says in words what an arm keeps: "0-5" is "hardest 5%".
func ArmWords(arm string) string {
	b, err := contrast.ParseBand(arm)
	switch {
	case arm == "0-100":
		return "all negatives"
	case err == nil && b.Lo == 0:
		return "hardest " + percent(b.Hi)
	case err == nil && b.Hi == 100:
		return "all but the hardest " + percent(b.Lo)
	case err == nil:
		return fmt.Sprintf("from the hardest %s to %s", percent(b.Lo), percent(b.Hi))
	case strings.HasPrefix(arm, "random "):
		return "random " + strings.TrimPrefix(arm, "random ") + "%"
	case arm == experiment.Untrained:
		return "no training"
	case arm == experiment.Supervised:
		return "trained on labels"
	}
	return arm
}

// percent writes p, of a hundred, without digits that it does not need.
func percent(p float64) string { return strconv.FormatFloat(p, 'f', -1, 64) + "%" }

// points writes an accuracy of 0 to 1 in per cent with one digit: "47.9".
func points(accuracy float64) string {
	if math.IsNaN(accuracy) {
		return "-"
	}
	return strconv.FormatFloat(100*accuracy, 'f', 1, 64)
}

// estimate writes mean and interval in per cent: "47.9 ± 0.8".
func estimate(e experiment.Estimate) string {
	if math.IsNaN(e.Half) {
		return points(e.Mean)
	}
	return points(e.Mean) + " ± " + points(e.Half)
}

// setNames are the data sets as a reader knows them.
var setNames = map[string]string{
	"taxa": "Taxa", "cifar10": "CIFAR-10", "cifar100": "CIFAR-100",
	"cifar100-coarse": "CIFAR-100, 20 superclasses", "fashion-mnist": "Fashion-MNIST",
}

func setName(s experiment.Setting) string {
	if name := setNames[s.Dataset]; name != "" {
		return name
	}
	return s.Dataset
}

// scale says what a family was trained on and how: the line without which no accuracy means anything.
func scale(s experiment.Setting) string {
	words := fmt.Sprintf("%s, %s training images of %d px", setName(s), thousands(s.TrainImages), s.Size)
	if s.Method != experiment.Untrained {
		words += fmt.Sprintf(", %s, batch %d", count(s.Epochs, "epoch"), s.Batch)
	}
	if s.Method == experiment.MoCo {
		words += fmt.Sprintf(", K %s, T %g, m %g", thousands(s.Queue), s.Temperature, s.KeyMomentum)
	}
	return words + fmt.Sprintf("; encoder %q, width %d", s.Net, s.Width)
}

// seedWords says how many seeds the arms have.
func seedWords(f experiment.Family) string {
	low, high := 0, 0
	for i, a := range f.Arms {
		if n := len(a.Records); i == 0 {
			low, high = n, n
		} else {
			low, high = min(low, n), max(high, n)
		}
	}
	if low != high {
		return fmt.Sprintf("%d to %d seeds an arm", low, high)
	}
	return count(low, "seed") + " an arm"
}

func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// thousands writes n with commas.
func thousands(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

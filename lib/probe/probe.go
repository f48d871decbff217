// Package probe asks how good a representation is: how well the classes of images are told from the features that a
// frozen encoder gives them. KNN is a monitor that needs no training; Linear and LinearSGD train a linear classifier,
// to its optimum and by the recipe of MoCo.
//
// Features are float32, one row an image: bank, train (M, dim) and query, test (N, dim), row-major. Labels are
// 0..classes-1. All results are fixed by the arguments, for any number of threads.
package probe

import (
	"fmt"
	"math"

	"github.com/hardneg/hardneg/lib/engine"
)

// Result is the outcome of a probe on its test images.
type Result struct {
	Accuracy  float64 // share of the test images that are classified rightly, 0 to 1
	Correct   []bool  // (N)
	Predicted []int   // (N): classes

	Objective  float64 // of a linear probe, at its end: see Linear and LinearSGD
	Iterations int     // of a linear probe
}

// result compares predictions with labels.
func result(predicted, labels []int) Result {
	r := Result{Predicted: predicted, Correct: make([]bool, len(labels))}
	right := 0
	for i, p := range predicted {
		if r.Correct[i] = p == labels[i]; r.Correct[i] {
			right++
		}
	}
	r.Accuracy = float64(right) / float64(len(labels))
	return r
}

// check is the error for features and labels of no use: name says whose they are.
func check(name string, features []float32, labels []int, dim, classes int) error {
	if dim < 1 || classes < 1 {
		panic(fmt.Sprintf("probe: dim %d, %d classes, want at least 1 of each", dim, classes))
	}
	if len(features) != len(labels)*dim {
		panic(fmt.Sprintf("probe: %s holds %d numbers, %d labels with dim %d want %d", name, len(features), len(labels), dim, len(labels)*dim))
	}
	if len(labels) == 0 {
		return fmt.Errorf("probe: %s holds no image", name)
	}
	for i, l := range labels {
		if l < 0 || l >= classes {
			return fmt.Errorf("probe: %s: label %d of image %d is not one of 0 to %d", name, l, i, classes-1)
		}
	}
	for i, v := range features {
		if math.IsNaN(float64(v)) || math.IsInf(float64(v), 0) {
			return fmt.Errorf("probe: %s: feature %d of image %d is %v: the encoder has diverged", name, i%dim, i/dim, v)
		}
	}
	return nil
}

// open is e, or the engine that engine.Open chooses where e is nil.
func open(e engine.Engine) (engine.Engine, error) {
	if e != nil {
		return e, nil
	}
	e, err := engine.Open("")
	if err != nil {
		return nil, fmt.Errorf("probe: %w", err)
	}
	return e, nil
}

// argmax is the index of the largest value, the first of equal ones.
func argmax[T float32 | float64](values []T) int {
	best := 0
	for i, v := range values {
		if v > values[best] {
			best = i
		}
	}
	return best
}

package experiment

import (
	"fmt"
	"slices"
	"strings"

	"github.com/hardneg/hardneg/lib/suggest"
)

// Experiment is a question to which arms, runs that differ in their policy alone, give an answer. Names are those of
// the project's list of experiments.
type Experiment struct {
	Name     string
	Question string
	// PaperSays is the paper's own statement (arXiv 2010.06682, version 2), at its scale; "" where there is none.
	PaperSays string
	// Arms are policies and methods, the first one being what all others are compared to. Smoke and Lesson are the
	// arms of the smaller sizes.
	Arms, Lesson, Smoke []string
}

var (
	controls = []string{Untrained, Supervised}
	five     = []string{"0-100", "0-5", "5-100", "5-10", "random 5"}
	quick    = []string{"0-100", "0-5", "5-100", Untrained}
)

// all is the full list of an experiment's arms: the five that every lesson shows, what the experiment adds, controls.
func all(added ...string) []string {
	arms := slices.Clone(five)
	for _, a := range append(added, controls...) {
		if !slices.Contains(arms, a) {
			arms = append(arms, a)
		}
	}
	return arms
}

// Experiments are those that this version runs.
func Experiments() []Experiment {
	return []Experiment{
		{
			Name:      "E1",
			Question:  "Are the hardest p% of the negatives sufficient?",
			PaperSays: "the hardest 5%: within 0.7 points of full accuracy (ImageNet)",
			Arms:      all("0-0.1", "0-0.5", "0-1", "0-2", "0-10", "0-25", "0-50"),
			Lesson:    all(),
			Smoke:     quick,
		},
		{
			Name:      "E2",
			Question:  "Are the hardest p% of the negatives necessary?",
			PaperSays: "keeping only the easiest 95%: accuracy drops substantially (ImageNet)",
			Arms:      all("0.1-100", "0.5-100", "1-100", "2-100", "10-100", "25-100", "50-100"),
			Lesson:    all("1-100", "25-100"),
			Smoke:     quick,
		},
		{
			Name:      "E4",
			Question:  "Which band of negatives matters?",
			PaperSays: "training on the next hardest 5% alone loses 15 points (ImageNet)",
			Arms:      all("10-15", "20-25", "45-50", "95-100"),
			Lesson:    all("20-25", "95-100"),
			Smoke:     []string{"0-100", "0-5", "5-10", "95-100", Untrained},
		},
		{
			Name:      "bands",
			Question:  "The hardest 5%, the rest, the next 5%, a random 5% and all but the hardest 0.1%, beside all negatives",
			PaperSays: "",
			Arms:      all("0.1-100"),
			Lesson:    all("0.1-100"),
			Smoke:     quick,
		},
	}
}

// Find returns the experiment called name, letter case ignored.
func Find(name string) (Experiment, error) {
	var names []string
	for _, e := range Experiments() {
		if strings.EqualFold(e.Name, name) {
			return e, nil
		}
		names = append(names, e.Name)
	}
	return Experiment{}, suggest.Unknown("experiment", name, names)
}

// Sizes of an experiment, in the order of their cost.
const (
	Smoke  = "smoke"  // seconds: whether everything works; the accuracies mean nothing
	Lesson = "lesson" // minutes: the arms that a notebook shows, three seeds
	Full   = "full"   // hours: every arm, ten seeds
)

// Sizes lists them.
func Sizes() []string { return []string{Smoke, Lesson, Full} }

// smoke is the small setting of every data set. The policies of the smoke arms keep at least six negatives of 256.
var smoke = Setting{TrainImages: 512, TestImages: 256, Size: 16, Epochs: 2, Batch: 64, Queue: 256, Temperature: 0.1}

// Plan is the list of an experiment's runs on base, which names the data set and may change any field but policy and
// method, which are the arms': one seed of every arm before the next seed, so that a sweep that ends early is
// balanced. Seeds are counted from base's; 0 of them: as many as the size has.
func (e Experiment) Plan(base Setting, size string, seeds int) ([]Setting, error) {
	if base.Policy != "" {
		return nil, bad("policy", base.Policy, "it is what the arms of %s differ in: name other arms", e.Name)
	}
	if base.Method != "" && base.Method != MoCo {
		return nil, bad("method", base.Method, "it is what the arms of %s differ in: name other arms", e.Name)
	}
	var arms []string
	var usual int
	switch size {
	case Smoke:
		arms, usual = e.Smoke, 1
		base = small(base)
	case Lesson:
		arms, usual = e.Lesson, 3
	case Full:
		arms, usual = e.Arms, 10
	default:
		return nil, suggest.Unknown("size", size, Sizes())
	}
	if seeds == 0 {
		seeds = usual
	}
	if seeds < 1 {
		return nil, fmt.Errorf("%d seeds: there must be at least 1", seeds)
	}
	var plan []Setting
	for seed := range seeds {
		for _, arm := range arms {
			s := base
			s.Seed = base.Seed + uint64(seed)
			if slices.Contains(controls, arm) {
				s.Method = arm
			} else {
				s.Policy = arm
			}
			s = s.Complete()
			if err := s.Validate(); err != nil {
				return nil, fmt.Errorf("%s, arm %s: %w", e.Name, arm, err)
			}
			plan = append(plan, s)
		}
	}
	return plan, nil
}

// small sets the fields of base that are zero to those of smoke.
func small(base Setting) Setting {
	number(&base.TrainImages, smoke.TrainImages)
	number(&base.TestImages, smoke.TestImages)
	number(&base.Size, smoke.Size)
	number(&base.Epochs, smoke.Epochs)
	number(&base.Batch, smoke.Batch)
	number(&base.Queue, smoke.Queue)
	number(&base.Temperature, smoke.Temperature)
	return base
}

package experiment

import (
	"math"

	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/gonum/stat/distuv"
)

// Metric reads one number from a record's result.
type Metric struct {
	Name string
	Of   func(*Result) Measure
}

// Metrics are the linear probe, the primary one as in the paper, and the kNN with k 20 and with k 200.
func Metrics() []Metric {
	return []Metric{
		{"linear", func(r *Result) Measure { return r.Linear }},
		{"kNN 20", func(r *Result) Measure { return r.KNN20 }},
		{"kNN 200", func(r *Result) Measure { return r.KNN200 }},
	}
}

// Estimate is a mean over seeds with its 95% t-interval.
type Estimate struct {
	N    int
	Mean float64 // NaN for N 0
	Half float64 // half the interval's length: NaN below N 2, where there is none
}

// EstimateOf is the estimate from values, one a seed.
func EstimateOf(values []float64) Estimate {
	e := Estimate{N: len(values), Mean: math.NaN(), Half: math.NaN()}
	if e.N > 0 {
		e.Mean = stat.Mean(values, nil)
	}
	if e.N > 1 {
		t := distuv.StudentsT{Mu: 0, Sigma: 1, Nu: float64(e.N - 1)}.Quantile(0.975)
		e.Half = t * stat.StdErr(stat.StdDev(values, nil), float64(e.N))
	}
	return e
}

// Values are the arm's accuracies, 0 to 1, in the order of its seeds.
func (a Arm) Values(m Metric) []float64 {
	values := make([]float64, len(a.Records))
	for i, r := range a.Records {
		values[i] = m.Of(r.Result).Accuracy
	}
	return values
}

// Differences are accuracy(a) - accuracy(b), one for each seed that both arms have: what seeds share cancels.
func Differences(a, b Arm, m Metric) []float64 {
	of := map[uint64]float64{}
	for _, r := range b.Records {
		of[r.Setting.Seed] = m.Of(r.Result).Accuracy
	}
	var d []float64
	for _, r := range a.Records {
		if base, ok := of[r.Setting.Seed]; ok {
			d = append(d, m.Of(r.Result).Accuracy-base)
		}
	}
	return d
}

// GainShare is R, the share of what training on all negatives gains that the arm keeps:
//
//	R = (accuracy - untrained) / (0-100 - untrained)
//
// of means over the seeds that the three arms have in common; NaN where there are none, or where training gains
// nothing. A ratio of means, since that of a single seed has too small a divisor to be averaged.
func (f Family) GainShare(name string, m Metric) float64 {
	full, untrained := f.Arm("0-100"), f.Arm(Untrained)
	seeds := commonSeeds(f.Arm(name), full, untrained)
	only := func(a Arm) float64 {
		sum := 0.0
		for _, r := range a.Records {
			if seeds[r.Setting.Seed] == 3 {
				sum += m.Of(r.Result).Accuracy
			}
		}
		return sum
	}
	gain := only(full) - only(untrained)
	if !(gain > 0) {
		return math.NaN()
	}
	return (only(f.Arm(name)) - only(untrained)) / gain
}

// commonSeeds counts in how many of the arms a seed is.
func commonSeeds(arms ...Arm) map[uint64]int {
	count := map[uint64]int{}
	for _, a := range arms {
		for _, r := range a.Records {
			count[r.Setting.Seed]++
		}
	}
	return count
}

package figure

import (
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/hardneg/hardneg/lib/experiment"
)

// synthetic are records with invented numbers, enough to try every figure on.
func synthetic(seeds int) []*experiment.Record {
	arms := []struct {
		name        string
		linear, knn float64
	}{{"0-100", .479, .340}, {"0-5", .689, .536}, {"5-100", .391, .296}, {"5-10", .378, .296}, {"random 5", .476, .339},
		{"0.1-100", .488, .349}, {"untrained", .377, .286}, {"supervised", .829, .738}}
	var records []*experiment.Record
	for seed := range seeds {
		for i, a := range arms {
			r := rand.New(rand.NewPCG(uint64(seed), uint64(i)))
			s := experiment.Setting{Seed: uint64(seed)}
			if a.name == "untrained" || a.name == "supervised" {
				s.Method = a.name
			} else {
				s.Policy = a.name
			}
			s = s.Complete()
			measure := func(v float64) experiment.Measure {
				return experiment.Measure{Accuracy: v + 0.012*r.NormFloat64(), Correct: make(experiment.Bits, 8)}
			}
			rec := &experiment.Record{Format: 1, Hash: s.Hash(), Setting: s,
				Data:   experiment.Data{Test: experiment.Source{Images: 3000}, Classes: 108, SameClass: 0.0092},
				Result: &experiment.Result{KNN20: measure(a.knn), KNN200: measure(a.knn), Linear: measure(a.linear)}}
			for e := 1; e <= s.Epochs; e++ {
				rec.History = append(rec.History, experiment.Epoch{Epoch: e, Loss: 4 + 2*math.Exp(-float64(e)/5) - 0.3*float64(i) + 0.05*r.NormFloat64()})
			}
			if s.Method != "supervised" {
				rec.Negatives = syntheticNegatives(r, s.Queue)
			}
			records = append(records, rec)
		}
	}
	return records
}

func syntheticNegatives(r *rand.Rand, k int) *experiment.Negatives {
	n := &experiment.Negatives{Queries: 512, Slots: k, Thresholds: [2]float64{0.93, 0.55}}
	for i := range 101 {
		n.Edges = append(n.Edges, -1+float64(i)*0.02)
	}
	for i := range 100 {
		x := n.Edges[i] + 0.01
		all := int(1e5 * math.Exp(-x*x/0.08) / 5)
		kept := int(float64(all) / (1 + math.Exp(-(x-0.55)*25)))
		n.All, n.Kept = append(n.All, all), append(n.Kept, kept)
		n.Positive = append(n.Positive, int(60*math.Exp(-(x-.75)*(x-.75)/0.02)))
	}
	edges := []float64{0, 0.1, 0.2, 0.5, 1, 2, 3, 5, 7.5, 10, 15, 20, 30, 40, 50, 60, 70, 80, 90, 100}
	for i := range len(edges) - 1 {
		share := 0.009 + 0.25*math.Exp(-edges[i]/1.5) + 0.001*r.NormFloat64()
		pairs := int(512 * float64(k) * (edges[i+1] - edges[i]) / 100)
		n.Bins = append(n.Bins, experiment.DifficultyBin{Lo: edges[i], Hi: edges[i+1], Pairs: pairs,
			SameClass: max(0, int(share*float64(pairs))), Error: math.Sqrt(share * (1 - share) / float64(pairs))})
	}
	return n
}

func syntheticFamily(seeds int) experiment.Family {
	families := experiment.Families(synthetic(seeds))
	if len(families) != 1 {
		panic(fmt.Sprint(len(families), " families"))
	}
	return families[0]
}

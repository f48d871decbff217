package experiment

import (
	"context"
	"fmt"

	"github.com/hardneg/hardneg/datasets"
	"github.com/hardneg/hardneg/lib/engine"
	"github.com/hardneg/hardneg/lib/nn"
	"github.com/hardneg/hardneg/lib/probe"
)

// evaluate measures the frozen encoder by kNN and by a linear probe: see Result. A kNN with k above the number of
// training images takes them all.
func evaluate(ctx context.Context, e engine.Engine, encoder *nn.Encoder, w *nn.Weights, p *prepared, tell func(done, total int)) (*Result, error) {
	total := p.train.Len() + p.test.Len()
	features := func(d datasets.Dataset, before int) ([]float32, []int, error) {
		h, width := d.Size()
		labels := make([]int, d.Len())
		for i := range labels {
			labels[i] = d.Label(i)
		}
		image := func(dst []float32, i int) error {
			img, err := d.Image(i)
			if err == nil {
				p.views.Plain(dst, img, h, width)
			}
			return err
		}
		f, err := encoder.Features(ctx, w, d.Len(), 128, image, func(done, _ int) { tell(before+done, total) })
		return f, labels, err
	}
	bank, bankLabels, err := features(p.train, 0)
	if err != nil {
		return nil, err
	}
	query, queryLabels, err := features(p.test, p.train.Len())
	if err != nil {
		return nil, err
	}
	dim, classes := encoder.FeatureDim(), p.data.Classes
	var r Result
	for _, m := range []struct {
		k  int
		to *Measure
	}{{20, &r.KNN20}, {200, &r.KNN200}} {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		knn, err := probe.KNN(bank, bankLabels, query, queryLabels, dim, classes,
			probe.KNNConfig{K: min(m.k, p.train.Len()), T: 0.1, Engine: e})
		if err != nil {
			return nil, fmt.Errorf("kNN %d: %w", m.k, err)
		}
		*m.to = Measure{knn.Accuracy, knn.Correct}
	}
	linear, err := probe.Linear(ctx, bank, bankLabels, query, queryLabels, dim, classes, probe.LinearConfig{Engine: e})
	if err != nil {
		return nil, fmt.Errorf("linear probe: %w", err)
	}
	r.Linear = Measure{linear.Accuracy, linear.Correct}
	return &r, nil
}

package moco_test

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/hardneg/hardneg/datasets"
	"github.com/hardneg/hardneg/lib/augment"
	"github.com/hardneg/hardneg/lib/contrast"
	"github.com/hardneg/hardneg/lib/engine"
	_ "github.com/hardneg/hardneg/lib/engine/avx" // engines that engine.Best may pick
	_ "github.com/hardneg/hardneg/lib/engine/cpu"
	"github.com/hardneg/hardneg/lib/moco"
	"github.com/hardneg/hardneg/lib/nn"
)

// Train an epoch of MoCo v2 on the hardest 5% of each query's negatives.
func Example() {
	ctx := context.Background()
	train, _, err := datasets.Open("taxa", datasets.Options{Size: 16, Train: 512, Test: 108})
	if err != nil {
		panic(err)
	}
	views := augment.MoCoCIFAR(16)
	if views.Mean, views.Std, err = datasets.MeanStd(train); err != nil {
		panic(err)
	}
	loader, err := augment.NewLoader(ctx, train, augment.LoaderConfig{Views: views, Batch: 64, Epochs: 2})
	if err != nil {
		panic(err)
	}
	defer loader.Close()

	e, err := engine.Best()
	if err != nil {
		panic(err)
	}
	m, err := moco.New(e, moco.Config{
		Encoder: nn.Config{Size: 16}, Batch: 64, K: 512, Steps: loader.StepsPerEpoch(),
		Policy: contrast.Band{Lo: 0, Hi: 5},
	})
	if err != nil {
		panic(err)
	}
	for {
		b, err := loader.Next(ctx)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			panic(err)
		}
		if !m.Queue.Full() { // the first epoch: real keys before a band applies
			err = m.Fill(b)
		} else {
			_, err = m.Step(ctx, b)
		}
		if err != nil {
			panic(err)
		}
		loader.Recycle(b)
	}
	fmt.Println(m.StepsDone, "steps; the queue is full of real keys:", m.Queue.Full())
	// Output: 8 steps; the queue is full of real keys: true
}

package nn_test

import (
	"fmt"
	"testing"

	"github.com/hardneg/hardneg/lib/engine"
	"github.com/hardneg/hardneg/lib/nn"
)

// BenchmarkStep is Forward and Backward of one encoder, on the best engine or $HARDNEG_ENGINE. What it allocates is Gorgonia's machine, at each run: the
// list of inputs of each operation, a goroutine, and channels; no tensor.
func BenchmarkStep(b *testing.B) {
	for _, c := range []struct {
		config nn.Config
		batch  int
	}{{nn.Config{}, 128}, {nn.Config{Net: "resnet18", Head: 1}, 4}} {
		e := encoder(b, c.config)
		b.Run(fmt.Sprintf("%s/%d", e.Config.Net, c.batch), func(b *testing.B) {
			eng, err := engine.Open("")
			if err != nil {
				b.Fatal(err)
			}
			b.Logf("engine %s (%s)", eng.Name(), eng.Variant())
			w := e.NewWeights(eng, 1)
			g := must(b)(e.Train(w, c.batch))
			x := images(g, 1)
			n := c.batch * e.OutDim()
			dout := engine.From(w.Engine, images(g, 2)[:n], c.batch, e.OutDim())
			b.ReportAllocs()
			for b.Loop() {
				if _, err := g.Forward(x); err != nil {
					b.Fatal(err)
				}
				if err := g.Backward(dout); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(4*g.Floats())/(1<<20), "MiB-buffers")
		})
	}
}

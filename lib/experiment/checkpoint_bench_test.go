package experiment

import (
	"os"
	"testing"
	"time"

	"github.com/hardneg/hardneg/lib/engine"
	"github.com/hardneg/hardneg/lib/moco"
)

// A checkpoint of the pilot's encoder and of ResNet-18: made, written with a sync, and read.
func BenchmarkCheckpoint(b *testing.B) {
	for _, net := range []string{"main", "resnet18"} {
		s := Setting{Dataset: "cifar10", Net: net}.Complete()
		e, err := engine.Best()
		if err != nil {
			b.Fatal(err)
		}
		c, err := s.mocoConfig(s.stepsOf())
		if err != nil {
			b.Fatal(err)
		}
		m, err := moco.New(e, c)
		if err != nil {
			b.Fatal(err)
		}
		m.StepsDone = 1
		dir := b.TempDir()
		r := &run{s: s, o: Options{Dir: dir}, record: &Record{Hash: s.Hash()}}
		k := &keeper{r: r, t: observed{m}, done: 1, began: time.Now(), epochBegan: time.Now()}
		path := checkpointPath(dir, s, 1)
		if err := k.save(); err != nil {
			b.Fatal(err)
		}
		b.Run(net+"/make", func(b *testing.B) {
			for b.Loop() {
				if _, err := k.encode(); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(net+"/save", func(b *testing.B) {
			for b.Loop() {
				if err := k.save(); err != nil {
					b.Fatal(err)
				}
			}
			if info, err := os.Stat(path); err == nil {
				b.ReportMetric(float64(info.Size())/1e6, "MB")
			}
		})
		b.Run(net+"/resume", func(b *testing.B) {
			for b.Loop() {
				c, err := readCheckpoint(path)
				if err != nil {
					b.Fatal(err)
				}
				if err := m.SetState(c.state); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

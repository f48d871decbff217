package experiment

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/hardneg/hardneg/datasets"
	"github.com/hardneg/hardneg/lib/atomicfile"
	"github.com/hardneg/hardneg/lib/augment"
	"github.com/hardneg/hardneg/lib/engine"
	"github.com/hardneg/hardneg/lib/moco"
	"github.com/hardneg/hardneg/lib/safetensors"
)

// Export says what of a run is written for another implementation to train on.
type Export struct {
	Steps int  // batches written; 0: all of the run
	Trace bool // train those steps here too, and write their losses and the first gradient
	Eval  bool // write the training and test images as a probe sees them, with labels
}

// ExportRun writes the folder dir, which must hold no export yet: from it another implementation can repeat a run of
// MoCo to the bit of its inputs.
//
//	setting.json          the setting, and "steps", the length of the whole run
//	start.safetensors     weights of both encoders under PyTorch's names; "queue" (K, C), the noise that it starts as
//	fill/00000.safetensors     x2, id: the batches that fill the queue, unless it stays noise
//	batches/00000.safetensors  x1, x2 (N, 3, S, S), id, label, and with split BatchNorm "order", the key batch's shuffle
//	eval.safetensors      train_x, train_y, test_x, test_y
//	trace.json            engine, variant, and the loss of each step
//	gradient.safetensors  of the first step's loss, under the parameters' names
func ExportRun(ctx context.Context, s Setting, o Options, dir string, x Export) error {
	s = s.Complete()
	if err := s.Validate(); err != nil {
		return err
	}
	if s.Method != MoCo {
		return bad("method", s.Method, "only runs of %s are exported", MoCo)
	}
	if _, err := os.Stat(filepath.Join(dir, settingFile)); err == nil {
		return fmt.Errorf("%s holds an export already: choose another folder, or delete it", dir)
	}
	e, err := engine.Open(o.Engine)
	if err != nil {
		return err
	}
	p, err := prepare(s, o.DataDir, new(setCache))
	if err != nil {
		return err
	}
	c, err := s.mocoConfig(s.stepsOf())
	if err != nil {
		return err
	}
	m, err := moco.New(e, c)
	if err != nil {
		return err
	}
	w := &exporter{dir: dir, run: run{s: s, o: o, p: p, engine: e, record: &Record{}}, m: m}
	if err := w.start(); err != nil {
		return err
	}
	if x.Eval {
		if err := w.eval(); err != nil {
			return err
		}
	}
	if !s.NoiseQueue {
		if err := w.fill(ctx); err != nil {
			return err
		}
	}
	return w.batches(ctx, x)
}

const settingFile = "setting.json"

type exporter struct {
	run
	dir string
	m   *moco.MoCo
}

func (w *exporter) json(name string, v any) error {
	b, err := json.MarshalIndent(v, "", " ")
	if err != nil {
		return err
	}
	return atomicfile.WriteBytes(filepath.Join(w.dir, name), append(b, '\n'))
}

func (w *exporter) tensors(name string, t ...safetensors.Tensor) error {
	return safetensors.Write(filepath.Join(w.dir, name+".safetensors"), &safetensors.File{Tensors: t})
}

func (w *exporter) start() error {
	err := w.json(settingFile, struct {
		Setting
		Steps int `json:"steps"`
	}{w.s, w.s.stepsOf()})
	if err != nil {
		return err
	}
	t := w.m.QueryWeights.Tensors()
	queue := w.m.Queue.Keys
	return w.tensors("start", append(t, safetensors.Tensor{Name: "queue", Shape: queue.Shape().Clone(), Data: engine.Floats(queue)})...)
}

// fill writes the batches that fill the queue, and fills ours with them.
func (w *exporter) fill(ctx context.Context) error {
	return w.run.fill(ctx, w.m, func(i int, b *augment.Batch) error {
		return w.batch(fmt.Sprintf("fill/%05d", i), b, w.m.KeyOrder(), "x2", "id")
	})
}

// batches writes those of training, and with a trace trains on them.
func (w *exporter) batches(ctx context.Context, x Export) error {
	loader, err := augment.NewLoader(ctx, w.p.train, augment.LoaderConfig{Views: w.p.views, Batch: w.s.Batch, Epochs: w.s.Epochs, Seed: w.s.Seed})
	if err != nil {
		return err
	}
	defer loader.Close()
	trace := struct {
		Engine  string    `json:"engine"`
		Variant string    `json:"variant"`
		Loss    []float64 `json:"loss"`
	}{Engine: w.engine.Name(), Variant: w.engine.Variant()}
	total := loader.Steps()
	if x.Steps > 0 {
		total = min(total, x.Steps)
	}
	for i := range total {
		b, err := loader.Next(ctx)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		w.m.StepsDone = i // which fixes the shuffle; with a trace it is that already
		if err := w.batch(fmt.Sprintf("batches/%05d", i), b, w.m.KeyOrder(), "x1", "x2", "id", "label"); err != nil {
			return err
		}
		if x.Trace {
			metrics, err := w.m.Step(ctx, b)
			if err != nil {
				return err
			}
			trace.Loss = append(trace.Loss, metrics.Loss)
			if i == 0 {
				if err := w.tensors("gradient", w.gradient()...); err != nil {
					return err
				}
			}
		}
		loader.Recycle(b)
		w.tell("export", i+1, total, 0)
	}
	if !x.Trace {
		return nil
	}
	return w.json("trace.json", trace)
}

// batch writes parts of b; order is the shuffle of its keys, nil without split BatchNorm.
func (w *exporter) batch(name string, b *augment.Batch, order []int, parts ...string) error {
	images := []int{b.Len(), 3, w.s.Size, w.s.Size}
	var t []safetensors.Tensor
	for _, part := range parts {
		switch part {
		case "x1":
			t = append(t, safetensors.Tensor{Name: part, Shape: images, Data: b.X1})
		case "x2":
			t = append(t, safetensors.Tensor{Name: part, Shape: images, Data: b.X2})
		case "id":
			t = append(t, safetensors.Integers(part, b.ID))
		case "label":
			t = append(t, safetensors.Integers(part, b.Label))
		}
	}
	if order != nil {
		t = append(t, safetensors.Integers("order", order))
	}
	return w.tensors(name, t...)
}

func (w *exporter) gradient() []safetensors.Tensor {
	var t []safetensors.Tensor
	flat, at := engine.Floats(w.m.Gradients()), 0
	for _, p := range w.m.QueryWeights.Params {
		n := p.Shape.TotalSize()
		t = append(t, safetensors.Tensor{Name: p.Name, Shape: p.Shape.Clone(), Data: flat[at : at+n]})
		at += n
	}
	return t
}

func (w *exporter) eval() error {
	var t []safetensors.Tensor
	for _, part := range []struct {
		name string
		set  datasets.Dataset
	}{{"train", w.p.train}, {"test", w.p.test}} {
		n, each := part.set.Len(), 3*w.s.Size*w.s.Size
		x, y := make([]float32, n*each), make([]int, n)
		height, width := part.set.Size()
		for i := range n {
			image, err := part.set.Image(i)
			if err != nil {
				return err
			}
			w.p.views.Plain(x[i*each:(i+1)*each], image, height, width)
			y[i] = part.set.Label(i)
		}
		t = append(t, safetensors.Tensor{Name: part.name + "_x", Shape: []int{n, 3, w.s.Size, w.s.Size}, Data: x}, safetensors.Integers(part.name+"_y", y))
	}
	return w.tensors("eval", t...)
}

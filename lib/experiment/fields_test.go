package experiment

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/hardneg/hardneg/datasets"
	"github.com/hardneg/hardneg/lib/augment"
	"github.com/hardneg/hardneg/lib/engine"
	"github.com/hardneg/hardneg/lib/nn"
	"github.com/hardneg/hardneg/lib/probe"
	"github.com/hardneg/hardneg/lib/safetensors"
)

// Every field of a setting reaches what it is about: a run with another value ends otherwise. A field that is added
// and has no line here is an error.
func TestEveryFieldDecidesARun(t *testing.T) {
	base := tiny
	base.Policy, base.Views = "0-50", defaultViews
	base.Views.Blur, base.Views.BlurMin, base.Views.BlurMax = 0.5, 0.5, 1
	values := map[string]string{
		"dataset": "", "version": "", // other images; fixed
		"train_images": "100", "test_images": "40", "size": "16",
		"net": "resnet18", "width": "9", "head": "1", "dim": "12", "splits": "2",
		"method": "untrained", "epochs": "3", "batch": "16", "queue": "96", "temperature": "0.3", "key_momentum": "0.5", "policy": "0-60",
		"own_image": "true", "noise_queue": "true", "rate": "0.05", "momentum": "0.5", "decay": "0.1",
		"views.crop_min": "0.5", "views.crop_max": "0.9", "views.flip": "0.1", "views.jitter": "0.3", "views.brightness": "0.2",
		"views.contrast": "0.2", "views.saturation": "0.2", "views.hue": "0.3", "views.gray": "0.7", "views.blur": "0.9",
		"views.blur_min": "0.7", "views.blur_max": "2", "seed": "1",
	}
	// end is the course and the outcome of a run, without what only repeats the setting.
	end := func(s Setting) string {
		t.Helper()
		r, err := Run(context.Background(), s, Options{})
		if err != nil {
			t.Fatal(err)
		}
		c := result(r)
		c.Setting, c.Hash, c.Finished = Setting{}, "", time.Time{}
		return fmt.Sprintf("%+v %+v %+v %+v", c.History, *c.Result, *c.Negatives, c.Data)
	}
	want := end(base)
	if end(base) != want {
		t.Fatal("the same setting ends in two ways")
	}
	var names []string
	for _, part := range []struct {
		prefix string
		of     reflect.Type
	}{{"", reflect.TypeFor[Setting]()}, {"views.", reflect.TypeFor[Views]()}} {
		for i := range part.of.NumField() {
			if name := jsonName(part.of.Field(i)); name != "views" {
				names = append(names, part.prefix+name)
			}
		}
	}
	for _, name := range names {
		value, known := values[name]
		if !known {
			t.Errorf("no other value of %s is tried", name)
		}
		if value == "" {
			continue
		}
		s := base
		if err := s.Set(name, value); err != nil {
			t.Fatal(err)
		}
		if end(s) == want {
			t.Errorf("%s = %s changes nothing", name, value)
		}
	}
}

// The queue is filled with views of an epoch that training does not reach.
func TestQueueIsFilledFromAFurtherEpoch(t *testing.T) {
	s := tiny.Complete()
	dir := t.TempDir()
	if err := ExportRun(context.Background(), s, Options{}, dir, Export{Steps: 1}); err != nil {
		t.Fatal(err)
	}
	f, err := safetensors.Read(dir + "/fill/00000.safetensors")
	if err != nil {
		t.Fatal(err)
	}
	p, err := prepare(s, "", new(setCache))
	if err != nil {
		t.Fatal(err)
	}
	for epoch, want := range map[int]bool{0: false, s.Epochs: true} {
		b, err := augment.Views(p.train, p.views, augment.Order(p.train.Len(), s.Seed, epoch)[:s.Batch], s.Seed, epoch)
		if err != nil {
			t.Fatal(err)
		}
		got, err := f.Float32("x2")
		if err != nil || reflect.DeepEqual(got, b.X2) != want {
			t.Errorf("views of epoch %d, of %d trained ones: %v; they fill the queue: %v", epoch, s.Epochs, err, !want)
		}
	}
}

// What is measured is the query encoder: with a key encoder that hardly moves, training is seen all the same.
func TestQueryEncoderIsMeasured(t *testing.T) {
	s := tiny
	s.TrainImages, s.KeyMomentum = 320, 0.9999999
	var results []*Result
	for _, rate := range []float64{0.2, 0.3} {
		s.Rate = rate
		r, err := Run(context.Background(), s, Options{})
		if err != nil {
			t.Fatal(err)
		}
		results = append(results, r.Result)
	}
	if reflect.DeepEqual(results[0], results[1]) {
		t.Error("the result does not depend on how the query encoder was trained")
	}
}

// KNN20 and KNN200 are what their names say, of the training images' features at T 0.1.
func TestEvaluateNamesItsNeighbourhoods(t *testing.T) {
	s := tiny
	s.TrainImages, s.TestImages = 1500, 400
	s = s.Complete()
	p, err := prepare(s, "", new(setCache))
	if err != nil {
		t.Fatal(err)
	}
	e, err := engine.Open("")
	if err != nil {
		t.Fatal(err)
	}
	encoder, err := nn.New(s.encoderConfig(0))
	if err != nil {
		t.Fatal(err)
	}
	w := encoder.NewWeights(e, s.Seed)
	r, err := evaluate(context.Background(), e, encoder, w, p, func(int, int) {})
	if err != nil {
		t.Fatal(err)
	}
	features := func(d datasets.Dataset) (f []float32, labels []int) {
		f, err := encoder.Features(context.Background(), w, d.Len(), 128, func(dst []float32, i int) error {
			img, err := d.Image(i)
			p.views.Plain(dst, img, s.Size, s.Size)
			return err
		}, nil)
		if err != nil {
			t.Fatal(err)
		}
		for i := range d.Len() {
			labels = append(labels, d.Label(i))
		}
		return f, labels
	}
	bank, bankLabels := features(p.train)
	query, queryLabels := features(p.test)
	for k, got := range map[int]Measure{20: r.KNN20, 200: r.KNN200} {
		want, err := probe.KNN(bank, bankLabels, query, queryLabels, encoder.FeatureDim(), p.data.Classes, probe.KNNConfig{K: k, T: 0.1, Engine: e})
		if err != nil || got.Accuracy != want.Accuracy || !slices.Equal(got.Correct, want.Correct) {
			t.Errorf("k %d: accuracy %v, want %v (%v)", k, got.Accuracy, want.Accuracy, err)
		}
	}
	if slices.Equal(r.KNN20.Correct, r.KNN200.Correct) {
		t.Error("both neighbourhoods are right on the same images: nothing is tested")
	}
}

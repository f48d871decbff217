package probe

import (
	"context"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"math"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/hardneg/hardneg/lib/engine/cpu"
	"github.com/hardneg/hardneg/lib/parallel"
)

// floats is float32 in base64, little endian.
type floats []float32

func (f *floats) UnmarshalJSON(b []byte) error {
	var text string
	if err := json.Unmarshal(b, &text); err != nil {
		return err
	}
	raw, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return err
	}
	for ; len(raw) >= 4; raw = raw[4:] {
		*f = append(*f, math.Float32frombits(binary.LittleEndian.Uint32(raw)))
	}
	return nil
}

// vectors is testdata/probe.json, which peers/probe_vectors.py writes.
type vectors struct {
	Dim, Classes int
	Train, Test  floats
	Labels       []int
	TestLabels   []int `json:"test_labels"`
	KNN          []struct {
		K         int
		T         float64
		Predicted []int
		Accuracy  float64
	}
	Linear []struct {
		L2, Objective, Accuracy float64
		Predicted               []int
	}
	SGD []struct {
		Rate, Objective, Accuracy float64
		Batch, Epochs             int
		W0                        floats
		Orders                    [][]int
		Predicted                 []int
	}
}

func load(t testing.TB) (v vectors) {
	t.Helper()
	b, err := os.ReadFile("testdata/probe.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, &v); err != nil {
		t.Fatal(err)
	}
	return v
}

func TestKNNIsNumPys(t *testing.T) {
	v := load(t)
	for _, c := range v.KNN {
		r, err := KNN(v.Train, v.Labels, v.Test, v.TestLabels, v.Dim, v.Classes, KNNConfig{K: c.K, T: c.T})
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(r.Predicted, c.Predicted) || math.Abs(r.Accuracy-c.Accuracy) > 1e-12 {
			t.Errorf("k %d, T %g: accuracy %g, want %g", c.K, c.T, r.Accuracy, c.Accuracy)
		}
		for i, ok := range r.Correct {
			if ok != (c.Predicted[i] == v.TestLabels[i]) {
				t.Fatalf("k %d: image %d is marked %v", c.K, i, ok)
			}
		}
	}
}

// Bank rows 1 and 2 are equally near: the lower index is taken. Classes 0 and 1 get equal votes: the lower wins.
func TestKNNTies(t *testing.T) {
	bank, labels := []float32{0, 1, 3, 4, 3, 4, 4, -3}, []int{2, 1, 0, 2}
	for k, want := range map[int]int{1: 1, 2: 0} {
		r, err := KNN(bank, labels, []float32{6, 8}, []int{0}, 2, 3, KNNConfig{K: k})
		if err != nil {
			t.Fatal(err)
		}
		if r.Predicted[0] != want {
			t.Errorf("k %d: class %d, want %d", k, r.Predicted[0], want)
		}
	}
}

func TestLinearIsTheOptimum(t *testing.T) {
	v := load(t)
	for _, c := range v.Linear {
		r, err := Linear(context.Background(), v.Train, v.Labels, v.Test, v.TestLabels, v.Dim, v.Classes, LinearConfig{L2: c.L2})
		if err != nil {
			t.Fatal(err)
		}
		differ := 0
		for i, p := range r.Predicted {
			if p != c.Predicted[i] {
				differ++
			}
		}
		t.Logf("L2 %g: objective %.9g, %.3g relative above the optimum, %d iterations, %d predictions differ",
			c.L2, r.Objective, r.Objective/c.Objective-1, r.Iterations, differ)
		if d := r.Objective/c.Objective - 1; math.Abs(d) > 1e-5 || math.Abs(r.Accuracy-c.Accuracy) > 0.001 {
			t.Errorf("L2 %g: objective %g and accuracy %g, want %g and %g", c.L2, r.Objective, r.Accuracy, c.Objective, c.Accuracy)
		}
	}
}

// The zero value is L2 1e-3 and a thousand iterations: all records were measured with it.
func TestLinearsZeroValue(t *testing.T) {
	v := load(t)
	run := func(c LinearConfig) Result {
		r, err := Linear(context.Background(), v.Train, v.Labels, v.Test, v.TestLabels, v.Dim, v.Classes, c)
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	zero := run(LinearConfig{})
	if want := run(LinearConfig{L2: 1e-3, Iterations: 1000}); zero.Objective != want.Objective || !slices.Equal(zero.Predicted, want.Predicted) {
		t.Errorf("objective %v, with L2 1e-3 written out %v", zero.Objective, want.Objective)
	}
	if other := run(LinearConfig{L2: 1e-2}); zero.Objective == other.Objective {
		t.Error("L2 does nothing")
	}
}

func TestObjectiveGradient(t *testing.T) {
	v := load(t)
	mean, std := moments(v.Train, v.Dim)
	o := newObjective(cpu.New(), standardise(v.Train, mean, std), v.Labels, v.Dim, v.Classes, 0.1)
	p := make([]float64, v.Classes*(v.Dim+1))
	for i := range p {
		p[i] = math.Sin(float64(i))
	}
	slope := make([]float64, len(p))
	o.gradient(slope, p)
	for _, i := range []int{0, 17, 50, len(p) - 1} {
		const h = 1e-2
		at := slices.Clone(p)
		at[i] += h
		up := o.value(at)
		at[i] -= 2 * h
		if d := (up - o.value(at)) / (2 * h); math.Abs(d-slope[i]) > 1e-4 {
			t.Errorf("parameter %d: slope %g, difference quotient %g", i, slope[i], d)
		}
	}
}

func TestSGDIsPyTorchs(t *testing.T) {
	v := load(t)
	for _, c := range v.SGD {
		s := SGDConfig{Rate: c.Rate, Batch: c.Batch, Epochs: c.Epochs}.withDefaults()
		e := cpu.New()
		tr := newTrainer(e, v.Dim, v.Classes, c.W0)
		loss := 0.0
		for epoch, order := range c.Orders {
			var err error
			if loss, err = tr.epoch(context.Background(), v.Train, v.Labels, order, s, epoch); err != nil {
				t.Fatal(err)
			}
		}
		r := result(classify(e, v.Test, tr.w, tr.b), v.TestLabels)
		t.Logf("loss %.9g, PyTorch's %.9g", loss, c.Objective)
		if math.Abs(loss/c.Objective-1) > 1e-5 || !slices.Equal(r.Predicted, c.Predicted) {
			t.Errorf("loss %g and accuracy %g, want %g and %g", loss, r.Accuracy, c.Objective, c.Accuracy)
		}
	}
}

func TestProbesAreTheSameForAnyThreads(t *testing.T) {
	v := load(t)
	old := parallel.Threads()
	defer parallel.SetThreads(old)
	var first [3]Result
	for i, threads := range []int{1, 3} {
		parallel.SetThreads(threads)
		knn, err1 := KNN(v.Train, v.Labels, v.Test, v.TestLabels, v.Dim, v.Classes, KNNConfig{})
		linear, err2 := Linear(context.Background(), v.Train, v.Labels, v.Test, v.TestLabels, v.Dim, v.Classes, LinearConfig{})
		sgd, err3 := LinearSGD(context.Background(), v.Train, v.Labels, v.Test, v.TestLabels, v.Dim, v.Classes, SGDConfig{Rate: 0.1, Epochs: 5})
		if err := errors.Join(err1, err2, err3); err != nil {
			t.Fatal(err)
		}
		got := [3]Result{knn, linear, sgd}
		if i == 0 {
			first = got
		}
		for j := range got {
			if got[j].Objective != first[j].Objective || !slices.Equal(got[j].Predicted, first[j].Predicted) {
				t.Errorf("probe %d differs with %d threads", j, threads)
			}
		}
	}
}

func TestBadInputIsNamed(t *testing.T) {
	v := load(t)
	ctx := context.Background()
	bad := slices.Clone(v.Train)
	bad[7*v.Dim+2] = float32(math.NaN())
	label := slices.Clone(v.Labels)
	label[11] = 5
	try := func(err error, parts ...string) {
		t.Helper()
		for _, p := range parts {
			if err == nil || !strings.Contains(err.Error(), p) {
				t.Errorf("error %v, want one with %q", err, p)
			}
		}
	}
	_, err := KNN(bad, v.Labels, v.Test, v.TestLabels, v.Dim, v.Classes, KNNConfig{})
	try(err, "bank", "feature 2", "image 7", "NaN")
	bad[7*v.Dim+2] = float32(math.Inf(1))
	_, err = KNN(v.Train, v.Labels, bad, v.Labels, v.Dim, v.Classes, KNNConfig{})
	try(err, "queries", "image 7", "+Inf")
	_, err = KNN(v.Train, label, v.Test, v.TestLabels, v.Dim, v.Classes, KNNConfig{})
	try(err, "label 5", "image 11", "0 to 4")
	_, err = KNN(v.Train, v.Labels, v.Test, v.TestLabels, v.Dim, v.Classes, KNNConfig{K: 401})
	try(err, "401", "400 images")
	_, err = KNN(v.Train, v.Labels, v.Test, v.TestLabels, v.Dim, v.Classes, KNNConfig{T: -1})
	try(err, "-1")
	_, err = KNN(v.Train, v.Labels, nil, nil, v.Dim, v.Classes, KNNConfig{})
	try(err, "queries", "no image")
	_, err = Linear(ctx, bad, v.Labels, v.Test, v.TestLabels, v.Dim, v.Classes, LinearConfig{})
	try(err, "training features", "image 7")
	_, err = Linear(ctx, v.Train, v.Labels, v.Test, v.TestLabels, v.Dim, v.Classes, LinearConfig{Iterations: 3})
	try(err, "not converged in 3")
	_, err = LinearSGD(ctx, v.Train, label, v.Test, v.TestLabels, v.Dim, v.Classes, SGDConfig{})
	try(err, "label 5")
	_, err = LinearSGD(ctx, v.Train, v.Labels, v.Test, v.TestLabels, v.Dim, v.Classes, SGDConfig{Rate: 1e38})
	try(err, "rate", "after epoch")
	stopped, cancel := context.WithCancel(ctx)
	cancel()
	if _, err := Linear(stopped, v.Train, v.Labels, v.Test, v.TestLabels, v.Dim, v.Classes, LinearConfig{}); !errors.Is(err, context.Canceled) {
		t.Errorf("Linear: error %v, want context.Canceled", err)
	}
	if _, err := LinearSGD(stopped, v.Train, v.Labels, v.Test, v.TestLabels, v.Dim, v.Classes, SGDConfig{}); !errors.Is(err, context.Canceled) {
		t.Errorf("LinearSGD: error %v, want context.Canceled", err)
	}
}

package experiment

import (
	"math"
	"testing"
)

// armOf is an arm with the given linear accuracies, seeds counted from first.
func armOf(name string, first uint64, values ...float64) Arm {
	a := Arm{Name: name}
	for i, v := range values {
		a.Records = append(a.Records, &Record{Setting: Setting{Seed: first + uint64(i)}, Result: &Result{Linear: Measure{Accuracy: v}}})
	}
	return a
}

// scipy.stats.ttest_1samp(x, 0).confidence_interval(0.95) for x = .466, .46, .454: 0.46 -+ 0.0149048...
func TestEstimate(t *testing.T) {
	e := EstimateOf([]float64{0.466, 0.460, 0.454})
	if e.N != 3 || math.Abs(e.Mean-0.46) > 1e-12 || math.Abs(e.Half-0.0149048) > 1e-6 {
		t.Errorf("%+v", e)
	}
	if e := EstimateOf([]float64{0.5}); e.Mean != 0.5 || !math.IsNaN(e.Half) {
		t.Errorf("one seed has the interval %v", e.Half)
	}
	if e := EstimateOf(nil); !math.IsNaN(e.Mean) {
		t.Errorf("no seed has the mean %v", e.Mean)
	}
}

func TestPairedBySeed(t *testing.T) {
	m := Metrics()[0]
	full := armOf("0-100", 0, 0.50, 0.60, 0.70)
	arm := armOf("0-5", 1, 0.61, 0.72, 0.99) // seeds 1, 2, 3
	d := Differences(arm, full, m)
	if len(d) != 2 || math.Abs(d[0]-0.01) > 1e-12 || math.Abs(d[1]-0.02) > 1e-12 {
		t.Errorf("differences %v, want those of seeds 1 and 2", d)
	}
	f := Family{Arms: []Arm{full, arm, armOf(Untrained, 0, 0.40, 0.40, 0.50)}}
	// Seeds 1 and 2: (0.61 + 0.72 - 0.9) / (0.60 + 0.70 - 0.9).
	if r := f.GainShare("0-5", m); math.Abs(r-0.43/0.40) > 1e-12 {
		t.Errorf("R = %v, want %v", r, 0.43/0.40)
	}
	if r := f.GainShare("0-100", m); math.Abs(r-1) > 1e-12 {
		t.Errorf("R of 0-100 = %v", r)
	}
	if r := (Family{Arms: []Arm{full, arm}}).GainShare("0-5", m); !math.IsNaN(r) {
		t.Errorf("R without an untrained encoder = %v, want NaN", r)
	}
}

func TestFamilies(t *testing.T) {
	record := func(s Setting) *Record {
		return &Record{Setting: s.Complete(), Result: &Result{}}
	}
	families := Families([]*Record{
		record(Setting{Policy: "5-100", Seed: 1}), record(Setting{Policy: "random 5"}), record(Setting{Policy: "5-10"}),
		record(Setting{Method: Supervised}), record(Setting{Method: Untrained}), record(Setting{Policy: "0-5"}),
		record(Setting{}), record(Setting{Policy: "5-100"}), record(Setting{Temperature: 0.2}),
		record(Setting{Dataset: "cifar10"}), {Setting: Setting{Policy: "0-5", Seed: 9}.Complete(), Failure: "x"},
	})
	if len(families) != 3 {
		t.Fatalf("%d families, want those of T 0.1, T 0.2 and cifar10", len(families))
	}
	var names []string
	for _, a := range families[0].Arms {
		names = append(names, a.Name)
	}
	want := []string{"0-100", "0-5", "5-10", "5-100", "random 5", "untrained", "supervised"}
	if len(names) != len(want) {
		t.Fatalf("arms %v, want %v", names, want)
	}
	for i := range want {
		if names[i] != want[i] {
			t.Fatalf("arms %v, want %v", names, want)
		}
	}
	if a := families[0].Arm("5-100"); len(a.Records) != 2 || a.Records[0].Setting.Seed != 0 {
		t.Error("seeds of an arm are not in order")
	}
	if len(families[1].Arm(Untrained).Records) != 1 {
		t.Error("T 0.2 has no untrained encoder, though there is one of its data and net")
	}
	if len(families[2].Arms) != 1 {
		t.Error("cifar10 has an arm of another set")
	}
}

// A control stands beside what had its budget and its data, and nothing else.
func TestFamiliesKeepBudgetsAndDataApart(t *testing.T) {
	record := func(s Setting, sum string) *Record {
		return &Record{Setting: s.Complete(), Data: Data{Train: Source{Sum: sum}}, Result: &Result{}}
	}
	families := Families([]*Record{
		record(Setting{Method: Supervised, Epochs: 2}, "a"), record(Setting{Method: Supervised}, "a"), record(Setting{Method: Untrained, Queue: 256}, "a"),
		record(Setting{}, "a"), record(Setting{Policy: "0-5"}, "b"),
	})
	if len(families) != 3 {
		t.Fatalf("%d families, want that of data a, that of data b, and the short control by itself", len(families))
	}
	a, b := families[0], families[1]
	if len(a.Arm("0-5").Records) != 0 || len(b.Arm("0-100").Records) != 0 {
		t.Error("runs on two data sets of one name are compared")
	}
	if s := a.Arm(Supervised).Records; len(s) != 1 || s[0].Setting.Epochs != a.Setting.Epochs {
		t.Errorf("supervised for %+v epochs beside %d epochs of MoCo", s[0].Setting.Epochs, a.Setting.Epochs)
	}
	if len(a.Arm(Untrained).Records) != 1 || len(b.Arms) != 1 {
		t.Errorf("controls: %d untrained on data a, %d arms on data b", len(a.Arm(Untrained).Records), len(b.Arms))
	}
}

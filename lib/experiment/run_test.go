package experiment

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hardneg/hardneg/lib/parallel"
)

// tiny runs in about a second.
var tiny = Setting{TrainImages: 96, TestImages: 48, Size: 12, Width: 8, Dim: 16, Epochs: 2, Batch: 32, Queue: 64}

// result is what of a record two equal runs must share.
func result(r *Record) Record {
	c := *r
	c.Environment, c.Timings, c.Finished = Environment{}, Timings{}, time.Time{}
	c.History = append([]Epoch(nil), r.History...)
	for i := range c.History {
		c.History[i].Seconds = 0
	}
	return c
}

func TestRunIsTheSameForAnyNumberOfThreads(t *testing.T) {
	defer parallel.SetThreads(parallel.Threads())
	for _, method := range []string{MoCo, Supervised, Untrained} {
		s := tiny
		s.Method, s.Policy, s.Seed = method, "5-60", 7
		var first *Record
		for _, threads := range []int{1, 3} {
			r, err := Run(context.Background(), s, Options{Threads: threads})
			if err != nil {
				t.Fatal(err)
			}
			if first == nil {
				first = r
			} else if !reflect.DeepEqual(result(first), result(r)) {
				t.Errorf("%s: 1 and %d threads differ:\n%+v\n%+v", method, threads, result(first), result(r))
			}
		}
		if (first.Negatives == nil) != (method == Supervised) || (len(first.History) == 0) != (method == Untrained) {
			t.Errorf("%s: negatives %v, %d epochs", method, first.Negatives != nil, len(first.History))
		}
		if first.Environment.Engine == "" || first.Data.Train.Images != 96 || len(first.Result.Linear.Correct) != 48 {
			t.Errorf("%s: %+v", method, first)
		}
	}
}

// The number of threads is the run's own: the next one takes all that there are again.
func TestThreadsAreOfTheRun(t *testing.T) {
	before := parallel.Threads()
	defer parallel.SetThreads(before)
	s := tiny
	s.Method = Untrained
	r, err := Run(context.Background(), s, Options{Threads: before + 1})
	if err != nil {
		t.Fatal(err)
	}
	if r.Environment.Threads != before+1 || parallel.Threads() != before {
		t.Errorf("%d threads in the record, %d afterwards; want %d, %d", r.Environment.Threads, parallel.Threads(), before+1, before)
	}
}

func TestArmsArePairedBySeed(t *testing.T) {
	a, b := tiny, tiny
	a.Policy, b.Policy, b.Epochs, a.Epochs = "0-100", "random 10", 1, 1
	var means []Data
	for _, s := range []Setting{a, b} {
		r, err := Run(context.Background(), s, Options{})
		if err != nil {
			t.Fatal(err)
		}
		means = append(means, r.Data)
	}
	if means[0] != means[1] {
		t.Errorf("two arms of one seed have different data: %+v", means)
	}
}

func TestDivergenceStopsAndKeepsTheGoodEpochs(t *testing.T) {
	for _, method := range []string{MoCo, Supervised} {
		dir := t.TempDir()
		s := tiny
		s.Method, s.Epochs, s.Rate = method, 40, 99
		s.Decay = 0.9 // with this rate weights grow by a factor of 88 a step
		_, err := Run(context.Background(), s, Options{Dir: dir})
		if err == nil || !strings.Contains(err.Error(), "step ") || !strings.Contains(err.Error(), s.Hash()) {
			t.Errorf("%s: %v: want the step and the setting", method, err)
			continue
		}
		kept, rerr := ReadRecord(filepath.Join(dir, s.FileName()+failedSuffix))
		if rerr != nil || kept.Failure == "" || kept.Result != nil || len(kept.History) == s.Epochs {
			t.Fatalf("%s: the good epochs are not kept: %v, %+v", method, rerr, kept)
		}
		if r, err := Recorded(dir, s); r != nil || err != nil {
			t.Errorf("%s: a failed run counts as recorded: %v", method, err)
		}
		t.Log(err)
	}
}

func TestNothingIsTrainedInVain(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	trained := func(p Progress) {
		if p.Phase == "train" {
			t.Error("it trains")
		}
	}
	for _, c := range []struct {
		name  string
		s     Setting
		o     Options
		words string
	}{
		{"no folder", tiny, Options{Dir: file}, "cannot be kept"},
		{"engine", tiny, Options{Engine: "avxx"}, `did you mean "avx"`},
		{"threads", tiny, Options{Threads: -1}, "at least 1"},
		{"no data", Setting{Dataset: "cifar10"}, Options{DataDir: file}, "cifar10"},
	} {
		c.o.Progress = trained
		if c.name == "no data" {
			t.Setenv("HARDNEG_DATA", file)
			t.Setenv("XDG_CACHE_HOME", file)
			t.Setenv("HOME", file)
		}
		if _, err := Run(context.Background(), c.s, c.o); err == nil || !strings.Contains(err.Error(), c.words) {
			t.Errorf("%s: %v, want %q", c.name, err, c.words)
		}
	}
}

func TestSweepGoesOn(t *testing.T) {
	dir := t.TempDir()
	var plan []Setting
	for _, policy := range []string{"0-100", "0-50", "50-100"} {
		s := tiny
		s.Policy, s.Epochs = policy, 1
		plan = append(plan, s)
	}
	ctx, cancel := context.WithCancel(context.Background())
	records, err := Sweep(ctx, plan, Options{Dir: dir, Progress: func(p Progress) {
		if p.Run == 2 && p.Phase == "train" {
			cancel()
		}
	}})
	if !errors.Is(err, context.Canceled) || len(records) != 1 {
		t.Fatalf("interrupted: %d records, %v", len(records), err)
	}
	entries, _ := os.ReadDir(dir)
	if len(entries) != 2 || entries[0].Name() != plan[0].FileName() || entries[1].Name() != filepath.Base(checkpointPath(dir, plan[1], 1)) {
		t.Fatalf("interrupted in the second run, %v is left", entries)
	}
	before, _ := os.ReadFile(filepath.Join(dir, plan[0].FileName()))

	left := checkpointPath(dir, plan[0], 3) // by a process that ended as its record was written
	if err := os.WriteFile(left, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	ran := map[string]bool{}
	records, err = Sweep(context.Background(), plan, Options{Dir: dir, Progress: func(p Progress) {
		if p.Phase == "train" {
			ran[p.Setting.Policy] = true
		}
	}})
	if err != nil || len(records) != 3 || ran["0-100"] || !ran["0-50"] || !ran["50-100"] {
		t.Fatalf("%d records, ran %v, %v", len(records), ran, err)
	}
	if after, _ := os.ReadFile(filepath.Join(dir, plan[0].FileName())); string(after) != string(before) {
		t.Error("a finished record was written again")
	}
	if entries, _ := os.ReadDir(dir); len(entries) != 3 {
		t.Errorf("%v are left", entries)
	}
	if all, err := ReadRecords(dir); err != nil || len(all) != 3 {
		t.Errorf("%d records in the folder, %v", len(all), err)
	}
	bad := plan[1]
	bad.Queue = 65
	if _, err := Sweep(context.Background(), append(plan, bad), Options{Dir: dir, Progress: func(Progress) { t.Error("it ran") }}); err == nil {
		t.Error("a sweep with a bad setting begins")
	}
}

// Several writers of one record, and readers beside them: no one ever sees half a file.
func TestSweepIsOnOneSet(t *testing.T) {
	dir := t.TempDir()
	a, b := tiny, tiny
	a.Policy, a.Epochs, b.Policy, b.Epochs = "0-100", 1, "0-50", 1
	records, err := Sweep(context.Background(), []Setting{a}, Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	records[0].Data.Train.Sum = strings.Repeat("0", 64)
	if _, err := records[0].Write(dir); err != nil {
		t.Fatal(err)
	}
	_, err = Sweep(context.Background(), []Setting{a, b}, Options{Dir: dir})
	if err == nil || !strings.Contains(err.Error(), a.FileName()) || !strings.Contains(err.Error(), "000000000000") {
		t.Errorf("a sweep went on beside a record from other data: %v", err)
	}
	if _, err := Sweep(context.Background(), []Setting{a}, Options{Dir: dir, DataDir: filepath.Join(dir, "gone")}); err != nil {
		t.Errorf("with all recorded the data is not needed: %v", err)
	}
}

func TestManyWritersOfOneRecord(t *testing.T) {
	r, err := ReadRecord("testdata/version1.json")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	var wait sync.WaitGroup
	for range 4 {
		wait.Go(func() {
			for range 20 {
				if _, err := r.Write(dir); err != nil {
					t.Error(err)
				}
				if err := ProbeFolder(dir); err != nil {
					t.Error(err)
				}
				if _, err := ReadRecords(dir); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wait.Wait()
}

func TestPlans(t *testing.T) {
	for _, e := range Experiments() {
		for _, size := range Sizes() {
			for _, set := range []string{"taxa", "cifar10", "cifar100"} {
				plan, err := e.Plan(Setting{Dataset: set}, size, 0)
				if err != nil {
					t.Errorf("%s %s %s: %v", e.Name, size, set, err)
				}
				names := map[string]bool{}
				for _, s := range plan {
					names[s.FileName()] = true
				}
				if len(names) != len(plan) {
					t.Errorf("%s %s: %d runs have %d names", e.Name, size, len(plan), len(names))
				}
			}
		}
	}
	if _, err := Find("E9"); err == nil || !strings.Contains(err.Error(), "E1") {
		t.Errorf("E9: %v", err)
	}
	e, err := Find("e1")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := e.Plan(Setting{}, "smok", 0); err == nil || !strings.Contains(err.Error(), `"smoke"`) {
		t.Errorf("size smok: %v", err)
	}
	for _, base := range []Setting{{Policy: "0-5"}, {Method: Supervised}} {
		if _, err := e.Plan(base, Smoke, 1); err == nil || !strings.Contains(err.Error(), "arms") {
			t.Errorf("%+v: %v: the arms would override it without a word", base, err)
		}
	}
	lesson, err := e.Plan(Setting{}, Lesson, 2)
	if err != nil {
		t.Fatal(err)
	}
	arms := map[string]int{}
	for _, s := range lesson {
		arms[s.Arm()]++
	}
	for _, want := range append(five, controls...) {
		if arms[want] != 2 {
			t.Errorf("the lesson has %d runs of %s", arms[want], want)
		}
	}
}

package moco

import (
	"bytes"
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/hardneg/hardneg/lib/contrast"
	"github.com/hardneg/hardneg/lib/engine"
	"github.com/hardneg/hardneg/lib/engine/avx"
	"github.com/hardneg/hardneg/lib/engine/cpu"
	"github.com/hardneg/hardneg/lib/parallel"
	"github.com/hardneg/hardneg/lib/safetensors"
)

// bytesOf is the state of m as a file holds it.
func bytesOf(t *testing.T, m *MoCo) []byte {
	t.Helper()
	b, err := safetensors.Encode(&safetensors.File{Tensors: m.State()})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func engines() []engine.Engine {
	all := []engine.Engine{cpu.New()}
	if e, err := avx.Open(""); err == nil {
		all = append(all, e)
	}
	return all
}

// A run that stops after step k, is written, read by another run and goes on, ends with the bits of one that did not
// stop: before the queue is full, as it gets full, after it was written around, and for other numbers of workers.
func TestStateGoesOn(t *testing.T) {
	defer parallel.SetThreads(parallel.Threads())
	const steps = 11
	for _, e := range engines() {
		for name, change := range map[string]func(*Config){
			"all":      func(*Config) {},
			"shuffled": func(c *Config) { c.Encoder.Splits, c.Policy = 2, contrast.Random{Percent: 25} },
			"band":     func(c *Config) { c.Policy, c.WarmupSteps = contrast.Band{Lo: 0, Hi: 25}, 3 },
		} {
			c := small()
			change(&c)
			begin := func(threads int) *MoCo {
				t.Helper()
				parallel.SetThreads(threads)
				m, err := New(e, c)
				if err != nil {
					t.Fatal(err)
				}
				return m
			}
			forward := func(m *MoCo, to int) {
				t.Helper()
				for m.StepsDone < to {
					if _, err := m.Step(context.Background(), batch(m.StepsDone, m.Config.Batch, 8)); err != nil {
						t.Fatal(err)
					}
				}
			}
			whole := begin(1)
			forward(whole, steps)
			want := bytesOf(t, whole)
			for i, k := range []int{0, 1, 3, 4, 9, steps} { // the queue is full after 4
				first := begin([]int{1, 2, 3, 8}[i%4])
				forward(first, k)
				file, err := safetensors.Decode(bytesOf(t, first))
				if err != nil {
					t.Fatal(err)
				}
				second := begin([]int{3, 8, 1, 2}[i%4])
				if err := second.SetState(file); err != nil {
					t.Fatal(err)
				}
				if !bytes.Equal(bytesOf(t, second), bytesOf(t, first)) {
					t.Errorf("%s, %s: step %d: the state that was set is another", e.Name(), name, k)
				}
				if second.Queue.Full() != (k >= 4) {
					t.Errorf("step %d: full %v", k, second.Queue.Full())
				}
				forward(second, steps)
				if !bytes.Equal(bytesOf(t, second), want) {
					t.Errorf("%s, %s: stopped after step %d the run ends otherwise", e.Name(), name, k)
				}
			}
		}
	}
}

// A state of another run is refused, by the name of the tensor that does not fit, and changes nothing.
func TestSetStateRefuses(t *testing.T) {
	m := newRun(t, small())
	before := bytesOf(t, m)
	other := newRun(t, small())
	if _, err := other.Step(context.Background(), batch(0, 8, 8)); err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, x := range other.State() {
		names = append(names, x.Name)
	}
	refused := func(what, words string, change func(f *safetensors.File)) {
		t.Helper()
		f := &safetensors.File{Tensors: other.State()}
		change(f)
		if err := m.SetState(f); err == nil || !strings.Contains(err.Error(), words) {
			t.Errorf("%s: %v, want %q", what, err, words)
		}
		if !bytes.Equal(bytesOf(t, m), before) {
			t.Fatalf("%s: the run has changed", what)
		}
	}
	at := func(f *safetensors.File, name string) *safetensors.Tensor {
		return &f.Tensors[slices.IndexFunc(f.Tensors, func(x safetensors.Tensor) bool { return x.Name == name })]
	}
	for _, name := range names {
		refused(name+" missing", name, func(f *safetensors.File) { at(f, name).Name = "else" })
		refused(name+" of another type", name, func(f *safetensors.File) { at(f, name).Data = []float64{1} })
		refused(name+" of another shape", name, func(f *safetensors.File) { at(f, name).Shape = []int{1, 2, 3} })
	}
	for _, c := range []struct {
		name  string
		value int64
		words string
	}{
		{queueID, -2, "-2"}, {queueLabel, 1 << 40, "want -1 to"}, {queueAge, -1, "want 0 to"},
		{queuePosition, 33, "want 0 to 32"}, {queuePosition, 32, "next slot is 32"}, {stepName, 21, "want 0 to 20"}, {stepName, -1, "-1"},
	} {
		refused(c.name, c.words, func(f *safetensors.File) { at(f, c.name).Data.([]int64)[0] = c.value })
	}
	refused("one more", "tensors, want", func(f *safetensors.File) {
		f.Tensors = append(f.Tensors, safetensors.Tensor{Name: "more", Data: []int64{1}})
	})
	if err := m.SetState(&safetensors.File{Tensors: other.State()}); err != nil || bytes.Equal(bytesOf(t, m), before) {
		t.Errorf("the state itself: %v", err)
	}
}

package experiment

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/hardneg/hardneg/lib/parallel"
	"github.com/hardneg/hardneg/lib/safetensors"
)

// stopAt runs s until the phase has come to step, as an interrupt would end it, and returns what was told.
func stopAt(t *testing.T, s Setting, o Options, phase string, step int) (notices string) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	o.Progress = func(p Progress) {
		if p.Phase == phase && p.Step >= step {
			cancel()
		}
	}
	o.Notice = func(line string) { notices += line + "\n" }
	if r, err := Run(ctx, s, o); !errors.Is(err, context.Canceled) {
		t.Fatalf("not interrupted at step %d: %v, %v", step, r != nil, err)
	}
	return notices
}

// finish runs s to its end and returns the record, a hash of the state after the last step, what was told, and the
// first step that was trained.
func finish(t *testing.T, s Setting, o Options) (r *Record, state, notices string, first int) {
	t.Helper()
	o.CheckpointEvery = 1
	o.Progress = func(p Progress) {
		if p.Phase != "train" {
			return
		}
		if first == 0 {
			first = p.Step
		}
		if p.Step == p.Total {
			state = stateHash(t, checkpointPath(o.Dir, s, p.Step))
		}
	}
	o.Notice = func(line string) { notices += line + "\n" }
	r, err := Run(context.Background(), s, o)
	if err != nil {
		t.Fatal(err)
	}
	if left, _ := checkpointsOf(o.Dir, s); len(left) != 0 {
		t.Errorf("with the record written, %v are left", left)
	}
	return r, state, notices, first
}

func stateHash(t *testing.T, path string) string {
	t.Helper()
	c, err := readCheckpoint(path)
	if err != nil {
		t.Fatal(err)
	}
	b, err := safetensors.Encode(&safetensors.File{Tensors: c.state.Tensors})
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("%x", sha256.Sum256(b))
}

// methods are runs of six steps in two epochs; the noise queue is full after two.
func methods() map[string]Setting {
	all := map[string]Setting{}
	for name, change := range map[string]func(*Setting){
		"band":       func(s *Setting) { s.Policy = "5-60" },
		"noise":      func(s *Setting) { s.Policy, s.NoiseQueue = "random 50", true },
		"splits":     func(s *Setting) { s.Splits = 2 },
		"supervised": func(s *Setting) { s.Method = Supervised },
	} {
		s := tiny
		s.Seed = 7
		change(&s)
		all[name] = s.Complete()
	}
	return all
}

// A run that is stopped after any step, and goes on with another number of workers, gives the record of one that was
// not stopped, and its state.
func TestResumedRunIsTheWholeRun(t *testing.T) {
	defer parallel.SetThreads(parallel.Threads())
	threads := []int{1, 2, 3, 8}
	for name, s := range methods() {
		whole, want, _, _ := finish(t, s, Options{Dir: t.TempDir(), Threads: 1})
		for i, stops := range [][]int{{1}, {2}, {3}, {1, 4, 5}, {6}} {
			dir := t.TempDir()
			for j, k := range stops {
				notices := stopAt(t, s, Options{Dir: dir, Threads: threads[(i+j)%4]}, "train", k)
				if words := fmt.Sprintf("step %d of 6 is kept in", k); !strings.Contains(notices, words) {
					t.Errorf("%s: %q, want %q", name, notices, words)
				}
			}
			k := stops[len(stops)-1]
			stopped := stateHash(t, checkpointPath(dir, s, k))
			r, state, notices, first := finish(t, s, Options{Dir: dir, Threads: threads[(i+2)%4]})
			if k == 6 { // no step is left that would be told of
				first, state = 7, stopped
			}
			if words := fmt.Sprintf("resumed at step %d of 6", k); first != k+1 || !strings.Contains(notices, words) {
				t.Errorf("%s: went on with step %d: %q, want %q", name, first, notices, words)
			}
			if state != want || !reflect.DeepEqual(result(r), result(whole)) {
				t.Errorf("%s: stopped after %v it ends otherwise:\n%+v\n%+v", name, stops, result(r), result(whole))
			}
			if r.Timings.Fill == 0 && s.Method == MoCo && !s.NoiseQueue || r.Timings.Train == 0 {
				t.Errorf("%s: times of the first process are lost: %+v", name, r.Timings)
			}
		}
	}
}

// Stopped in the evaluation, nothing is trained again.
func TestResumeInTheEvaluation(t *testing.T) {
	for _, name := range []string{"band", "supervised"} {
		s, dir := methods()[name], t.TempDir()
		if notices := stopAt(t, s, Options{Dir: dir}, "evaluate", 1); !strings.Contains(notices, "step 6 of 6 is kept") {
			t.Errorf("%s: %q", name, notices)
		}
		r, _, _, first := finish(t, s, Options{Dir: dir})
		whole, _, _, _ := finish(t, s, Options{Dir: t.TempDir()})
		if first != 0 || !reflect.DeepEqual(result(r), result(whole)) {
			t.Errorf("%s: step %d was trained, or the record differs", name, first)
		}
	}
}

// The last two stay while a run trains, and none that is older.
func TestTwoCheckpointsStay(t *testing.T) {
	s, dir := methods()["band"], t.TempDir()
	var seen []int
	_, err := Run(context.Background(), s, Options{Dir: dir, CheckpointEvery: 1, Progress: func(p Progress) {
		if p.Phase == "train" {
			paths, _ := checkpointsOf(dir, s)
			seen = append(seen, len(paths))
			if len(paths) == 0 || paths[0] != checkpointPath(dir, s, p.Step) {
				t.Errorf("after step %d: %v", p.Step, paths)
			}
		}
	}})
	if err != nil || !reflect.DeepEqual(seen, []int{1, 2, 2, 2, 2, 2}) {
		t.Errorf("%v, %v", seen, err)
	}
}

// two leaves checkpoints of steps 4 and 5 and returns their paths, the newer first.
func two(t *testing.T, s Setting, dir string) []string {
	t.Helper()
	stopAt(t, s, Options{Dir: dir, CheckpointEvery: 1}, "train", 5)
	paths, err := checkpointsOf(dir, s)
	if err != nil || len(paths) != 2 {
		t.Fatal(paths, err)
	}
	return paths
}

func TestDamagedCheckpoints(t *testing.T) {
	s, dir := methods()["band"], t.TempDir()
	whole, _, _, _ := finish(t, s, Options{Dir: t.TempDir()})
	paths := two(t, s, dir)
	if err := os.Truncate(paths[0], 3000); err != nil {
		t.Fatal(err)
	}
	again := t.TempDir()
	if err := os.CopyFS(again, os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	r, _, notices, first := finish(t, s, Options{Dir: dir})
	if first != 5 || !strings.Contains(notices, paths[0]+" is damaged (truncated") || !strings.Contains(notices, "resumed at step 4 of 6, from "+paths[1]) {
		t.Errorf("step %d was the first, %q", first, notices)
	}
	if !reflect.DeepEqual(result(r), result(whole)) {
		t.Error("from the older checkpoint the run ends otherwise")
	}
	_, err := Run(context.Background(), s, Options{Dir: again, Notice: func(string) {}, Progress: func(p Progress) {
		if left, _ := checkpointsOf(again, s); p.Phase == "train" && len(left) != 1 {
			t.Errorf("the damaged one stays in the way: %v", left)
		}
	}})
	if err != nil {
		t.Error(err)
	}

	if err := os.Remove(filepath.Join(dir, s.FileName())); err != nil {
		t.Fatal(err)
	}
	for _, path := range two(t, s, dir) {
		if err := os.WriteFile(path, []byte("x"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	_, err = Run(context.Background(), s, Options{Dir: dir, Notice: func(string) {}})
	if err == nil || !strings.Contains(err.Error(), paths[0]+" is damaged too") || !strings.Contains(err.Error(), paths[1]+": not a safetensors file") || !strings.Contains(err.Error(), "--no-resume") {
		t.Errorf("both are damaged: %v", err)
	}
	if left, _ := checkpointsOf(dir, s); len(left) != 2 {
		t.Errorf("%v are left", left)
	}
	if _, _, notices, first := finish(t, s, Options{Dir: dir, NoResume: true}); first != 1 || notices != "" {
		t.Errorf("NoResume: step %d was the first, %q", first, notices)
	}
}

// What a killed process was writing goes with the checkpoints.
func TestHalfWrittenCheckpointIsRemoved(t *testing.T) {
	s, dir := methods()["band"], t.TempDir()
	half := filepath.Join(dir, "."+filepath.Base(checkpointPath(dir, s, 3))+".12345.tmp")
	other := filepath.Join(dir, "."+s.FileName()+".12345.tmp") // a record on its way
	for _, path := range []string{half, other} {
		if err := os.WriteFile(path, []byte("x"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	finish(t, s, Options{Dir: dir})
	if _, err := os.Stat(half); err == nil {
		t.Error("it is left")
	}
	if _, err := os.Stat(other); err != nil {
		t.Error(err)
	}
}

func TestUntrainedHasNoCheckpoint(t *testing.T) {
	s, dir := tiny, t.TempDir()
	s.Method = Untrained
	if notices := stopAt(t, s, Options{Dir: dir, CheckpointEvery: 1}, "evaluate", 1); notices != "" {
		t.Error(notices)
	}
	if left, _ := os.ReadDir(dir); len(left) != 0 {
		t.Errorf("%v is left", left)
	}
}

// All checkpoints together take at most 1% of the training time, at every moment, whatever one costs; a cheap one is
// written every ten seconds. Where some are slower, they do so once such a one was seen.
func TestCheckpointsTakeOnePercent(t *testing.T) {
	const ms = time.Millisecond
	for _, c := range []struct {
		costs        []time.Duration // in turns
		long         time.Duration
		fewest, most int
	}{
		{[]time.Duration{ms}, time.Hour, 340, 360},
		{[]time.Duration{50 * ms}, time.Hour, 340, 360},
		{[]time.Duration{time.Second}, time.Hour, 34, 36},
		{[]time.Duration{20 * time.Second}, time.Hour, 1, 1},
		{[]time.Duration{time.Minute}, time.Hour, 0, 0},
		{[]time.Duration{500 * ms, 1500 * ms}, 365 * time.Second, 3, 3},
		{[]time.Duration{20 * ms, 20 * ms, 20 * ms, 600 * ms}, time.Hour, 150, 260},
	} {
		begin := time.Now()
		k := &keeper{r: &run{record: &Record{}}, began: begin, last: begin, cost: c.costs[0]}
		written := 0
		for now := begin; now.Sub(begin) < c.long; now = now.Add(200 * ms) {
			if !k.due(now) {
				continue
			}
			d := c.costs[written%len(c.costs)]
			written++
			now = now.Add(d)
			k.last = now
			k.took(d)
			if share := k.spent.Seconds() / now.Sub(begin).Seconds(); share > checkpointShare && len(c.costs) == 1 {
				t.Fatalf("%v each: %.2f%% after %v", c.costs, 100*share, now.Sub(begin))
			}
		}
		if share := k.spent.Seconds() / c.long.Seconds(); share > checkpointShare || written < c.fewest || written > c.most {
			t.Errorf("%v each: %d in %v, want %d to %d; %.2f%%", c.costs, written, c.long, c.fewest, c.most, 100*share)
		}
	}
	k := &keeper{r: &run{o: Options{CheckpointEvery: time.Minute}}, cost: time.Hour}
	if k.last = time.Now(); k.due(k.last.Add(59*time.Second)) || !k.due(k.last.Add(time.Minute)) {
		t.Error("an interval that was asked for is not kept")
	}
	if _, err := Run(context.Background(), tiny, Options{CheckpointEvery: -1}); err == nil || !strings.Contains(err.Error(), "checkpoints every") {
		t.Error(err)
	}
}

// The first checkpoint's cost is guessed from making it and from the probe of the folder.
func TestFirstCostIsGuessed(t *testing.T) {
	s, dir := methods()["band"], t.TempDir()
	path := two(t, s, dir)[0]
	c, err := readCheckpoint(path)
	if err != nil {
		t.Fatal(err)
	}
	k := &keeper{r: &run{s: s, probed: time.Hour, record: &Record{Hash: s.Hash()}}, t: held{f: c.state}, done: 5}
	if k.guess(); k.cost < time.Hour || k.cost > time.Hour+time.Minute || k.spent == 0 {
		t.Errorf("%v guessed, %v spent", k.cost, k.spent)
	}
}

// held is a trainee that holds a state.
type held struct {
	trainee
	f *safetensors.File
}

func (h held) State() []safetensors.Tensor { return h.f.Tensors }

// A checkpoint reads as it was written, bit for bit, and the same one gives the same bytes.
func TestCheckpointRoundTrip(t *testing.T) {
	for name, s := range methods() {
		path := two(t, s, t.TempDir())[0]
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		c, err := decodeCheckpoint(bytes.Clone(b))
		if err != nil {
			t.Fatal(err)
		}
		again, err := encodeCheckpoint(c.position, c.state.Tensors)
		if err != nil || !bytes.Equal(again, b) {
			t.Errorf("%s: written again it is another file (%v)", name, err)
		}
		if c.Step != 5 || len(c.History) != 1 || c.Epoch.Loss == 0 {
			t.Errorf("%s: %+v", name, c.position)
		}
	}
}

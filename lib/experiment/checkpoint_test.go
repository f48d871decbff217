package experiment

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/hardneg/hardneg/lib/safetensors"
)

// Any byte that is changed, and any length that is cut, is seen as damage.
func TestEveryByteOfACheckpointIsWatched(t *testing.T) {
	for _, name := range []string{"band", "supervised"} {
		s := methods()[name]
		b, err := os.ReadFile(two(t, s, t.TempDir())[0])
		if err != nil {
			t.Fatal(err)
		}
		head := 8 + int(binary.LittleEndian.Uint64(b))
		at := []int{len(b) - 1}
		for i := 0; i < head; i += 7 {
			at = append(at, i)
		}
		f, err := safetensors.Decode(b)
		if err != nil {
			t.Fatal(err)
		}
		for i, x := 0, head; i < len(f.Tensors); i++ { // the first and the middle byte of each tensor
			n := binary.Size(f.Tensors[i].Data)
			at = append(at, x, x+n/2)
			x += n
		}
		for _, i := range at {
			bad := bytes.Clone(b)
			bad[i] ^= 1
			if _, err := decodeCheckpoint(bad); !errors.As(err, new(damaged)) {
				t.Errorf("%s: byte %d of %d (header %d): %v", name, i, len(b), head, err)
			}
		}
		for _, n := range []int{0, 7, 8, 100, head - 1, head, head + 1, len(b) / 2, len(b) - 1} {
			if _, err := decodeCheckpoint(bytes.Clone(b[:n])); !errors.As(err, new(damaged)) {
				t.Errorf("%s: cut to %d bytes: %v", name, n, err)
			}
		}
		if _, err := decodeCheckpoint(append(bytes.Clone(b), 0)); !errors.As(err, new(damaged)) {
			t.Errorf("%s: a byte more: %v", name, err)
		}
		if _, err := decodeCheckpoint(bytes.Clone(b)); err != nil {
			t.Errorf("%s: as it is: %v", name, err)
		}
	}
}

// A checkpoint that is whole and does not belong to the run is refused with the reason and what to do; the one before
// it, which would do, is not tried.
func TestCheckpointsOfAnotherRunAreRefused(t *testing.T) {
	for _, c := range []struct {
		name, words string
		change      func(p *position, f *safetensors.File)
	}{
		{"format", "format 2, and this program reads 1: go on with the program that wrote it", func(p *position, _ *safetensors.File) { p.Format = 2 }},
		{"setting", "it was renamed", func(p *position, _ *safetensors.File) { p.Setting.Seed++; p.Hash = p.Setting.Hash() }},
		{"setting's field", "its setting hashes to", func(p *position, _ *safetensors.File) { p.Setting.Rate = 0.04 }},
		{"setting's version", "version 2, and this program trains by 1", func(p *position, _ *safetensors.File) { p.Setting.Version = 2 }},
		{"no setting", "queue", func(p *position, _ *safetensors.File) { p.Setting.Queue = 65 }},
		{"untrained", "takes no steps", func(p *position, _ *safetensors.File) {
			p.Setting.Method = Untrained
			p.Setting = p.Setting.Complete()
			p.Hash = p.Setting.Hash()
		}},
		{"hash", "its setting hashes to", func(p *position, _ *safetensors.File) { p.Hash = "0" }},
		{"engine", "--engine", func(p *position, _ *safetensors.File) { p.Environment.Engine = "cuda" }},
		{"variant", "HARDNEG_ISA", func(p *position, _ *safetensors.File) { p.Environment.Variant = "avx1" }},
		{"program", `its program is "v9"`, func(p *position, _ *safetensors.File) { p.Environment.Program = "v9" }},
		{"commit", `its commit is "abc+dirty"`, func(p *position, _ *safetensors.File) { p.Environment.Commit = "abc+dirty" }},
		{"Go", `its Go version is "go1.1"`, func(p *position, _ *safetensors.File) { p.Environment.Go = "go1.1" }},
		{"system", "plan9/386", func(p *position, _ *safetensors.File) { p.Environment.System = "plan9/386" }},
		{"training data", "give that data", func(p *position, _ *safetensors.File) { p.Data.Train.Sum = strings.Repeat("0", 64) }},
		{"test data", "give that data", func(p *position, _ *safetensors.File) { p.Data.Test.Images++ }},
		{"step", "its tensors are of step [5], and it says 4", func(p *position, _ *safetensors.File) { p.Step = 4 }},
		{"step 0", "step 0 of 6", func(p *position, _ *safetensors.File) { p.Step = 0 }},
		{"step after the end", "step 7 of 6", func(p *position, _ *safetensors.File) { p.Step = 7 }},
		{"steps", "step 5 of 7, and its setting takes 6", func(p *position, _ *safetensors.File) { p.Steps = 7 }},
		{"history", "0 epochs at step 5", func(p *position, _ *safetensors.File) { p.History = nil }},
		{"epoch of the history", "called 2", func(p *position, _ *safetensors.File) { p.History[0].Epoch = 2 }},
		{"time", "one of its times is -1", func(p *position, _ *safetensors.File) { p.Timings.Train = -1 }},
		{"time of the epoch", "one of its times is 1e+300", func(p *position, _ *safetensors.File) { p.Epoch.Seconds = 1e300 }},
		{"no step tensor", `no tensor "step"`, func(_ *position, f *safetensors.File) { f.Tensors = f.Tensors[:len(f.Tensors)-1] }},
		{"tensor", "query.conv1.weight", func(_ *position, f *safetensors.File) { f.Tensors[0].Name = "query.conv9.weight" }},
		{"shape", "has shape [1 ", func(_ *position, f *safetensors.File) { f.Tensors[0].Shape = append([]int{1}, f.Tensors[0].Shape...) }},
	} {
		for _, name := range []string{"band", "supervised"} {
			s, dir := methods()[name], ""
			if name == "supervised" && c.name == "no setting" {
				continue // it has no queue
			}
			dir = pair(t, s)
			path := checkpointPath(dir, s, 5)
			k, err := readCheckpoint(path)
			if err != nil {
				t.Fatal(err)
			}
			c.change(&k.position, k.state)
			b, err := encodeCheckpoint(k.position, k.state.Tensors)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, b, 0o644); err != nil {
				t.Fatal(err)
			}
			_, err = Run(context.Background(), s, Options{Dir: dir, Notice: func(line string) { t.Errorf("%s, %s: %s", name, c.name, line) }})
			if err == nil {
				t.Errorf("%s, %s: it is taken", name, c.name)
				continue
			}
			for _, words := range []string{path, c.words, "--no-resume"} {
				if !strings.Contains(err.Error(), words) {
					t.Errorf("%s, %s: %v, want %q", name, c.name, err, words)
				}
			}
			if errors.As(err, new(damaged)) {
				t.Errorf("%s, %s: this is no damage: %v", name, c.name, err)
			}
			if left, _ := checkpointsOf(dir, s); len(left) != 2 {
				t.Errorf("%s, %s: %v are left", name, c.name, left)
			}
		}
	}
}

// pairs are folders with two checkpoints each, made once.
var pairs = map[string][2][]byte{}

// pair returns a new folder with checkpoints of steps 4 and 5.
func pair(t *testing.T, s Setting) string {
	t.Helper()
	files, made := pairs[s.Hash()]
	if !made {
		for i, path := range two(t, s, t.TempDir()) {
			var err error
			if files[i], err = os.ReadFile(path); err != nil {
				t.Fatal(err)
			}
		}
		pairs[s.Hash()] = files
	}
	dir := t.TempDir()
	for i, b := range files {
		if err := os.WriteFile(checkpointPath(dir, s, 5-i), b, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// A run that fails keeps its checkpoints: the cause may be outside of it.
func TestFailedRunKeepsItsCheckpoints(t *testing.T) {
	s, dir := tiny, t.TempDir()
	s.Method, s.Epochs, s.Rate, s.Decay = Supervised, 40, 99, 0.9
	_, err := Run(context.Background(), s, Options{Dir: dir, CheckpointEvery: 1})
	if err == nil {
		t.Fatal("it does not fail")
	}
	if left, _ := checkpointsOf(dir, s.Complete()); len(left) == 0 {
		t.Error("they are gone")
	}
	var notices []string
	_, again := Run(context.Background(), s, Options{Dir: dir, Notice: func(line string) { notices = append(notices, line) }})
	if again == nil || again.Error() != err.Error() || len(notices) != 1 || !strings.Contains(notices[0], "resumed at") {
		t.Errorf("again: %v, %v", again, notices)
	}
}

func FuzzCheckpoint(f *testing.F) {
	s := tiny.Complete()
	p := position{Format: CheckpointFormat, Hash: s.Hash(), Setting: s, Step: 4, Steps: 6, History: []Epoch{{Epoch: 1}}}
	b, err := encodeCheckpoint(p, []safetensors.Tensor{safetensors.Integers(stepTensor, []int{4})})
	if err != nil {
		f.Fatal(err)
	}
	if _, err := decodeCheckpoint(bytes.Clone(b)); err != nil {
		f.Fatal(err)
	}
	text, _ := json.Marshal(p)
	f.Add(b, text)
	f.Fuzz(func(t *testing.T, b, text []byte) {
		_, _ = decodeCheckpoint(slices.Clone(b))
		p, err := parsePosition(text)
		if err != nil {
			return
		}
		again, err := json.Marshal(p)
		if err != nil {
			t.Fatal(err)
		}
		back, err := parsePosition(again)
		if err != nil {
			t.Fatalf("%s\nis not read back: %v", again, err)
		}
		if third, err := json.Marshal(back); err != nil || !bytes.Equal(third, again) {
			t.Errorf("%s\nreads back as %s (%v)", again, third, err)
		}
	})
}

package experiment

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/hardneg/hardneg/lib/safetensors"
)

// A checkpoint is a training run between two steps, in one safetensors file: the tensors of its state, and in the
// metadata "format" (what the file is), "state" (a position as JSON) and "sha256" (of the whole file, with zeros in
// the place of these 64 digits). docs/checkpoints.md describes it for readers.

// CheckpointFormat is the version of a checkpoint's layout. Another one is refused; sha256 is found and means the
// same in all of them, so that damage is told from another version.
const CheckpointFormat = 1

const (
	checkpointKind = "hardneg checkpoint"
	stepTensor     = "step" // (1), in every state: steps done
)

var noSum = strings.Repeat("0", 2*sha256.Size)

// position is all of a checkpoint but its tensors. Setting.Seed and Step are the position of every random stream:
// streams are named by the seed and by the step, the epoch or the image, and none is drawn from twice.
type position struct {
	Format      int         `json:"format"`
	Hash        string      `json:"hash"` // of the setting
	Setting     Setting     `json:"setting"`
	Environment Environment `json:"environment"`
	Data        Data        `json:"data"`
	Step        int         `json:"step"`              // steps done
	Steps       int         `json:"steps"`             // of the whole run
	History     []Epoch     `json:"history,omitempty"` // of the whole epochs
	Epoch       Epoch       `json:"epoch"`             // sums and seconds of the one that is on its way
	Timings     Timings     `json:"timings"`           // so far
}

// checkpoint is a position with the state that belongs to it.
type checkpoint struct {
	position
	state *safetensors.File
}

// damaged is what a file suffers, not what a run means by it: an older checkpoint may be whole.
type damaged struct{ error }

func (d damaged) Unwrap() error { return d.error }

// encodeCheckpoint makes the file's bytes.
func encodeCheckpoint(p position, state []safetensors.Tensor) ([]byte, error) {
	text, err := json.Marshal(p)
	if err != nil {
		return nil, fmt.Errorf("checkpoint of %v: %w", p.Setting, err)
	}
	b, err := safetensors.Encode(&safetensors.File{Tensors: state, Metadata: map[string]string{
		"format": checkpointKind, "sha256": noSum, "state": string(text)}})
	if err != nil {
		return nil, fmt.Errorf("checkpoint of %v: %w", p.Setting, err)
	}
	sum := sha256.Sum256(b)
	hex.Encode(sumField(b), sum[:])
	return b, nil
}

// sumField is the place of the digits in the file b; nil where there is none.
func sumField(b []byte) []byte {
	key := []byte(`"sha256":"`) // inside of "state" the quotes are escaped
	i := bytes.Index(b, key)
	if i < 0 || len(b) < i+len(key)+len(noSum) {
		return nil
	}
	return b[i+len(key):][:len(noSum)]
}

// readCheckpoint reads the file at path, which it does not compare with any run. A file that is cut short or altered
// is an error that is damaged.
func readCheckpoint(path string) (*checkpoint, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	return decodeCheckpoint(b)
}

// decodeCheckpoint overwrites the digits of the sum in b.
func decodeCheckpoint(b []byte) (*checkpoint, error) {
	f, err := safetensors.Decode(b)
	if err != nil {
		return nil, damaged{err}
	}
	if f.Metadata["format"] != checkpointKind {
		return nil, damaged{fmt.Errorf("its metadata name it %q, not %q: it is no checkpoint, or it was altered", f.Metadata["format"], checkpointKind)}
	}
	field := sumField(b)
	if field == nil {
		return nil, damaged{errors.New("altered: it holds no sha256 of itself")}
	}
	said := string(field)
	copy(field, noSum)
	if sum := sha256.Sum256(b); hex.EncodeToString(sum[:]) != said {
		return nil, damaged{fmt.Errorf("altered: its sha256 is %.12x, and it says %.12s", sum, said)}
	}
	p, err := parsePosition([]byte(f.Metadata["state"]))
	if err != nil {
		return nil, err
	}
	step, err := f.Int64(stepTensor)
	if err != nil {
		return nil, err
	}
	if len(step) != 1 || step[0] != int64(p.Step) {
		return nil, fmt.Errorf("its tensors are of step %v, and it says %d", step, p.Step)
	}
	return &checkpoint{*p, f}, nil
}

// parsePosition reads a position and refuses one that contradicts itself.
func parsePosition(text []byte) (*position, error) {
	var head struct {
		Format int `json:"format"`
	}
	if err := json.Unmarshal(text, &head); err != nil {
		return nil, fmt.Errorf("its state: %w", err)
	}
	if head.Format != CheckpointFormat {
		return nil, fmt.Errorf("it has format %d, and this program reads %d: go on with the program that wrote it", head.Format, CheckpointFormat)
	}
	var p position
	if err := json.Unmarshal(text, &p); err != nil {
		return nil, fmt.Errorf("its state: %w", err)
	}
	if v := p.Setting.Version; v != SettingVersion {
		return nil, fmt.Errorf("its setting has version %d, and this program trains by %d: go on with the program that wrote it", v, SettingVersion)
	}
	if err := p.Setting.Validate(); err != nil {
		return nil, err
	}
	if h := p.Setting.Hash(); h != p.Hash {
		return nil, fmt.Errorf("its setting hashes to %s, and it says %s", h, p.Hash)
	}
	if p.Setting.Method == Untrained {
		return nil, fmt.Errorf("its setting is %s, which takes no steps", Untrained)
	}
	perEpoch, steps := p.Setting.TrainImages/p.Setting.Batch, p.Setting.stepsOf()
	if p.Steps != steps || p.Step < 1 || p.Step > steps {
		return nil, fmt.Errorf("it is of step %d of %d, and its setting takes %d", p.Step, p.Steps, steps)
	}
	if len(p.History) != p.Step/perEpoch {
		return nil, fmt.Errorf("it holds %d epochs at step %d, with %d steps an epoch", len(p.History), p.Step, perEpoch)
	}
	for i, e := range p.History {
		if e.Epoch != i+1 {
			return nil, fmt.Errorf("epoch %d of its history is called %d", i+1, e.Epoch)
		}
	}
	for _, seconds := range []float64{p.Epoch.Seconds, p.Timings.Fill, p.Timings.Train, p.Timings.Checkpoints} {
		if !(seconds >= 0 && seconds < maxSeconds) {
			return nil, fmt.Errorf("one of its times is %g s", seconds)
		}
	}
	return &p, nil
}

// maxSeconds is what a time.Duration holds, about: 290 years.
const maxSeconds = 9e9

// fits is an error where p is not of a run of s on env and data: it says what differs, and what to do.
func (p *position) fits(s Setting, env Environment, data Data) error {
	if p.Hash != s.Hash() {
		return fmt.Errorf("it is of %v (%s), not of %v (%s): it was renamed; delete it or give it its own name", p.Setting, p.Hash, s, s.Hash())
	}
	for _, f := range []struct{ name, then, now, do string }{
		{"engine", p.Environment.Engine, env.Engine, "choose it with --engine"},
		{"variant of the engine", p.Environment.Variant, env.Variant, "choose it with HARDNEG_ISA"},
		{"program", p.Environment.Program, env.Program, "go on with that one"},
		{"commit", p.Environment.Commit, env.Commit, "go on with that one"},
		{"Go version", p.Environment.Go, env.Go, "build with that one"},
		{"system", p.Environment.System, env.System, "go on there"},
	} {
		if f.then != f.now {
			return fmt.Errorf("its %s is %q, here it is %q, and numbers may differ: %s", f.name, f.then, f.now, f.do)
		}
	}
	then := p.Environment
	if then.CPU, then.Threads = env.CPU, env.Threads; then != env { // of these two the numbers do not depend
		return fmt.Errorf("it was made by %+v, here it is %+v, and numbers may differ: go on there", then, env)
	}
	if p.Data != data {
		return fmt.Errorf("it was trained on %s with sha256 %.12s and tested on %.12s, here they have %.12s and %.12s: give that data",
			p.Data.Train.Name, p.Data.Train.Sum, p.Data.Test.Sum, data.Train.Sum, data.Test.Sum)
	}
	return nil
}

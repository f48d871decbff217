package experiment

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/hardneg/hardneg/lib/augment"
	"github.com/hardneg/hardneg/lib/moco"
	"github.com/hardneg/hardneg/lib/safetensors"
)

// trainee is what a method trains: one step of it, and all that steps change.
type trainee interface {
	// step is one optimisation step. observe asks for the mean similarity of the negatives too.
	step(ctx context.Context, b *augment.Batch, observe bool) (moco.Metrics, float64, error)
	State() []safetensors.Tensor
	SetState(*safetensors.File) error
}

const checkpointSuffix = ".checkpoint"

// checkpointPath is the checkpoint after so many steps, beside the record that it will become:
// "taxa_0-5_seed3_1a2b3c4d5e6f.000120.checkpoint".
func checkpointPath(dir string, s Setting, step int) string {
	return filepath.Join(dir, fmt.Sprintf("%s.%06d%s", recordBase(s), step, checkpointSuffix))
}

func recordBase(s Setting) string { return strings.TrimSuffix(s.FileName(), ".json") }

// checkpointsOf lists the checkpoints of s in dir, the newest first.
func checkpointsOf(dir string, s Setting) ([]string, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	type file struct {
		path string
		step int
	}
	var files []file
	for _, e := range entries {
		name, found := strings.CutPrefix(e.Name(), recordBase(s)+".")
		number, is := strings.CutSuffix(name, checkpointSuffix)
		if step, err := strconv.Atoi(number); found && is && err == nil {
			files = append(files, file{filepath.Join(dir, e.Name()), step})
		}
	}
	slices.SortFunc(files, func(a, b file) int { return b.step - a.step })
	paths := make([]string, len(files))
	for i, f := range files {
		paths[i] = f.path
	}
	return paths, nil
}

// removeCheckpoints removes those of s from dir, and what a killed process left of writing them.
func removeCheckpoints(dir string, s Setting) error {
	paths, err := checkpointsOf(dir, s)
	if err != nil {
		return err
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if n := e.Name(); strings.HasPrefix(n, "."+recordBase(s)+".") && strings.Contains(n, checkpointSuffix+".") && strings.HasSuffix(n, ".tmp") {
			paths = append(paths, filepath.Join(dir, n))
		}
	}
	for _, path := range paths {
		if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) { // another process may have been first
			return err
		}
	}
	return nil
}

// startOver is what can be done with any checkpoint that is refused.
const startOver = "to train from the beginning delete it, or give --no-resume"

// resume takes over the newest checkpoint of the run and returns its position; nil where there is none. The one
// before it is looked at only where the newest is damaged.
func (r *run) resume(t trainee) (*position, error) {
	if r.o.Dir == "" {
		return nil, nil
	}
	if r.o.NoResume {
		return nil, removeCheckpoints(r.o.Dir, r.s)
	}
	var bad []string // damaged ones
	for tries := 0; ; {
		paths, err := checkpointsOf(r.o.Dir, r.s)
		if err != nil {
			return nil, err
		}
		if len(paths) == len(bad) {
			return nil, nil
		}
		path := paths[len(bad)]
		c, err := readCheckpoint(path)
		switch {
		case errors.Is(err, fs.ErrNotExist) && tries < 10: // another process has just gone on
			tries, bad = tries+1, nil
			continue
		case errors.As(err, new(damaged)) && len(bad)+1 < len(paths):
			bad = append(bad, path)
			r.notice("checkpoint %s is damaged (%v): the one before it is tried", path, err)
			continue
		}
		if err == nil {
			err = c.fits(r.s, r.record.Environment, r.record.Data)
		}
		if err == nil {
			err = t.SetState(c.state)
		}
		if err != nil {
			for _, b := range bad {
				err = fmt.Errorf("%w (%s is damaged too)", err, b)
			}
			return nil, fmt.Errorf("checkpoint %s: %w; %s", path, err, startOver)
		}
		for _, b := range bad {
			if err := os.Remove(b); err != nil && !errors.Is(err, fs.ErrNotExist) {
				return nil, err
			}
		}
		r.notice("resumed at step %d of %d, from %s", c.Step, c.Steps, path)
		return &c.position, nil
	}
}

// notice tells what a reader should know of the run besides its progress.
func (r *run) notice(format string, a ...any) {
	text := fmt.Sprintf("%v: %s", r.s, fmt.Sprintf(format, a...))
	if r.o.Notice == nil {
		fmt.Fprintln(os.Stderr, text)
		return
	}
	r.o.Notice(text)
}

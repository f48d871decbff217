package experiment

import (
	"context"
	"fmt"
	"time"
)

// Sweep runs all settings in their order, but for those that o.Dir already has a record of, and returns the records of
// all. All settings are tried before the first one runs.
//
// When ctx ends, finished records stay, and so does the run on its way as a checkpoint (see Run): the same sweep later
// goes on from there. Two
// sweeps may share a folder: each skips what the other has finished.
func Sweep(ctx context.Context, settings []Setting, o Options) ([]*Record, error) {
	for _, s := range settings {
		if err := s.Validate(); err != nil {
			return nil, fmt.Errorf("%v: %w", s, err)
		}
	}
	if o.Dir == "" {
		return nil, fmt.Errorf("a sweep needs a folder for its records")
	}
	if err := ProbeFolder(o.Dir); err != nil {
		return nil, err
	}
	o.sets = new(setCache)
	more := len(todo(o.Dir, settings)) > 0 // else nothing needs the data, which may be gone
	var pace pace
	tell := o.Progress
	records := make([]*Record, 0, len(settings))
	for i, s := range settings {
		s = s.Complete()
		r, err := Recorded(o.Dir, s)
		if err != nil {
			return records, err
		}
		if r != nil {
			if more {
				if err := sameData(r, o); err != nil {
					return records, err
				}
			}
			if tell != nil {
				tell(Progress{Setting: s, Phase: "recorded", Run: i + 1, Runs: len(settings)})
			}
			records = append(records, r)
			if err := removeCheckpoints(o.Dir, s); err != nil { // of a process that ended between the two
				return records, err
			}
			continue
		}
		if tell != nil {
			left := todo(o.Dir, settings[i+1:])
			o.Progress = func(p Progress) {
				p.Run, p.Runs = i+1, len(settings)
				if p.Phase == "train" && p.Remaining > 0 {
					pace.guess(s, p)
				}
				p.Remaining = pace.remaining(p, left)
				tell(p)
			}
		}
		began := time.Now()
		if r, err = Run(ctx, s, o); err != nil {
			return records, err
		}
		took := r.Timings.Fill + r.Timings.Train + r.Timings.Evaluate // in all processes, where it was resumed
		pace.ran(s, max(time.Since(began), time.Duration(took*float64(time.Second))))
		records = append(records, r)
	}
	return records, nil
}

// sameData refuses to go on beside a record that was made from other bytes than those at hand: the arms of one sweep are
// compared, and CIFAR-100, for one, exists in more than one order.
func sameData(r *Record, o Options) error {
	train, _, err := o.sets.open(r.Setting.Complete(), o.DataDir)
	if err != nil {
		return err
	}
	if was := r.Data.Train.Sum; was != train.Sum() {
		return fmt.Errorf("record %s was made from %s with sha256 %.12s, here it has %.12s: give that data, or keep the new runs in another folder",
			r.Setting.FileName(), train.Name(), was, train.Sum())
	}
	return nil
}

// todo are the settings without a record; a record that cannot be read counts as one here and is an error in its turn.
func todo(dir string, settings []Setting) []Setting {
	var left []Setting
	for _, s := range settings {
		if r, err := Recorded(dir, s); r == nil && err == nil {
			left = append(left, s)
		}
	}
	return left
}

// pace is how long runs take, by their method.
type pace struct {
	total map[string]time.Duration
	runs  map[string]int
	first time.Duration // what the first run looks like taking, before it has ended
}

func (p *pace) ran(s Setting, took time.Duration) {
	if p.total == nil {
		p.total, p.runs = map[string]time.Duration{}, map[string]int{}
	}
	p.total[s.Method] += took
	p.runs[s.Method]++
}

// guess takes the whole of a run from its training phase so far.
func (p *pace) guess(s Setting, at Progress) {
	if s.Method == MoCo && at.Step < at.Total {
		p.first = time.Duration(float64(at.Remaining) * float64(at.Total) / float64(at.Total-at.Step))
	}
}

// relative is what a run costs beside one of MoCo, until one has been timed: two forward passes of four and half of
// the backward ones, or the evaluation alone.
var relative = map[string]float64{MoCo: 1, Supervised: 0.75, Untrained: 0.1}

func (p *pace) of(method string) time.Duration {
	if n := p.runs[method]; n > 0 {
		return p.total[method] / time.Duration(n)
	}
	if n := p.runs[MoCo]; n > 0 {
		return time.Duration(relative[method] * float64(p.total[MoCo]) / float64(n))
	}
	return time.Duration(relative[method] * float64(p.first))
}

// remaining is what the current run and those after it still take; 0 while nothing is known.
func (p *pace) remaining(now Progress, after []Setting) time.Duration {
	left := time.Duration(0)
	if now.Phase == "train" {
		left = now.Remaining
	}
	for _, s := range after {
		left += p.of(s.Complete().Method)
	}
	return left
}

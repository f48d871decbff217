package experiment

import (
	"errors"
	"io/fs"
	"os"
	"time"

	"github.com/hardneg/hardneg/lib/atomicfile"
)

// Checkpoints may take this share of the training time, and are not written more often than that.
const (
	checkpointShare = 0.01
	checkpointPause = 10 * time.Second
)

// kept is how many checkpoints stay: the newest, and the one before it should the newest be damaged.
const kept = 2

// keeper writes the checkpoints of a run. A nil one, of a run without a folder, writes none.
type keeper struct {
	r *run
	t trainee

	done, saved       int   // steps: of the run, and of the newest checkpoint
	epoch             Epoch // sums of the epoch that is on its way
	began, epochBegan time.Time

	last   time.Time     // when a checkpoint was last written or tried
	spent  time.Duration // on writing them, in this process and those before
	cost   time.Duration // of the next one: what the dearest took; 0: not known
	warned bool
}

// after says that a step is done, and writes a checkpoint where one is due.
func (k *keeper) after(done int, e Epoch, epochBegan time.Time) {
	if k == nil {
		return
	}
	k.done, k.epoch, k.epochBegan = done, e, epochBegan
	if !k.due(time.Now()) {
		return
	}
	if err := k.save(); err != nil && !k.warned {
		k.warned = true
		k.r.notice("no checkpoint of step %d: %v; training goes on, and tries again later", done, err)
	}
}

// due is whether the time has come: Options.CheckpointEvery, or when one more keeps all of them within their share.
func (k *keeper) due(now time.Time) bool {
	if every := k.r.o.CheckpointEvery; every > 0 {
		return now.Sub(k.last) >= every
	}
	if now.Sub(k.last) < checkpointPause {
		return false
	}
	if k.cost == 0 {
		k.guess()
	}
	return k.spent+k.cost <= time.Duration(checkpointShare*float64(now.Sub(k.began)))
}

// guess makes the first checkpoint without writing it, and takes the writing from what the probe of the folder took.
func (k *keeper) guess() {
	began := time.Now()
	b, err := k.encode()
	if err != nil {
		return // save says why
	}
	made := time.Since(began)
	k.spent += made
	k.cost = made + time.Duration(float64(k.r.probed)*max(1, float64(len(b))/probeBytes))
}

func (k *keeper) encode() ([]byte, error) {
	r := k.r
	p := position{Format: CheckpointFormat, Hash: r.record.Hash, Setting: r.s, Environment: r.record.Environment, Data: r.record.Data,
		Step: k.done, Steps: r.s.stepsOf(), History: r.record.History, Epoch: k.epoch, Timings: r.record.Timings}
	p.Epoch.Seconds = time.Since(k.epochBegan).Seconds()
	p.Timings.Train = time.Since(k.began).Seconds()
	p.Timings.Checkpoints = (k.spent + k.cost).Seconds() // with itself
	return encodeCheckpoint(p, k.t.State())
}

// save writes a checkpoint of the last step that is done, and removes those before the last two. Where it cannot be
// written, those that are there stay.
func (k *keeper) save() error {
	began := time.Now()
	b, err := k.encode()
	if err == nil {
		err = atomicfile.WriteBytes(checkpointPath(k.r.o.Dir, k.r.s, k.done), b)
	}
	if err == nil {
		k.saved = k.done
		err = k.prune()
	}
	k.last = time.Now()
	k.took(k.last.Sub(began))
	return err
}

// took counts a checkpoint. The next one is taken to cost as much as the dearest: a disk that is slow at times would
// otherwise take more than the share.
func (k *keeper) took(d time.Duration) {
	k.spent += d
	k.cost = max(k.cost, d)
	k.r.record.Timings.Checkpoints = k.spent.Seconds()
}

func (k *keeper) prune() error {
	paths, err := checkpointsOf(k.r.o.Dir, k.r.s)
	if err != nil {
		return err
	}
	for _, path := range paths[min(kept, len(paths)):] {
		if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// interrupted keeps the last step that is done, as the context ends.
func (k *keeper) interrupted() {
	if k == nil || k.done == 0 {
		return
	}
	if k.saved != k.done {
		if err := k.save(); err != nil {
			k.r.notice("step %d of %d is not kept: %v", k.done, k.r.s.stepsOf(), err)
			return
		}
	}
	k.r.notice("step %d of %d is kept in %s", k.done, k.r.s.stepsOf(), checkpointPath(k.r.o.Dir, k.r.s, k.done))
}

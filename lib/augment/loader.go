package augment

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime/debug"
	"sync"
	"sync/atomic"

	"github.com/hardneg/hardneg/datasets"
	"github.com/hardneg/hardneg/lib/parallel"
)

// LoaderConfig says which batches a Loader makes. Zero values are replaced as said.
type LoaderConfig struct {
	Views   Config
	Batch   int    // images in a batch; 0: 128
	Epochs  int    // 0: 1
	Start   int    // the first step, counted from the run's beginning: where an interrupted run goes on
	Seed    uint64 // of the order and of the views
	Workers int    // goroutines that make views; 0: parallel.Threads()
	Ahead   int    // batches made ahead of the step; 0: 2
}

// ErrClosed is what Next returns after Close.
var ErrClosed = errors.New("augment: the loader is closed")

// Loader makes batches ahead of the training step and hands them out in order. Its batches depend on the data, the
// Views, Batch and Seed alone. One goroutine calls Next, Recycle and Close.
type Loader struct {
	data   datasets.Dataset
	config LoaderConfig
	steps  int // per epoch

	ctx    context.Context // ends with the caller's, or on Close
	cancel context.CancelFunc
	wait   sync.WaitGroup

	room    chan struct{} // one token for each batch that may be begun
	ordered chan *job     // batches in their order, begun and perhaps not done
	tasks   chan task
	free    chan *job // given back
	pending *job      // that Next waits for
	err     error     // that Next returned
}

// job is a batch and what the workers know of it.
type job struct {
	batch  *Batch
	left   atomic.Int32  // entries that are not made
	ready  chan struct{} // receives once, when all are
	failed firstError
}

// task is some entries of a batch.
type task struct {
	job    *job
	lo, hi int
}

// chunk is the number of images in a task: enough to hide the cost of passing it on.
const chunk = 4

// NewLoader starts a loader over d. The last images of an epoch that do not fill a batch are left out. The loader stops when
// its last batch is handed out, when ctx ends, or on Close, which should be deferred.
func NewLoader(ctx context.Context, d datasets.Dataset, c LoaderConfig) (*Loader, error) {
	var err error
	if c.Views, err = c.Views.of(d); err != nil {
		return nil, err
	}
	for _, v := range []struct {
		name  string
		value *int
		zero  int
	}{{"Batch", &c.Batch, 128}, {"Epochs", &c.Epochs, 1}, {"Start", &c.Start, 0}, {"Workers", &c.Workers, parallel.Threads()}, {"Ahead", &c.Ahead, 2}} {
		if *v.value < 0 {
			return nil, fmt.Errorf("augment: a loader's %s is %d, want at least 1, or 0 for %d", v.name, *v.value, v.zero)
		}
		if *v.value == 0 {
			*v.value = v.zero
		}
	}
	if c.Batch > d.Len() {
		return nil, fmt.Errorf("augment: a batch of %d images from %s, which has %d: take a smaller batch or more images", c.Batch, d.Name(), d.Len())
	}
	l := &Loader{
		data: d, config: c, steps: d.Len() / c.Batch,
		room:    make(chan struct{}, c.Ahead),
		ordered: make(chan *job, c.Ahead),
		tasks:   make(chan task, c.Workers),
		free:    make(chan *job, c.Ahead+2),
	}
	if last := l.Steps(); c.Start > last {
		return nil, fmt.Errorf("augment: a loader's Start is step %d of %d", c.Start, last)
	}
	l.ctx, l.cancel = context.WithCancel(ctx)
	for range c.Ahead {
		l.room <- struct{}{}
	}
	l.wait.Add(1 + c.Workers)
	go l.begin()
	for range c.Workers {
		go l.work()
	}
	return l, nil
}

// StepsPerEpoch is the number of whole batches in an epoch.
func (l *Loader) StepsPerEpoch() int { return l.steps }

// Steps is the number of batches of the whole run.
func (l *Loader) Steps() int { return l.steps * l.config.Epochs }

// begin deals out the batches to the workers, in order, as far ahead as there is room.
func (l *Loader) begin() {
	defer l.wait.Done()
	defer close(l.tasks)
	defer close(l.ordered)
	epoch, order := -1, []int(nil)
	for step := l.config.Start; step < l.Steps(); step++ {
		select {
		case <-l.room:
		case <-l.ctx.Done():
			return
		}
		if e := step / l.steps; e != epoch {
			epoch, order = e, Order(l.data.Len(), l.config.Seed, e)
		}
		j := l.take()
		b, n := j.batch, l.config.Batch
		b.Epoch, b.Step, b.loader = epoch, step, l
		copy(b.Index, order[step%l.steps*n:][:n])
		j.left.Store(int32(n))
		l.ordered <- j // has room for every token
		for lo := 0; lo < n; lo += chunk {
			select {
			case l.tasks <- task{j, lo, min(lo+chunk, n)}:
			case <-l.ctx.Done():
				return
			}
		}
	}
}

// take returns a batch that was given back, or a new one.
func (l *Loader) take() *job {
	select {
	case j := <-l.free:
		return j
	default:
		j := &job{batch: newBatch(l.config.Batch, l.config.Views.Size), ready: make(chan struct{}, 1)}
		j.batch.job = j
		return j
	}
}

// work makes views until there are no more.
func (l *Loader) work() {
	defer l.wait.Done()
	var s Scratch
	for t := range l.tasks {
		for n := t.lo; n < t.hi; n++ {
			if l.ctx.Err() != nil {
				return
			}
			t.job.failed.at(n, l.fill(t.job.batch, n, &s))
		}
		if t.job.left.Add(int32(t.lo-t.hi)) == 0 {
			t.job.ready <- struct{}{}
		}
	}
}

// fill is Batch.fill with a panic, of the data set for instance, as an error.
func (l *Loader) fill(b *Batch, n int, s *Scratch) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("augment: views of image %d of %s: panic: %v\n%s", b.Index[n], l.data.Name(), p, debug.Stack())
		}
	}()
	return b.fill(n, l.data, l.config.Views, l.config.Seed, s)
}

// Next returns the next batch, io.EOF after the last one, or why there is none; after an error it returns that again.
// The batch is the caller's until Recycle.
func (l *Loader) Next(ctx context.Context) (*Batch, error) {
	if l.err != nil {
		return nil, l.err
	}
	b, err := l.next(ctx)
	if err != nil && ctx.Err() == nil {
		l.err = err
		l.cancel()
	}
	return b, err
}

func (l *Loader) next(ctx context.Context) (*Batch, error) {
	stopped := func(ctx context.Context) error {
		return fmt.Errorf("augment: wait for a batch of %s: %w", l.data.Name(), context.Cause(ctx))
	}
	if ctx.Err() != nil {
		return nil, stopped(ctx)
	}
	if l.ctx.Err() != nil {
		return nil, stopped(l.ctx)
	}
	if l.pending == nil {
		select {
		case j, ok := <-l.ordered:
			switch {
			case ok:
				l.pending = j
			case l.ctx.Err() != nil:
				return nil, stopped(l.ctx)
			default:
				return nil, io.EOF
			}
		case <-ctx.Done():
			return nil, stopped(ctx)
		case <-l.ctx.Done():
			return nil, stopped(l.ctx)
		}
	}
	j := l.pending
	select {
	case <-j.ready:
	case <-ctx.Done():
		return nil, stopped(ctx)
	case <-l.ctx.Done():
		return nil, stopped(l.ctx)
	}
	l.pending = nil
	if j.failed.err != nil {
		return nil, fmt.Errorf("step %d: %w", j.batch.Step, j.failed.err)
	}
	l.room <- struct{}{}
	return j.batch, nil
}

// Recycle gives the memory of a batch back to the loader; the caller must not look at it again. Without Recycle every
// batch is allocated anew. It panics if b is not lent by l.
func (l *Loader) Recycle(b *Batch) {
	if b.loader != l {
		panic(fmt.Sprintf("augment: the batch of step %d is given back twice, or to a loader that did not lend it", b.Step))
	}
	b.loader = nil
	select {
	case l.free <- b.job:
	default: // more batches were lent than are ever needed again
	}
}

// Close stops the loader and waits for its goroutines. It may be called more than once.
func (l *Loader) Close() {
	if l.err == nil {
		l.err = ErrClosed
	}
	l.cancel()
	l.wait.Wait()
}

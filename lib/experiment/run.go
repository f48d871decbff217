package experiment

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/hardneg/hardneg/lib/engine"
	"github.com/hardneg/hardneg/lib/nn"
	"github.com/hardneg/hardneg/lib/parallel"
)

// Options say where a run happens; nothing in them decides its result.
type Options struct {
	Dir      string         // folder of records; "" keeps none
	DataDir  string         // folder of the data set; "" looks in the usual places
	Engine   string         // "cpu", "avx"; "" is $HARDNEG_ENGINE or the best one here
	Threads  int            // 0: as many as the machine gives
	Program  string         // version of the program, for the record
	Commit   string         // of the program, for the record; "" is looked for in the binary
	Progress func(Progress) // called from the run's goroutine, at every step; may be nil

	// Notice is called from the run's goroutine with a line on where a run goes on, and on a checkpoint that is damaged
	// or could not be written; nil: such lines go to the standard error.
	Notice func(line string)

	// CheckpointEvery is the time between two checkpoints in Dir; 0: 10 s, or more where they would take above 1% of
	// the training time.
	CheckpointEvery time.Duration
	NoResume        bool // train from the beginning, and remove the checkpoints that are there

	sets *setCache
}

// Progress is how far a run has come.
type Progress struct {
	Setting     Setting
	Phase       string // "data", "fill the queue", "train", "evaluate", "describe the negatives", "recorded"
	Step, Total int    // of the phase
	Loss        float64
	Remaining   time.Duration // of the training phase; of the whole sweep in a sweep; 0: not known yet

	Run, Runs int // in a sweep: this run, counted from 1, of so many
}

// run is one run on its way.
type run struct {
	s      Setting
	o      Options
	p      *prepared
	engine engine.Engine
	record *Record

	keep   *keeper       // nil: no checkpoints
	probed time.Duration // what a megabyte took to be written to o.Dir

	phase string
	began time.Time // of the phase
	first int       // step that the phase began with
}

// Run runs s and returns its record, which it writes into o.Dir as well. The setting, the engine, the data and the
// folder are tried before anything is trained.
//
// While it trains, checkpoints are kept in o.Dir, and one more when ctx ends; the next Run of s with this folder goes on
// from there and gives the record that it would have given, for any number of threads. A checkpoint that does not
// belong to this setting, engine, program or data is an error. With the record written they are removed.
//
// A run that fails in training, by a loss that is not a number for instance, leaves a record that says so and
// ends with its last good epoch, under a name of its own; an earlier record of the same setting stays as it was.
func Run(ctx context.Context, s Setting, o Options) (*Record, error) {
	s = s.Complete()
	if err := s.Validate(); err != nil {
		return nil, err
	}
	if o.CheckpointEvery < 0 {
		return nil, fmt.Errorf("checkpoints every %v: it must be a time, or 0 for as often as 1%% of the training time allows", o.CheckpointEvery)
	}
	began := time.Now()
	if o.Dir != "" {
		if err := ProbeFolder(o.Dir); err != nil {
			return nil, err
		}
	}
	probed := time.Since(began)
	if o.Threads < 0 {
		return nil, fmt.Errorf("%d threads: there must be at least 1, or 0 for as many as the machine gives", o.Threads)
	}
	if o.Threads > 0 {
		defer parallel.SetThreads(parallel.Threads())
		parallel.SetThreads(o.Threads)
	}
	e, err := engine.Open(o.Engine)
	if err != nil {
		return nil, err
	}
	r := &run{s: s, o: o, engine: e, probed: probed}
	r.record = &Record{Format: RecordFormat, Hash: s.Hash(), Setting: s, Environment: environment(e, o.Program, o.Commit)}
	if err := r.all(ctx); err != nil {
		if ctx.Err() != nil {
			return nil, fmt.Errorf("%v: %w", s, context.Cause(ctx))
		}
		return nil, r.failed(err)
	}
	r.record.Finished = time.Now().UTC().Truncate(time.Second)
	if o.Dir != "" {
		if _, err := r.record.Write(o.Dir); err != nil {
			return nil, err
		}
		if err := removeCheckpoints(o.Dir, s); err != nil {
			r.notice("the record is written, and its checkpoints stay: %v", err)
		}
	}
	return r.record, nil
}

func (r *run) all(ctx context.Context) (err error) {
	began := time.Now()
	r.tell("data", 0, 1, 0)
	if r.o.sets == nil {
		r.o.sets = new(setCache)
	}
	if r.p, err = prepare(r.s, r.o.DataDir, r.o.sets); err != nil {
		return err
	}
	r.record.Data = r.p.data
	r.record.Timings.Data = time.Since(began).Seconds()
	if r.s.Method == Supervised {
		return r.supervisedRun(ctx)
	}
	return r.mocoRun(ctx)
}

func (r *run) measure(ctx context.Context, encoder *nn.Encoder, w *nn.Weights) (err error) {
	began := time.Now()
	r.record.Result, err = evaluate(ctx, r.engine, encoder, w, r.p, func(done, total int) { r.tell("evaluate", done, total, 0) })
	r.record.Timings.Evaluate = time.Since(began).Seconds()
	if err != nil && ctx.Err() != nil {
		r.keep.interrupted()
	}
	return err
}

// failed names the setting in err and, where training had begun, keeps the history of the good epochs.
func (r *run) failed(err error) error {
	err = fmt.Errorf("%v (%s): %w", r.s, r.s.Hash(), err)
	if r.o.Dir == "" || r.p == nil {
		return err
	}
	r.record.Result, r.record.Negatives = nil, nil
	r.record.Failure = err.Error()
	r.record.Finished = time.Now().UTC().Truncate(time.Second)
	path, werr := r.record.Write(r.o.Dir)
	if werr != nil {
		return errors.Join(err, werr)
	}
	return fmt.Errorf("%w; its good epochs are kept in %s", err, path)
}

// tell reports progress; the remaining time is that of the phase at its pace so far.
func (r *run) tell(phase string, step, total int, loss float64) {
	if phase != r.phase {
		r.phase, r.began, r.first = phase, time.Now(), step // what is over is not in the pace
	}
	if r.o.Progress == nil {
		return
	}
	p := Progress{Setting: r.s, Phase: phase, Step: step, Total: total, Loss: loss}
	if step > r.first {
		p.Remaining = time.Duration(float64(time.Since(r.began)) / float64(step-r.first) * float64(total-step))
	}
	r.o.Progress(p)
}

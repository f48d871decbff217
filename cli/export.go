package cli

import (
	"context"
	"errors"
	"io"

	"github.com/hardneg/hardneg/lib/experiment"
)

const exportSynopsis = `export --out DIR [--dataset NAME] [--seed N] [--steps N] [--trace] [--eval] [--set field=value]

Writes a run's setting, initial weights, queue and batches of views as safetensors, so that another implementation can
train on the same numbers: peers/steps.py and peers/parity.py do. --trace trains the steps here as well.
`

// exportCommand writes what the scripts in peers/ read.
func (p Program) exportCommand(ctx context.Context, args []string, out, errw io.Writer) int {
	var f reproduceFlags
	var x experiment.Export
	var seed uint64
	set := flags("export")
	f.registerRun(set)
	set.StringVar(&f.out, "out", "", "folder to write")
	set.Uint64Var(&seed, "seed", 0, "seed of the run")
	set.IntVar(&x.Steps, "steps", 0, "batches to write; 0 is all of the run")
	set.BoolVar(&x.Trace, "trace", false, "train them here too: losses and the first gradient")
	set.BoolVar(&x.Eval, "eval", false, "write training and test images as a probe sees them")
	rest, err := parse(set, args, exportSynopsis, out)
	switch {
	case err != nil:
		return fail(errw, err)
	case len(rest) > 0:
		return fail(errw, usagef("export takes flags alone, got %q: see `hardneg export --help`", rest))
	case f.out == "":
		return fail(errw, usageError{errors.New("export needs a folder: add --out DIR")})
	}
	switch {
	case f.base.Dataset != "":
		return fail(errw, usagef("--set dataset: type --dataset %s instead", f.base.Dataset))
	case f.base.Seed != 0:
		return fail(errw, usagef("--set seed: type --seed %d instead", f.base.Seed))
	}
	f.base.Dataset, f.base.Seed = f.dataset, seed
	if err := f.checkRun(); err != nil {
		return fail(errw, usageError{err})
	}
	if err := f.base.Complete().Validate(); err != nil {
		return fail(errw, usageError{err})
	}
	if x.Steps < 0 {
		return fail(errw, usagef("--steps %d: there must be at least 1, or 0 for all of the run", x.Steps))
	}
	bar := newProgress(errw)
	f.options.Progress = bar.show
	err = experiment.ExportRun(ctx, f.base, f.options, f.out, x)
	bar.done()
	return fail(errw, err)
}

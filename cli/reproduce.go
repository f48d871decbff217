package cli

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/hardneg/hardneg/lib/engine"
	"github.com/hardneg/hardneg/lib/experiment"
	"github.com/hardneg/hardneg/lib/figure"
	"github.com/hardneg/hardneg/lib/suggest"
)

const reproduceSynopsis = `reproduce EXPERIMENT [--size smoke|lesson|full] [--dataset NAME] [--seeds N] [--out DIR]

Trains every arm of the experiment that has no record in DIR yet, and draws its figures and tables there. An
interrupted sweep goes on with the same command, in the middle of a run too: checkpoints of it are kept in DIR until
its record is written. Settings that no flag names: --set temperature=0.2 (may be repeated;
names are those of a record's "setting").

An arm is a band of percentiles counted from the hardest negative (0-5 keeps the hardest 5%), "random 5" (a random 5%),
or one of the controls untrained and supervised. Experiments, letter case ignored:

`

// reproduceHelp is the synopsis with the list of experiments.
func reproduceHelp() string {
	var b strings.Builder
	b.WriteString(reproduceSynopsis)
	for _, e := range experiment.Experiments() {
		fmt.Fprintf(&b, "  %-6s %s\n         lesson: %s\n", e.Name, e.Question, strings.Join(e.Lesson, ", "))
		if more := without(e.Arms, e.Lesson); len(more) > 0 {
			fmt.Fprintf(&b, "         full: also %s\n", strings.Join(more, ", "))
		}
	}
	return b.String()
}

// without is all but those that are in drop.
func without(all, drop []string) (rest []string) {
	for _, a := range all {
		if !slices.Contains(drop, a) {
			rest = append(rest, a)
		}
	}
	return rest
}

// reproduceFlags are what reproduce can be told.
type reproduceFlags struct {
	size, dataset, out, arms string
	seeds                    int
	options                  experiment.Options
	base                     experiment.Setting
}

func (f *reproduceFlags) register(set *flag.FlagSet) {
	f.registerRun(set)
	set.StringVar(&f.size, "size", experiment.Lesson, "smoke (seconds), lesson (minutes) or full (hours)")
	set.IntVar(&f.seeds, "seeds", 0, "seeds an arm; 0 is 1, 3 or 10 by size")
	set.StringVar(&f.out, "out", "out", "folder of records, figures and tables")
	set.DurationVar(&f.options.CheckpointEvery, "checkpoint-every", 0, "time between checkpoints, as 30s; 0 is 10 s, or more where they took above 1% of the time")
	set.BoolVar(&f.options.NoResume, "no-resume", false, "begin runs without a record from their first step, and remove their checkpoints")
	set.Func("arms", `arms in place of the size's own: "0-100,0-7.5,random 10,untrained"`, func(text string) error {
		if strings.TrimSpace(text) == "" {
			return errors.New("it names no arm")
		}
		f.arms = text
		return nil
	})
}

// registerRun registers the flags of a single run.
func (f *reproduceFlags) registerRun(set *flag.FlagSet) {
	set.StringVar(&f.dataset, "dataset", "taxa", "data set: hardneg data list names them")
	set.StringVar(&f.options.Engine, "engine", "", "engine: hardneg version names them; empty is the fastest here")
	set.IntVar(&f.options.Threads, "threads", 0, "threads; 0 is one for each processor")
	set.StringVar(&f.options.DataDir, "data", "", "folder of the data set; empty looks in the usual places")
	set.Func("set", "field=value of the setting, as a record spells it", func(text string) error {
		name, value, found := strings.Cut(text, "=")
		if !found {
			return errors.New("write it as field=value")
		}
		return f.base.Set(name, value)
	})
}

// checkRun finds what is wrong with the flags of registerRun before anything is read or written.
func (f *reproduceFlags) checkRun() error {
	if name := f.options.Engine; name != "" && !slices.Contains(engine.Names(), name) {
		return suggest.Unknown("engine", name, engine.Names())
	}
	if f.options.Threads < 0 {
		return fmt.Errorf("--threads %d: there must be at least 1, or 0 for one for each processor", f.options.Threads)
	}
	return folder("data", f.options.DataDir)
}

func (p Program) reproduceCommand(ctx context.Context, args []string, out, errw io.Writer) int {
	var f reproduceFlags
	set := flags("reproduce")
	f.register(set)
	rest, err := parse(set, args, reproduceHelp(), out)
	if err != nil {
		return fail(errw, err)
	}
	plan, name, err := f.plan(rest)
	if err != nil {
		return fail(errw, usageError{err})
	}
	f.options.Dir = f.out
	f.options.Program, f.options.Commit = p.recordIdentity()
	return f.reproduce(ctx, name, plan, out, errw)
}

// plan is the list of runs, and the name of the experiment as it is spelt.
func (f *reproduceFlags) plan(rest []string) ([]experiment.Setting, string, error) {
	if len(rest) != 1 {
		var names []string
		for _, e := range experiment.Experiments() {
			names = append(names, e.Name)
		}
		return nil, "", fmt.Errorf("reproduce takes one experiment, got %d: type `hardneg reproduce E1`; there are %s", len(rest), strings.Join(names, ", "))
	}
	e, err := experiment.Find(rest[0])
	if err != nil {
		return nil, "", err
	}
	if f.arms != "" {
		var arms []string
		for _, a := range strings.Split(f.arms, ",") {
			arms = append(arms, strings.TrimSpace(a))
		}
		e.Arms, e.Lesson, e.Smoke = arms, arms, arms
	}
	if err := f.checkRun(); err != nil {
		return nil, "", err
	}
	if f.seeds < 0 {
		return nil, "", fmt.Errorf("--seeds %d: there must be at least 1", f.seeds)
	}
	if every := f.options.CheckpointEvery; every < 0 {
		return nil, "", fmt.Errorf("--checkpoint-every %v: it must be a time, as 30s, or 0", every)
	}
	if f.base.Dataset != "" {
		return nil, "", fmt.Errorf("--set dataset: type --dataset %s instead", f.base.Dataset)
	}
	f.base.Dataset = f.dataset
	plan, err := e.Plan(f.base, f.size, f.seeds)
	return plan, e.Name, err
}

func (f *reproduceFlags) reproduce(ctx context.Context, name string, plan []experiment.Setting, out, errw io.Writer) int {
	began := time.Now()
	p := newProgress(errw)
	f.options.Progress, f.options.Notice = p.show, p.notice
	records, err := experiment.Sweep(ctx, plan, f.options)
	p.done()
	if err != nil {
		if errors.Is(err, context.Canceled) {
			fmt.Fprintf(errw, "hardneg: interrupted: %d of %d runs are recorded in %s; the same command goes on from there\n", len(records), len(plan), f.out)
			return exitInterrupted
		}
		return fail(errw, err)
	}
	prefix := name + "-" + f.dataset + "-" + f.size
	for _, family := range experiment.Families(records) {
		paths, err := figure.SaveAll(f.out, prefix, family)
		if err != nil {
			return fail(errw, err)
		}
		printTable(out, family)
		fmt.Fprintf(out, "\n%d records and these files are in %s (%s):\n", len(records), f.out, about(time.Since(began)))
		for _, path := range paths {
			fmt.Fprintf(out, "  %s\n", filepath.Base(path))
		}
	}
	return exitOK
}

// printTable is the short table of a terminal.
func printTable(w io.Writer, f experiment.Family) {
	metrics := experiment.Metrics()[:2]
	fmt.Fprintf(w, "%-12s %-26s %5s  %-12s %-12s\n", "arm", "keeps", "seeds", "linear %", "kNN 20 %")
	for _, a := range f.Arms {
		fmt.Fprintf(w, "%-12s %-26s %5d", a.Name, figure.ArmWords(a.Name), len(a.Records))
		for _, m := range metrics {
			e := experiment.EstimateOf(a.Values(m))
			text := fmt.Sprintf("%.1f", 100*e.Mean)
			if e.N > 1 {
				text += fmt.Sprintf(" ± %.1f", 100*e.Half)
			}
			fmt.Fprintf(w, "  %-12s", text)
		}
		fmt.Fprintln(w)
	}
}

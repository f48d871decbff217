package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"

	"github.com/hardneg/hardneg/lib/engine"
	"github.com/hardneg/hardneg/lib/experiment"
	"github.com/hardneg/hardneg/lib/parallel"
	"github.com/hardneg/hardneg/lib/suggest"
)

const benchSynopsis = `bench step|run [--net main|resnet18] [--steps N] [--epochs N] [--rounds N] [--json] [--peer PYTHON]

step times training steps on this machine: "main" of the pilot (16 px, batch 128, K 4096) and ResNet-18 (32 px, batch 64,
K 4096), and where the environment of make peers is there, PyTorch's on as many threads. run times a whole run of "main" on
CIFAR-10 with its views, beside peers/moco.py with torchvision's in as many processes. Both sides are timed in turns, and
the ratio comes with its spread over the rounds; without PyTorch it is null.
`

// stepSettings are the settings that bench step times.
var stepSettings = []struct {
	name  string
	steps int
	experiment.Setting
}{
	{"main", 30, experiment.Setting{Dataset: "cifar10"}},
	{"resnet18", 3, experiment.Setting{Dataset: "cifar10", Net: "resnet18", Size: 32, Batch: 64, Queue: 4096}},
}

// benchResult is one line of the output.
type benchResult struct {
	Net     string   `json:"net"`
	Engine  string   `json:"engine"`
	Variant string   `json:"variant"`
	Threads int      `json:"threads"`
	Step    float64  `json:"step_ms"`  // median
	Views   float64  `json:"views_ms"` // median; in training they are made beside the step
	Peer    *float64 `json:"pytorch_step_ms"`
	paired
}

func benchCommand(ctx context.Context, args []string, out, errw io.Writer) int {
	set := flags("bench")
	epochs := set.Int("epochs", 1, "epochs of a timed run; the setting has 10")
	rounds := set.Int("rounds", 3, "turns of both sides")
	net := set.String("net", "", "main or resnet18; empty is both")
	steps := set.Int("steps", 0, "timed steps; 0 is 30 of main, 3 of resnet18")
	asJSON := set.Bool("json", false, "write JSON, one object a line")
	name := set.String("engine", "", "engine; empty is the fastest here")
	threads := set.Int("threads", 0, "threads; 0 is one for each processor")
	peer := set.String("peer", filepath.Join(".venv-peers", "bin", "python"), "Python with PyTorch, and peers/bench_step.py in this folder")
	rest, err := parse(set, args, benchSynopsis, out)
	if err != nil {
		return fail(errw, err)
	}
	if len(rest) != 1 || rest[0] != "step" && rest[0] != "run" {
		return fail(errw, usagef("bench times one thing: type `hardneg bench step` or `hardneg bench run`"))
	}
	if *net != "" && *net != "main" && *net != "resnet18" {
		return fail(errw, usageError{suggest.Unknown("net", *net, []string{"main", "resnet18"})})
	}
	if *steps < 0 || *threads < 0 || *rounds < 1 || *epochs < 1 {
		return fail(errw, usagef("--steps and --threads are not negative, --rounds and --epochs are 1 or more"))
	}
	if *name != "" && !slices.Contains(engine.Names(), *name) {
		return fail(errw, usageError{suggest.Unknown("engine", *name, engine.Names())})
	}
	if *threads > 0 {
		parallel.SetThreads(*threads)
	}
	e, err := engine.Open(*name)
	if err != nil {
		return fail(errw, err)
	}
	b := bench{engine: e, python: *peer, rounds: *rounds, asJSON: *asJSON, out: out, errw: errw}
	if rest[0] == "run" {
		return fail(errw, b.run(ctx, *epochs))
	}
	for _, s := range stepSettings {
		if *net != "" && *net != s.name {
			continue
		}
		n := s.steps
		if *steps > 0 {
			n = *steps
		}
		if err := b.step(ctx, s.name, s.Setting, n); err != nil {
			return fail(errw, err)
		}
	}
	return exitOK
}

// bench times both sides in turns.
type bench struct {
	engine    engine.Engine
	python    string
	rounds    int
	asJSON    bool
	out, errw io.Writer
}

func (b bench) step(ctx context.Context, net string, s experiment.Setting, steps int) error {
	r := benchResult{Net: net, Engine: b.engine.Name(), Variant: b.engine.Variant(), Threads: parallel.Threads()}
	var views []float64
	own := func() (float64, error) {
		times, err := experiment.BenchStep(ctx, b.engine, s, steps)
		if err != nil {
			return 0, err
		}
		views = append(views, experiment.Median(times.Views))
		return experiment.Median(times.Step), nil
	}
	var err error
	r.Step, r.Peer, r.paired, err = b.turns(own, func() (*float64, error) {
		return b.peerStep(ctx, net, s.Complete().Batch, steps, r.Threads)
	})
	if err != nil {
		return err
	}
	r.Views = experiment.Median(views)
	return r.write(b.out, b.asJSON)
}

// turns times ours and PyTorch's one after the other in each round, and returns their medians. Where PyTorch is not here,
// one round is enough; where it fails, that is told and the rounds go on.
func (b bench) turns(own func() (float64, error), peer func() (*float64, error)) (ours float64, theirs *float64, p paired, err error) {
	var all, others, ratios []float64
	for range b.rounds {
		v, err := own()
		if err != nil {
			return 0, nil, p, err
		}
		all = append(all, v)
		other, err := peer()
		if err != nil {
			fmt.Fprintf(b.errw, "hardneg: PyTorch is not timed: %v\n", err)
		}
		if other != nil {
			others, ratios = append(others, *other), append(ratios, v / *other)
		}
		if len(others) == 0 {
			break // nothing to take turns with
		}
	}
	if len(others) > 0 {
		median, ratio := experiment.Median(others), experiment.Median(ratios)
		theirs, p = &median, paired{&ratio, ratios}
	}
	return experiment.Median(all), theirs, p, nil
}

// paired is what the rounds say of both sides: ours / PyTorch's.
type paired struct {
	Ratio  *float64  `json:"ratio"`            // median of the rounds'
	Ratios []float64 `json:"ratios,omitempty"` // of each round
}

func (p paired) String() string {
	return fmt.Sprintf("ratio %.2f (%.2f to %.2f over %d rounds in turns)", *p.Ratio, slices.Min(p.Ratios), slices.Max(p.Ratios), len(p.Ratios))
}

// peerScript times PyTorch and prints one JSON object with the milliseconds of each step.
var peerScript = filepath.Join("peers", "bench_step.py")

// peerStep is PyTorch's median step, or nil where the environment or its script is not there.
func (b bench) peerStep(ctx context.Context, net string, batch, steps, threads int) (*float64, error) {
	var printed struct {
		MS []float64 `json:"ms"`
	}
	here, err := b.peer(ctx, &printed, peerScript, "--net", net, "--batch", strconv.Itoa(batch), "--steps", strconv.Itoa(steps), "--threads", strconv.Itoa(threads))
	if !here || err != nil {
		return nil, err
	}
	if len(printed.MS) == 0 {
		return nil, fmt.Errorf("%s printed no milliseconds of its steps", peerScript)
	}
	ms := experiment.Median(printed.MS)
	return &ms, nil
}

// peer runs a script of PyTorch's side and reads the JSON that it prints; here tells whether the environment and the
// script are there.
func (b bench) peer(ctx context.Context, printed any, script string, args ...string) (here bool, err error) {
	for _, need := range []string{b.python, script} {
		if _, err := os.Stat(need); err != nil {
			return false, nil
		}
	}
	text, err := exec.CommandContext(ctx, b.python, append([]string{script}, args...)...).Output()
	if err != nil {
		return true, fmt.Errorf("%s: %w", script, err)
	}
	if err := json.Unmarshal(text, printed); err != nil {
		return true, fmt.Errorf("%s printed %.40q, want one JSON object", script, text)
	}
	return true, nil
}

func (r benchResult) write(out io.Writer, asJSON bool) error {
	if asJSON {
		return json.NewEncoder(out).Encode(r)
	}
	fmt.Fprintf(out, "%-9s %s (%s), %d threads, %s/%s: step %.1f ms, views %.1f ms", r.Net, r.Engine, r.Variant, r.Threads,
		runtime.GOOS, runtime.GOARCH, r.Step, r.Views)
	if r.Ratio != nil {
		fmt.Fprintf(out, "; PyTorch %.1f ms, %v", *r.Peer, r.paired)
	} else {
		fmt.Fprint(out, "; PyTorch not here (make peers), ratio null")
	}
	_, err := fmt.Fprintln(out)
	return err
}

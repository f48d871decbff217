package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"

	"github.com/hardneg/hardneg/datasets"
	"github.com/hardneg/hardneg/lib/experiment"
	"github.com/hardneg/hardneg/lib/parallel"
)

// runResult is the output of bench run: seconds of filling the queue and training, views included.
type runResult struct {
	Epochs  int      `json:"epochs"`
	Engine  string   `json:"engine"`
	Variant string   `json:"variant"`
	Threads int      `json:"threads"`
	Seconds float64  `json:"seconds"` // median
	Peer    *float64 `json:"pytorch_seconds"`
	paired
}

// runScript trains "main" in PyTorch with torchvision's views.
var runScript = filepath.Join("peers", "moco.py")

func (b bench) run(ctx context.Context, epochs int) error {
	r := runResult{Epochs: epochs, Engine: b.engine.Name(), Variant: b.engine.Variant(), Threads: parallel.Threads()}
	var own, theirs, ratios []float64
	for range b.rounds {
		record, err := experiment.Run(ctx, experiment.Setting{Dataset: "cifar10", Epochs: epochs}, experiment.Options{Engine: b.engine.Name()})
		if err != nil {
			return err
		}
		own = append(own, record.Timings.Fill+record.Timings.Train)
		peer, err := b.peerRun(ctx, epochs, r.Threads)
		if err != nil {
			fmt.Fprintf(b.errw, "hardneg: PyTorch is not timed: %v\n", err)
		}
		if peer != nil {
			theirs, ratios = append(theirs, *peer), append(ratios, own[len(own)-1] / *peer)
		}
		if peer == nil && len(theirs) == 0 {
			break
		}
	}
	r.Seconds = experiment.Median(own)
	if len(theirs) > 0 {
		peer := experiment.Median(theirs)
		r.Peer, r.paired = &peer, pairs(ratios)
	}
	if b.asJSON {
		return json.NewEncoder(b.out).Encode(r)
	}
	fmt.Fprintf(b.out, "main, %d epochs with views: %s (%s), %d threads: %.1f s", r.Epochs, r.Engine, r.Variant, r.Threads, r.Seconds)
	if r.Ratio != nil {
		fmt.Fprintf(b.out, "; PyTorch %.1f s, %v", *r.Peer, r.paired)
	} else {
		fmt.Fprint(b.out, "; PyTorch not here (make peers), ratio null")
	}
	_, err := fmt.Fprintln(b.out)
	return err
}

// peerRun is the seconds of the same run in PyTorch, or nil where the environment or its script is not there.
func (b bench) peerRun(ctx context.Context, epochs, threads int) (*float64, error) {
	for _, need := range []string{b.python, runScript} {
		if _, err := os.Stat(need); err != nil {
			return nil, nil
		}
	}
	folder := ""
	for _, s := range datasets.List("") {
		if s.Name == "cifar10" {
			folder = s.Folder
		}
	}
	n := strconv.Itoa(threads)
	text, err := exec.CommandContext(ctx, b.python, runScript, "--data", folder, "--epochs", strconv.Itoa(epochs), "--threads", n, "--workers", n, "--no-eval").Output()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", runScript, err)
	}
	var printed struct {
		Seconds float64 `json:"seconds"`
	}
	if err := json.Unmarshal(text, &printed); err != nil || printed.Seconds <= 0 {
		return nil, fmt.Errorf("%s printed %.40q, want JSON with its seconds", runScript, text)
	}
	return &printed.Seconds, nil
}

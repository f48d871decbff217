package cli

import (
	"context"
	"encoding/json"
	"fmt"
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
	own := func() (float64, error) {
		record, err := experiment.Run(ctx, experiment.Setting{Dataset: "cifar10", Epochs: epochs}, experiment.Options{Engine: b.engine.Name()})
		if err != nil {
			return 0, err
		}
		return record.Timings.Fill + record.Timings.Train, nil
	}
	var err error
	r.Seconds, r.Peer, r.paired, err = b.turns(own, func() (*float64, error) { return b.peerRun(ctx, epochs, r.Threads) })
	if err != nil {
		return err
	}
	if b.asJSON {
		return json.NewEncoder(b.out).Encode(r)
	}
	fmt.Fprintf(b.out, "main, epochs with views: %d; %s (%s), %d threads: %.1f s", r.Epochs, r.Engine, r.Variant, r.Threads, r.Seconds)
	if r.Ratio != nil {
		fmt.Fprintf(b.out, "; PyTorch %.1f s, %v", *r.Peer, r.paired)
	} else {
		fmt.Fprint(b.out, "; PyTorch not here (make peers), ratio null")
	}
	_, err = fmt.Fprintln(b.out)
	return err
}

// peerRun is the seconds of the same run in PyTorch, or nil where the environment or its script is not there.
func (b bench) peerRun(ctx context.Context, epochs, threads int) (*float64, error) {
	folder := ""
	for _, s := range datasets.List("") {
		if s.Name == "cifar10" {
			folder = s.Folder
		}
	}
	n := strconv.Itoa(threads)
	var printed struct {
		Seconds float64 `json:"seconds"`
	}
	here, err := b.peer(ctx, &printed, runScript, "--data", folder, "--epochs", strconv.Itoa(epochs), "--threads", n, "--workers", n, "--no-eval")
	if !here || err != nil {
		return nil, err
	}
	if printed.Seconds <= 0 {
		return nil, fmt.Errorf("%s printed no seconds", runScript)
	}
	return &printed.Seconds, nil
}

package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/hardneg/hardneg/kernel/notebook"
)

const runSynopsis = `run NOTEBOOK.ipynb [--out FILE.ipynb] [-p NAME=VALUE ...]

Executes a notebook without Jupyter, in the notebook's folder, and writes it with its outputs: to FILE, or in its place.
-p sets a parameter that the notebook's cell tagged "parameters" declares. What was executed is written also when a cell
fails or Ctrl-C stops it.

Exit status: 0 all cells ran; 1 a cell failed, or took longer than --timeout; 2 a wrong argument; 130 stopped by Ctrl-C.
`

// assignments are the values of a flag that may be given several times.
type assignments map[string]string

func (a assignments) String() string { return "" }

func (a assignments) Set(s string) error {
	name, value, ok := strings.Cut(s, "=")
	if !ok || name == "" {
		return errors.New("want NAME=VALUE")
	}
	a[name] = value
	return nil
}

func runCommand(ctx context.Context, args []string, out, errw io.Writer) int {
	set := flags("run")
	to := set.String("out", "", "file of the executed notebook; empty is the notebook itself")
	timeout := set.Duration("timeout", 0, "longest time for a cell, as 90s or 10m; 0 is none")
	allow := set.Bool("allow-errors", false, "go on after a cell that fails")
	parameters := assignments{}
	set.Var(parameters, "p", "NAME=VALUE of a parameter")
	rest, err := parse(set, args, runSynopsis, out)
	if err != nil {
		return fail(errw, err)
	}
	if len(rest) != 1 {
		return fail(errw, usagef("run takes one notebook, got %d: type `hardneg run NOTEBOOK.ipynb --out FILE.ipynb`", len(rest)))
	}
	if *timeout < 0 {
		return fail(errw, usagef("--timeout is %v, want the longest time for a cell, or 0 for none", *timeout))
	}
	if *to == "" {
		*to = rest[0]
	}
	p := newCellProgress(errw)
	o := notebook.Options{Timeout: *timeout, AllowErrors: *allow, Parameters: notebook.Parameters(parameters), Progress: p.cell}
	err = notebook.Run(ctx, rest[0], *to, o)
	p.stop()
	if err != nil {
		if ctx.Err() != nil {
			fmt.Fprintf(errw, "hardneg: %v\nWhat was executed is in %s.\n", err, *to)
			return exitInterrupted
		}
		if errors.Is(err, notebook.ErrParameter) {
			err = usageError{err}
		}
		return fail(errw, err)
	}
	fmt.Fprintf(out, "wrote %s\n", *to)
	return exitOK
}

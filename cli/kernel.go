package cli

import (
	"context"
	"flag"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/hardneg/hardneg/kernel"
	_ "github.com/hardneg/hardneg/kernel/bindings" // what cells can import
	"github.com/hardneg/hardneg/kernel/interp"
	"github.com/hardneg/hardneg/kernel/session"
	"github.com/hardneg/hardneg/lib/suggest"
)

const kernelSynopsis = `kernel install [--user | --prefix DIR | --sys-prefix] [--output-limit SIZE] [--no-history]
       hardneg kernel start [--output-limit SIZE] [--no-history] CONNECTION_FILE
       hardneg kernel packages

install makes the kernel known to Jupyter; start serves a connection, as Jupyter does it, with the options that the
kernel was installed with; packages lists what cells can import.
`

// kernelActions are the words after `hardneg kernel`.
var kernelActions = []string{"install", "start", "packages"}

func kernelCommand(ctx context.Context, args []string, out, errw io.Writer) int {
	set := flags("kernel")
	user := set.Bool("user", false, "install for the user: the default")
	prefix := set.String("prefix", "", "install into DIR/share/jupyter")
	sys := set.Bool("sys-prefix", false, "install into the active Python environment")
	size := set.String("output-limit", "", "output of a cell above which the rest is dropped, as 50MB; empty is 10MB, or what the variable "+session.LimitVariable+" says")
	forget := set.Bool("no-history", false, "do not store what is executed in the user's data folder")
	rest, err := parse(set, args, kernelSynopsis, out)
	if err != nil {
		return fail(errw, err)
	}
	o := kernel.Options{NoHistory: *forget}
	if *size != "" {
		if o.OutputLimit, err = session.ParseLimit(*size); err != nil {
			return fail(errw, usagef("--output-limit: %v", err))
		}
	}
	if len(rest) == 0 {
		return fail(errw, usagef("kernel needs one of %s: type `hardneg kernel install`", strings.Join(kernelActions, ", ")))
	}
	action, rest := rest[0], rest[1:]
	switch {
	case action == "install" && len(rest) == 0:
		given, nowhere := 0, false
		start := []string{"kernel", "start"}
		set.Visit(func(f *flag.Flag) {
			switch f.Name {
			case "user", "prefix", "sys-prefix":
				given++
				nowhere = nowhere || f.Value.String() == ""
			default:
				start = append(start, "--"+f.Name+"="+f.Value.String())
			}
		})
		if given > 1 {
			return fail(errw, usagef("kernel install takes one of --user, --prefix DIR and --sys-prefix"))
		}
		if nowhere {
			return fail(errw, usagef("--prefix is empty: name the folder that has share/jupyter, or leave it out to install for the user"))
		}
		dir, err := kernel.Install(kernel.InstallOptions{User: *user, Prefix: *prefix, SysPrefix: *sys, Args: start})
		if err != nil {
			return fail(errw, err)
		}
		fmt.Fprintf(out, "wrote %s\n", dir)
		return exitOK
	case action == "start" && len(rest) == 1:
		// an interrupt stops the running cell, not the kernel, which minds signals itself
		return fail(errw, kernel.Run(context.WithoutCancel(ctx), rest[0], o))
	case action == "packages" && len(rest) == 0:
		for _, p := range interp.Packages() {
			fmt.Fprintln(out, p)
		}
		return exitOK
	}
	switch {
	case !slices.Contains(kernelActions, action):
		return fail(errw, usageError{suggest.Unknown("action of kernel", action, kernelActions)})
	case action == "start":
		return fail(errw, usagef("kernel start takes one connection file, got %d; Jupyter starts it so: type `hardneg kernel install` to make it known there", len(rest)))
	}
	return fail(errw, usagef("kernel %s takes no argument %q: see `hardneg kernel --help`", action, rest[0]))
}

// Package cli is the program hardneg: one file for each of its commands, and this table of them.
//
// A command ends with 0 when it did what was asked, 1 when it could not, 2 when it was asked wrongly (the message
// says what to type instead), and 130 when it was interrupted (the message says how to continue).
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/hardneg/hardneg/lib/suggest"
)

// Program is what only main can know of the program.
type Program struct {
	Version, Commit string // set by the linker where the build knows no version control; may be empty
	Dirty           string // "true", "false" or empty: not known
	ThirdParty      string // the text of THIRD_PARTY.md
}

// command is one of the program's. run gets the arguments after its name, writes results to out and all else to
// errw, and returns the exit code; it returns soon after ctx is cancelled.
type command struct {
	name, summary string
	run           func(ctx context.Context, args []string, out, errw io.Writer) int
}

func commands(p Program) []command {
	return []command{
		{"reproduce", "train an experiment's arms and draw its figures and tables", p.reproduceCommand},
		{"figure", "draw figures and tables again from records", figureCommand},
		{"data", "list, get, check and look at data sets", dataCommand},
		{"run", "execute a notebook without Jupyter", runCommand},
		{"kernel", "install or start the Jupyter kernel", kernelCommand},
		{"export", "write a run's weights and views for another implementation", p.exportCommand},
		{"bench", "time a training step", benchCommand},
		{"version", "version, engines and licences", p.versionCommand},
	}
}

// Exit codes.
const (
	exitOK          = 0
	exitFailure     = 1
	exitUsage       = 2
	exitInterrupted = 130
)

// Main runs the command that args name and returns the exit code. The first interrupt (Ctrl-C, SIGTERM) cancels
// the command's context; a second one ends the process.
func Main(p Program, args []string, out, errw io.Writer) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop)
	return run(ctx, p, args, out, errw)
}

func run(ctx context.Context, p Program, args []string, out, errw io.Writer) int {
	table := commands(p)
	if len(args) == 0 {
		usage(errw, table)
		return exitUsage
	}
	name := args[0]
	switch name {
	case "help", "-h", "-help", "--help":
		if len(args) == 1 {
			usage(out, table)
			return exitOK
		}
		name, args = args[1], []string{args[1], "--help"}
	case "-v", "-version", "--version":
		name = "version"
	}
	names := make([]string, len(table))
	for i, c := range table {
		if names[i] = c.name; c.name == name {
			return c.run(ctx, args[1:], out, errw)
		}
	}
	return fail(errw, usageError{suggest.Unknown("command", name, names)})
}

func usage(w io.Writer, table []command) {
	fmt.Fprint(w, "hardneg: which negatives matter in contrastive instance discrimination\n\nusage: hardneg COMMAND [ARGUMENTS]\n\n")
	for _, c := range table {
		fmt.Fprintf(w, "  %-10s %s\n", c.name, c.summary)
	}
	fmt.Fprint(w, "\nhardneg COMMAND --help says more.\n")
}

// usageError is an error of whoever typed the command.
type usageError struct{ error }

func (e usageError) Unwrap() error { return e.error }

func usagef(format string, a ...any) error { return usageError{fmt.Errorf(format, a...)} }

// errHelp is returned by parse when help was asked for and given.
var errHelp = errors.New("help")

// fail prints err and returns the exit code that belongs to it.
func fail(errw io.Writer, err error) int {
	var u usageError
	switch {
	case err == nil || errors.Is(err, errHelp):
		return exitOK
	case errors.As(err, &u):
		fmt.Fprintf(errw, "hardneg: %v\n", err)
		return exitUsage
	case errors.Is(err, context.Canceled):
		fmt.Fprintf(errw, "hardneg: interrupted\n")
		return exitInterrupted
	}
	fmt.Fprintf(errw, "hardneg: %v\n", err)
	return exitFailure
}

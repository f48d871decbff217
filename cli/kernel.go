package cli

import (
	"context"
	"fmt"
	"io"

	"github.com/hardneg/hardneg/kernel"
	_ "github.com/hardneg/hardneg/kernel/bindings" // what cells can import
	"github.com/hardneg/hardneg/kernel/interp"
)

const kernelSynopsis = `kernel install [--user | --prefix DIR | --sys-prefix]
       hardneg kernel start CONNECTION_FILE
       hardneg kernel packages

install makes the kernel known to Jupyter; start serves a connection, as Jupyter does it; packages lists what cells
can import.
`

func kernelCommand(ctx context.Context, args []string, out, errw io.Writer) int {
	set := flags("kernel")
	user := set.Bool("user", false, "install for the user: the default")
	prefix := set.String("prefix", "", "install into DIR/share/jupyter")
	sys := set.Bool("sys-prefix", false, "install into the active Python environment")
	rest, err := parse(set, args, kernelSynopsis, out)
	if err != nil {
		return fail(errw, err)
	}
	if len(rest) == 0 {
		return fail(errw, usagef("kernel needs an action: type `hardneg kernel install`"))
	}
	action, rest := rest[0], rest[1:]
	switch {
	case action == "install" && len(rest) == 0:
		dir, err := kernel.Install(kernel.InstallOptions{User: *user, Prefix: *prefix, SysPrefix: *sys})
		if err != nil {
			return fail(errw, err)
		}
		fmt.Fprintf(out, "wrote %s\n", dir)
		return exitOK
	case action == "start" && len(rest) == 1:
		// an interrupt stops the running cell, not the kernel, which minds signals itself
		return fail(errw, kernel.Run(context.WithoutCancel(ctx), rest[0]))
	case action == "packages" && len(rest) == 0:
		for _, p := range interp.Packages() {
			fmt.Fprintln(out, p)
		}
		return exitOK
	}
	return fail(errw, usagef("hardneg kernel %s is not understood: type `hardneg kernel install`, or `hardneg kernel start CONNECTION_FILE`", action))
}

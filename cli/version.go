package cli

import (
	"context"
	"fmt"
	"io"
	"runtime"
	"runtime/debug"
	"strings"

	"github.com/hardneg/hardneg/lib/engine"
)

// versionCommand prints what this binary is: version, commit and dirty state, Go's version, the engines that are
// linked in with the variant that each would run here, and, with --licences, the licences of what is linked in.
func (p Program) versionCommand(ctx context.Context, args []string, out, errw io.Writer) int {
	f := flags("version")
	licences := f.Bool("licences", false, "print the licence list of all dependencies as well")
	rest, err := parse(f, args, "version [--licences]", out)
	if err != nil {
		return fail(errw, err)
	}
	if len(rest) > 0 {
		return fail(errw, usagef("version takes no argument %q", rest[0]))
	}
	version, commit := p.identity()
	fmt.Fprintf(out, "hardneg %s\ncommit  %s\ngo      %s %s/%s\n", version, commit, runtime.Version(), runtime.GOOS, runtime.GOARCH)
	for _, name := range engine.Names() {
		state := ""
		if e, err := engine.Open(name); err != nil {
			state = "not on this machine: " + err.Error()
		} else {
			state = e.Variant()
		}
		fmt.Fprintf(out, "engine  %s (%s)\n", name, state)
	}
	fmt.Fprintln(out, "licence BSD-3-Clause; those of the dependencies: hardneg version --licences")
	if *licences {
		fmt.Fprintf(out, "\n%s", strings.TrimLeft(p.ThirdParty, "\n"))
	}
	return exitOK
}

// recordIdentity is what a record says of the program.
func (p Program) recordIdentity() (version, commit string) {
	version, commit, dirty := p.source()
	if dirty == "true" {
		commit += "+dirty"
	}
	return version, commit
}

// identity is what a reader of the version is told of it.
func (p Program) identity() (version, commit string) {
	version, commit, dirty := p.source()
	switch {
	case commit == "":
		commit = "not known (built without version control)"
	case dirty == "true":
		commit += ", with uncommitted changes"
	case dirty == "":
		commit += ", uncommitted changes not known"
	}
	return version, commit
}

// source gives the version and the commit with its dirty state, "true", "false" or "" for not known: from the linker's
// flags where they are set, else from what the Go command wrote into the binary.
func (p Program) source() (version, commit, dirty string) {
	version, commit, dirty = p.Version, p.Commit, p.Dirty
	if info, ok := debug.ReadBuildInfo(); ok {
		if version == "" && info.Main.Version != "(devel)" {
			version = info.Main.Version
		}
		for _, s := range info.Settings {
			switch {
			case s.Key == "vcs.revision" && commit == "":
				commit = s.Value
			case s.Key == "vcs.modified" && dirty == "":
				dirty = s.Value
			}
		}
	}
	if version == "" {
		version = "development"
	}
	return version, commit, dirty
}

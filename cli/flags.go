package cli

import (
	"flag"
	"fmt"
	"io"
	"strings"

	"github.com/hardneg/hardneg/lib/suggest"
)

// flags is a set of flags that does not print or exit by itself.
func flags(name string) *flag.FlagSet {
	f := flag.NewFlagSet(name, flag.ContinueOnError)
	f.SetOutput(io.Discard)
	return f
}

// parse sets f from args and returns the other arguments in their order: flags may stand before, between and
// after them, after "--" none does. A flag that is not there is a usage error with the nearest name. When help
// is asked for it goes to out, and errHelp is returned.
func parse(f *flag.FlagSet, args []string, synopsis string, out io.Writer) ([]string, error) {
	var rest []string
	for i := 0; i < len(args); i++ {
		a := args[i]
		if a == "--" {
			return append(rest, args[i+1:]...), nil
		}
		if len(a) < 2 || a[0] != '-' {
			rest = append(rest, a)
			continue
		}
		name, value, given := strings.Cut(strings.TrimPrefix(a[1:], "-"), "=")
		if name == "h" || name == "help" {
			help(f, synopsis, out)
			return nil, errHelp
		}
		known := f.Lookup(name)
		if known == nil {
			return nil, usageError{suggest.Unknown("flag of hardneg "+f.Name(), name, flagNames(f))}
		}
		if b, ok := known.Value.(interface{ IsBoolFlag() bool }); ok && b.IsBoolFlag() && !given {
			value, given = "true", true
		}
		if !given {
			if i++; i == len(args) {
				return nil, usagef("--%s needs a value: %s", name, known.Usage)
			}
			value = args[i]
		}
		if err := f.Set(name, value); err != nil {
			return nil, usagef("--%s %s: %v; it is %s", name, value, err, known.Usage)
		}
	}
	return rest, nil
}

func flagNames(f *flag.FlagSet) (names []string) {
	f.VisitAll(func(x *flag.Flag) { names = append(names, x.Name) })
	return names
}

func help(f *flag.FlagSet, synopsis string, out io.Writer) {
	fmt.Fprintf(out, "usage: hardneg %s\n", synopsis)
	f.VisitAll(func(x *flag.Flag) {
		fmt.Fprintf(out, "  --%-12s %s", x.Name, x.Usage)
		if x.DefValue != "" && x.DefValue != "false" && x.DefValue != "0" {
			fmt.Fprintf(out, " (%s)", x.DefValue)
		}
		fmt.Fprintln(out)
	})
}

package cli

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
	"time"

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
				return nil, usagef("%s needs a value: %s", dashed(name), known.Usage)
			}
			value = args[i]
		}
		if err := f.Set(name, value); err != nil {
			return nil, usagef("%s %s: %v; it is %s", dashed(name), value, plain(known, err), known.Usage)
		}
	}
	return rest, nil
}

// dashed is a flag as it is typed.
func dashed(name string) string {
	if len(name) == 1 {
		return "-" + name
	}
	return "--" + name
}

// plain says what a flag's value should have been where package flag says "parse error".
func plain(f *flag.Flag, err error) error {
	getter, ok := f.Value.(flag.Getter)
	if !ok {
		return err
	}
	switch getter.Get().(type) {
	case int:
		return errors.New("not a whole number")
	case uint64:
		return errors.New("not a whole number from 0 on")
	case time.Duration:
		return errors.New("not a duration, as 90s or 10m")
	case bool:
		return errors.New("not true or false")
	}
	return err
}

// folder is an error where dir, the value of the flag called name, is given and no folder: the data would be sought in
// the usual places, and not where the user said.
func folder(name, dir string) error {
	if dir == "" {
		return nil
	}
	info, err := os.Stat(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return usagef("%s %s: there is no such folder; without %s the usual places are searched", dashed(name), dir, dashed(name))
	case err != nil:
		return fmt.Errorf("%s: %w", dashed(name), err)
	case !info.IsDir():
		return usagef("%s %s: this is a file: name the folder that holds it", dashed(name), dir)
	}
	return nil
}

func flagNames(f *flag.FlagSet) (names []string) {
	f.VisitAll(func(x *flag.Flag) { names = append(names, x.Name) })
	return names
}

func help(f *flag.FlagSet, synopsis string, out io.Writer) {
	fmt.Fprintf(out, "usage: hardneg %s\n", synopsis)
	f.VisitAll(func(x *flag.Flag) {
		fmt.Fprintf(out, "  %-14s %s", dashed(x.Name), x.Usage)
		if x.DefValue != "" && x.DefValue != "false" && x.DefValue != "0" && x.DefValue != "0s" {
			fmt.Fprintf(out, " (%s)", x.DefValue)
		}
		fmt.Fprintln(out)
	})
}

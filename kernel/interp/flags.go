package interp

import (
	"flag"
	"reflect"

	"github.com/cosmos72/gomacro/imports"
)

// overrideFlags gives cells flags of their own: those of package flag belong to the kernel's process, whose arguments are
// not the cell's, and a wrong one would end it. Each cell may declare a flag anew.
func (in *Interp) overrideFlags() {
	in.flags = flag.NewFlagSet("cell", flag.PanicOnError)
	p, ok := imports.Packages["flag"]
	if !ok {
		return
	}
	set := reflect.ValueOf(in.flags)
	for name, f := range p.Binds {
		if m := set.MethodByName(name); m.IsValid() && f.Kind() == reflect.Func && m.Type() == f.Type() {
			p.Binds[name] = m
		}
	}
	in.BindVar("flag", "CommandLine", &in.flags)
	in.Bind("flag", "Parse", func() { in.flags.Parse(nil) })
	in.Bind("flag", "NewFlagSet", func(name string, h flag.ErrorHandling) *flag.FlagSet {
		if h == flag.ExitOnError {
			h = flag.PanicOnError
		}
		return flag.NewFlagSet(name, h)
	})
}

// resetFlags forgets what earlier cells have declared; their variables stay.
func (in *Interp) resetFlags() {
	*in.flags = flag.FlagSet{}
	in.flags.Init("cell", flag.PanicOnError)
}

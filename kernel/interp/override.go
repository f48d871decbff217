package interp

import (
	"fmt"
	"log"
	"reflect"

	"github.com/cosmos72/gomacro/imports"
)

// override gives cells functions of the standard library that suit a process which outlives them.
func (in *Interp) override() {
	bind := in.Bind
	bind("time", "Sleep", in.sleep)
	bind("os", "Exit", func(code int) {
		panic(fmt.Sprintf("os.Exit(%d) would end the kernel, so it ends the cell", code))
	})
	bind("log", "Fatal", func(v ...any) { fatal(fmt.Sprint(v...)) })
	bind("log", "Fatalf", func(format string, v ...any) { fatal(fmt.Sprintf(format, v...)) })
	bind("log", "Fatalln", func(v ...any) { fatal(fmt.Sprintln(v...)) })
}

// Bind puts f in the place of a linked package's function, for all interpreters of the process. A package that is not
// linked stays so.
func (in *Interp) Bind(path, name string, f any) {
	if p, ok := imports.Packages[path]; ok {
		p.Binds[name] = reflect.ValueOf(f)
	}
}

// BindVar puts the variable that pointer points to in the place of a linked package's variable, as Bind does.
func (in *Interp) BindVar(path, name string, pointer any) {
	if p, ok := imports.Packages[path]; ok {
		p.Binds[name] = reflect.ValueOf(pointer).Elem()
	}
}

func fatal(text string) {
	log.Print(text)
	panic("log.Fatal would end the kernel, so it ends the cell")
}

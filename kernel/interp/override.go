package interp

import (
	"fmt"
	"log"
	"reflect"

	"github.com/cosmos72/gomacro/imports"
)

// override gives cells functions of the standard library that suit a process which outlives them.
func (in *Interp) override() {
	bind := func(path, name string, f any) {
		if p, ok := imports.Packages[path]; ok {
			p.Binds[name] = reflect.ValueOf(f)
		}
	}
	bind("time", "Sleep", in.sleep)
	bind("os", "Exit", func(code int) {
		panic(fmt.Sprintf("os.Exit(%d) would end the kernel, so it ends the cell", code))
	})
	bind("log", "Fatal", func(v ...any) { fatal(fmt.Sprint(v...)) })
	bind("log", "Fatalf", func(format string, v ...any) { fatal(fmt.Sprintf(format, v...)) })
	bind("log", "Fatalln", func(v ...any) { fatal(fmt.Sprintln(v...)) })
}

func fatal(text string) {
	log.Print(text)
	panic("log.Fatal would end the kernel, so it ends the cell")
}

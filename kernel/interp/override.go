package interp

import (
	"context"
	"encoding/json"
	"fmt"
	"log"
	"reflect"
	"runtime"
	"time"

	"github.com/cosmos72/gomacro/gls"
	"github.com/cosmos72/gomacro/imports"
	"github.com/hardneg/hardneg/kernel/interp/internal/sync"
	"github.com/hardneg/hardneg/kernel/interp/stop"
)

// override gives cells what suits a process that outlives them, in place of functions and types of the standard library
// that wait without end, or end the process.
func (in *Interp) override() {
	bind := in.Bind
	in.home = gls.GoID()
	start := in.starter()
	sync.Start = start
	later := func(f func()) func() { // for the turn that asks, on a goroutine that compiled code starts
		t, owner := in.turn(), in.Owner()
		return func() {
			defer in.goroutines.own(owner)()
			defer t.Lend()()
			start(f)
		}
	}
	bind("time", "Sleep", sleep)
	bind("time", "AfterFunc", func(d time.Duration, f func()) *time.Timer { return time.AfterFunc(d, later(f)) })
	bind("context", "AfterFunc", func(ctx context.Context, f func()) func() bool { return context.AfterFunc(ctx, later(f)) })
	bind("sync", "NewCond", sync.NewCond)
	if p, ok := imports.Packages["sync"]; ok {
		for _, t := range []reflect.Type{reflect.TypeFor[sync.Mutex](), reflect.TypeFor[sync.RWMutex](),
			reflect.TypeFor[sync.WaitGroup](), reflect.TypeFor[sync.Cond](), reflect.TypeFor[sync.Once]()} {
			p.Types[t.Name()] = t
		}
	}
	in.overrideWaits()
	bind("os", "Exit", func(code int) {
		panic(fmt.Sprintf("os.Exit(%d) would end the kernel, so it ends the cell", code))
	})
	bind("runtime", "Goexit", in.goexit)
	bind("runtime", "Breakpoint", func() {
		panic("runtime.Breakpoint would end the kernel, which no debugger watches, so it ends the cell")
	})
	bind("log", "Fatal", func(v ...any) { fatal(log.Default(), fmt.Sprint(v...)) })
	bind("log", "Fatalf", func(format string, v ...any) { fatal(log.Default(), fmt.Sprintf(format, v...)) })
	bind("log", "Fatalln", func(v ...any) { fatal(log.Default(), fmt.Sprintln(v...)) })
	in.overrideFlags()
	in.overrideJSON()
	in.overrideVerbs()
	in.overrideXML()
}

// overrideJSON has package json see a cell's types as they are.
func (in *Interp) overrideJSON() {
	in.Bind("encoding/json", "Marshal", func(v any) (b []byte, err error) {
		err = imaged(v, func(v any) (err error) { b, err = json.Marshal(v); return err })
		return b, err
	})
	in.Bind("encoding/json", "MarshalIndent", func(v any, prefix, indent string) (b []byte, err error) {
		err = imaged(v, func(v any) (err error) { b, err = json.MarshalIndent(v, prefix, indent); return err })
		return b, err
	})
	in.Bind("encoding/json", "Unmarshal", unmarshal)
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

// sleep is cells' time.Sleep: it ends too when the cell is interrupted.
func sleep(d time.Duration) {
	if d <= 0 {
		return
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-stop.Done():
		stop.Now()
	}
}

func fatal(l *log.Logger, text string) {
	l.Output(3, text)
	panic("log.Fatal would end the kernel, so it ends the cell")
}

// goexit ends a goroutine of a cell. That of cells themselves must go on.
func (in *Interp) goexit() {
	if gls.GoID() == in.home {
		panic("runtime.Goexit would end the kernel's own goroutine, so it ends the cell")
	}
	runtime.Goexit()
}

package interp

import (
	"fmt"
	"go/ast"
	"math/bits"
	"reflect"

	"github.com/cosmos72/gomacro/fast"
	"github.com/cosmos72/gomacro/xreflect"
)

// SetMemoryLimit says how many bytes a cell may ask for by one make; 0 is no limit. What Go cannot give is a fatal error,
// which ends the process, so that it must not be asked for.
func (in *Interp) SetMemoryLimit(bytes int64) { in.memory.Store(bytes) }

// declareMake puts a make in the place of gomacro's that looks at the size first.
func (in *Interp) declareMake() {
	sym := in.ir.Comp.TryResolve("make")
	own := sym.Value.(fast.Builtin)
	compile := own.Compile
	own.Compile = func(c *fast.Comp, sym fast.Symbol, node *ast.CallExpr) *fast.Call {
		call := compile(c, sym, node)
		switch f := call.Fun.Value.(type) {
		case func(xreflect.Type, int) xreflect.Value:
			call.Fun.Value = func(t xreflect.Type, n int) xreflect.Value {
				in.allow(t, n, n)
				return f(t, n)
			}
		case func(xreflect.Type, int, int) xreflect.Value:
			call.Fun.Value = func(t xreflect.Type, n, capacity int) xreflect.Value {
				in.allow(t, n, capacity)
				return f(t, n, capacity)
			}
		}
		return call
	}
	in.ir.DeclBuiltin("make", own)
}

// allow panics where a make asks for what cannot be.
func (in *Interp) allow(t xreflect.Type, n, capacity int) {
	rt := t.ReflectType()
	what, size := "makechan: size out of range", uintptr(0)
	switch t.Kind() {
	case reflect.Slice:
		what, size = "makeslice: len out of range", rt.Elem().Size()
	case reflect.Chan:
		size = rt.Elem().Size()
	case reflect.Map:
		return // the size is a hint, of which Go takes what it can
	}
	if n < 0 {
		panic(makeError(what))
	}
	if capacity < n {
		panic(makeError("makeslice: cap out of range"))
	}
	high, bytes := bits.Mul64(uint64(capacity), uint64(size))
	if limit := in.memory.Load(); limit > 0 && (high > 0 || bytes > uint64(limit)) {
		panic(makeError(fmt.Sprintf("make of %d elements of %d bytes is more than the kernel's memory limit, %d MiB", capacity, size, limit>>20)))
	}
}

// makeError is a run-time error in the words of Go's own.
type makeError string

func (e makeError) Error() string { return "runtime error: " + string(e) }

// RuntimeError marks it as the runtime package asks for.
func (e makeError) RuntimeError() {}

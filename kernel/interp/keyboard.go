package interp

import (
	"go/ast"
	"go/types"
	"io"
	"os"
	"reflect"
	"sync/atomic"
)

// A cell's os.Stdin is a file, but an empty one. Where it is read, another reader stands in for it: in calls of its method
// Read, and wherever it becomes an interface.

type keyboard struct {
	file   *os.File
	reader io.Reader
}

var keys atomic.Pointer[keyboard] // of the process, as os.Stdin is

// ReadFrom has cells that read file read what r gives.
func (in *Interp) ReadFrom(file *os.File, r io.Reader) { keys.Store(&keyboard{file, r}) }

// standsFor is what is read in place of a file.
func standsFor(f *os.File) io.Reader {
	if k := keys.Load(); k != nil && f != nil && k.file == f {
		return k.reader
	}
	return f
}

func init() {
	method("Read", func(f *os.File) func([]byte) (int, error) { return standsFor(f).Read })
}

// fileInInterface is a file on its way into an interface of type to.
func (l *lowerer) fileInInterface(x ast.Expr, to types.Type) ast.Expr {
	rt := l.in.reps.reflect(to)
	return l.op("file·"+rt.String(), l.in.reps.of(to), func(v reflect.Value) reflect.Value {
		if v.Kind() == reflect.Interface {
			v = v.Elem()
		}
		out := reflect.New(rt).Elem()
		f, _ := v.Interface().(*os.File)
		if r := reflect.ValueOf(standsFor(f)); r.Type().Implements(rt) {
			out.Set(r)
		} else {
			out.Set(v)
		}
		return out
	}, x)
}

// isFile tells the type *os.File.
func isFile(t types.Type) bool {
	p, ok := types.Unalias(t).(*types.Pointer)
	if !ok {
		return false
	}
	n, ok := types.Unalias(p.Elem()).(*types.Named)
	return ok && n.Obj().Name() == "File" && n.Obj().Pkg() != nil && n.Obj().Pkg().Path() == "os"
}

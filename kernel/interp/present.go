package interp

import (
	"go/ast"
	"go/types"
	"reflect"

	"github.com/cosmos72/gomacro/imports"
)

// Some linked functions take any value and ask which of several interfaces it is.

// Present says that the functions of a package, and the declared ones named, ask the values that they are given for
// interfaces: a value of a cell's type becomes the first that it implements.
func (in *Interp) Present(path string, interfaces []reflect.Type, declared ...string) {
	in.presents[path] = interfaces
	for _, name := range declared {
		in.presents[name] = interfaces
	}
}

// presentLinked does that for the packages of which it is known.
func (in *Interp) presentLinked() {
	p, ok := imports.Packages["gonum.org/v1/plot/plotter"]
	if !ok {
		return
	}
	var list []reflect.Type
	for _, name := range []string{"XYLabeller", "XYZer", "XYer", "Valuer"} {
		if t := p.Types[name]; t != nil {
			list = append(list, t)
		}
	}
	in.Present("gonum.org/v1/plot/plotutil", list)
}

// asks are the interfaces that a call asks its arguments for, nil for none.
func (l *lowerer) asks(e *ast.CallExpr) []reflect.Type {
	if id, ok := ast.Unparen(e.Fun).(*ast.Ident); ok {
		if f, ok := l.object(id).(*types.Func); ok && f.Pkg() != nil && f.Pkg().Path() == mainPath && l.in.declared[f.Name()] == f.Signature() {
			return l.in.presents[f.Name()]
		}
		return nil
	}
	return l.in.presents[l.calleePackage(e)]
}

// presenting gives a value as the first of some interfaces that it implements.
func presenting(list []reflect.Type) handing {
	name := "present·"
	for _, t := range list {
		name += t.String() + ","
	}
	return handing{name: name, give: func(x any) any {
		o, ok := x.(Object)
		if !ok {
			return x
		}
		for _, t := range list {
			if o.implements(t) {
				return o.proxy(t).Interface()
			}
		}
		return bare(x)
	}}
}

package interp

import (
	"fmt"
	"go/ast"
	"go/types"
	"reflect"
)

// A named type of a linked package is itself in the interpreter, with its methods, while what it is made from has a
// representation without a name. A conversion between the two changes the type of the value.

// renames tells whether the representations of two types differ, and reflection converts one into the other.
func (l *lowerer) renames(from, to types.Type) bool {
	a, b := l.in.reps.inside(from).ReflectType(), l.in.reps.inside(to).ReflectType()
	return a != b && a.ConvertibleTo(b)
}

// linkedType tells types that have a name in a linked package.
func (l *lowerer) linkedType(t types.Type) bool {
	n, ok := types.Unalias(t).(*types.Named)
	if !ok {
		return false
	}
	_, ok = l.in.reps.compiled(n)
	return ok
}

// renamed converts a value of a representation to that of another type, by reflection but for numbers, whose types the
// interpreter converts itself.
func (l *lowerer) renamed(x ast.Expr, from, t types.Type) ast.Expr {
	out := l.in.reps.inside(t)
	to := out.ReflectType()
	cast := func(v reflect.Value) reflect.Value {
		if !v.IsValid() {
			return reflect.Zero(to)
		}
		return v.Convert(to)
	}
	switch k := to.Kind(); {
	case k == reflect.Bool || k == reflect.String:
		f := reflect.MakeFunc(reflect.FuncOf([]reflect.Type{l.in.reps.inside(from).ReflectType()}, []reflect.Type{to}, false),
			func(a []reflect.Value) []reflect.Value { return []reflect.Value{cast(a[0])} })
		return l.function(fmt.Sprintf("name·%d·%d", l.in.reps.index(t).id, l.in.reps.index(from).id), f, x.Pos(), x)
	case isBasicKind(k):
		return callOf(l.in.reps.insideIdent(t, x.Pos()), x)
	}
	return l.op(fmt.Sprintf("name·%d", l.in.reps.index(t).id), out, cast, x)
}

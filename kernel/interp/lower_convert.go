package interp

import (
	"fmt"
	"go/ast"
	"go/types"
	"reflect"
)

// conversion is T(x).
func (l *lowerer) conversion(e *ast.CallExpr, to types.Type) ast.Expr {
	arg := e.Args[0]
	from := l.typeOf(arg)
	if l.isNil(arg) {
		if types.IsInterface(to) || l.in.reps.isOpaque(to) {
			return callOf(l.typ(to, e.Pos()), ident("nil", arg.Pos()))
		}
		return callOf(l.typ(to, e.Pos()), ident("nil", arg.Pos()))
	}
	x := l.expr(arg)
	if types.IsInterface(to) {
		return l.convert(x, from, to)
	}
	same := types.Identical(from.Underlying(), to.Underlying())
	if same && !l.renames(from, to) {
		return &ast.ParenExpr{Lparen: e.Lparen, X: l.convert(x, from, to), Rparen: e.Rparen}
	}
	if l.in.reps.isOpaque(from) {
		x = l.unroll(x, from)
	}
	if (same || l.linkedType(to)) && l.renames(from, to) {
		return l.rolled(l.renamed(x, from, to), to)
	}
	if _, ok := from.Underlying().(*types.Slice); ok && !l.isBasic(to) {
		if _, isArray := deref(to).Underlying().(*types.Array); isArray {
			rt := l.in.reps.inside(to)
			return l.rolled(l.op(fmt.Sprintf("array·%d", l.in.reps.index(to).id), rt, func(v reflect.Value) reflect.Value {
				if n := deref(to).Underlying().(*types.Array).Len(); int64(v.Len()) < n {
					panic(typeError(fmt.Sprintf("runtime error: cannot convert slice with length %d to array or pointer to array with length %d", v.Len(), n)))
				}
				return v.Convert(rt.ReflectType())
			}, x), to)
		}
	}
	if _, list := to.Underlying().(*types.Slice); list && l.info.Types[arg].Value != nil { // of a constant the interpreter makes one slice for ever
		rt := l.in.reps.inside(to)
		return l.rolled(l.op(fmt.Sprintf("slice·%d", l.in.reps.index(to).id), rt, func(v reflect.Value) reflect.Value {
			return v.Convert(rt.ReflectType())
		}, x), to)
	}
	return l.rolled(&ast.CallExpr{Fun: l.in.reps.insideIdent(to, e.Pos()), Lparen: e.Lparen, Args: []ast.Expr{x}, Rparen: e.Rparen}, to)
}

func deref(t types.Type) types.Type {
	if p, ok := t.Underlying().(*types.Pointer); ok {
		return p.Elem()
	}
	return t
}

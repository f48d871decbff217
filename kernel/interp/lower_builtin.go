package interp

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/types"
	"reflect"
	"strings"
)

// builtin lowers a call of a function that Go itself has.
func (l *lowerer) builtin(e *ast.CallExpr, fun ast.Expr) ast.Expr {
	var name string
	switch f := fun.(type) {
	case *ast.Ident:
		name = f.Name
	case *ast.SelectorExpr:
		l.refuse(e, "unsafe.%s is not supported in cells", f.Sel.Name)
	}
	out := &ast.CallExpr{Fun: ident(name, fun.Pos()), Lparen: e.Lparen, Ellipsis: e.Ellipsis, Rparen: e.Rparen}
	t := l.typeOf(e)
	switch name {
	case "append":
		return l.rolled(l.appended(e, out, t), t)
	case "make":
		if c, ok := t.Underlying().(*types.Chan); ok && c.Dir() != types.SendRecv {
			out.Args = []ast.Expr{l.typ(types.NewChan(types.SendRecv, c.Elem()), e.Pos())}
			for _, a := range e.Args[1:] {
				out.Args = append(out.Args, l.integer(a))
			}
			return l.rolled(callOf(l.in.reps.insideIdent(t, e.Pos()), out), t)
		}
		out.Fun = ident("make", fun.Pos())
		out.Args = []ast.Expr{l.in.reps.insideIdent(t, e.Args[0].Pos())}
		for _, a := range e.Args[1:] {
			out.Args = append(out.Args, l.integer(a))
		}
		return l.rolled(out, t)
	case "new":
		elem := deref(t)
		if tv := l.info.Types[e.Args[0]]; tv.IsType() {
			out.Args = []ast.Expr{l.typ(elem, e.Args[0].Pos())}
			return l.rolled(out, t)
		}
		return l.rolled(l.addressed(l.value(e.Args[0], elem), elem, ident("v", e.Pos())), t)
	case "min", "max":
		return l.extreme(e, name, t)
	case "delete":
		m := l.typeOf(e.Args[0]).Underlying().(*types.Map)
		out.Args = []ast.Expr{l.unrolled(e.Args[0]), l.value(e.Args[1], m.Key())}
		return out
	case "panic":
		out.Args = []ast.Expr{l.handed(l.in.toPrint(), l.value(e.Args[0], anyIface), l.typeOf(e.Args[0]), anyIface)}
		return out
	case "recover":
		return l.op("recovered·", l.in.ir.Comp.TypeOfInterface(), func(v reflect.Value) reflect.Value { return some(panicValue(inner(v))) }, out)
	case "print", "println":
		if len(e.Args) == 1 {
			if t, ok := l.typeOf(e.Args[0]).(*types.Tuple); ok {
				l.spread(out, e.Args[0], t, types.NewTuple(), func(i int) types.Type { return t.At(i).Type() }, l.convert)
				return out
			}
		}
		for _, a := range e.Args {
			out.Args = append(out.Args, l.expr(a))
		}
		return out
	case "complex":
		to := types.Typ[types.Float64]
		if b, ok := t.Underlying().(*types.Basic); ok && b.Kind() == types.Complex64 {
			to = types.Typ[types.Float32]
		}
		for _, a := range e.Args {
			if tv := l.info.Types[a]; tv.Value != nil {
				out.Args = append(out.Args, l.constant(tv.Value, to, a.Pos()))
			} else {
				out.Args = append(out.Args, l.expr(a))
			}
		}
		return out
	case "copy":
		to, from := l.typeOf(e.Args[0]), l.typeOf(e.Args[1])
		if b, ok := from.(*types.Basic); ok && b.Info()&types.IsUntyped != 0 {
			from = types.Default(b)
		}
		f := reflect.MakeFunc(reflect.FuncOf([]reflect.Type{l.in.reps.inside(to).ReflectType(), l.in.reps.inside(from).ReflectType()}, []reflect.Type{reflect.TypeFor[int]()}, false),
			func(a []reflect.Value) []reflect.Value {
				return []reflect.Value{reflect.ValueOf(reflect.Copy(a[0], a[1]))}
			})
		return l.function(fmt.Sprintf("copy·%d·%d", l.in.reps.index(to).id, l.in.reps.index(from).id), f, e.Pos(), l.unrolled(e.Args[0]), l.unrolled(e.Args[1]))
	case "len", "cap":
		if x, ok := l.arrayLength(e.Args[0]); ok {
			return x
		}
	}
	for _, a := range e.Args {
		out.Args = append(out.Args, l.unrolled(a))
	}
	return out
}

func (l *lowerer) appended(e, out *ast.CallExpr, t types.Type) ast.Expr {
	first := l.unrolled(e.Args[0])
	if l.isNil(e.Args[0]) {
		first = callOf(l.in.reps.insideIdent(t, e.Pos()), ident("nil", e.Pos()))
	}
	out.Args = []ast.Expr{first}
	if e.Ellipsis.IsValid() {
		x := l.unrolled(e.Args[1])
		if l.isNil(e.Args[1]) {
			return first
		}
		if b, ok := l.typeOf(e.Args[1]).Underlying().(*types.Basic); ok && b.Info()&types.IsString != 0 {
			x = callOf(&ast.ArrayType{Lbrack: e.Pos(), Elt: ident("byte", e.Pos())}, x)
		}
		out.Args = append(out.Args, x)
		return out
	}
	elem := t.Underlying().(*types.Slice).Elem()
	for _, a := range e.Args[1:] {
		out.Args = append(out.Args, l.value(a, elem))
	}
	return out
}

// extreme is min or max, which is not constant.
func (l *lowerer) extreme(e *ast.CallExpr, name string, t types.Type) ast.Expr {
	b := t.Underlying().(*types.Basic)
	if len(e.Args) == 1 {
		return l.expr(e.Args[0])
	}
	x := l.operandOf(e.Args[0], t)
	for _, a := range e.Args[1:] {
		f := extremes[b.Kind()]
		i := 0
		if name == "max" {
			i = 1
		}
		if f[i] == nil {
			l.refuse(e, "%s of %v is not supported in cells", name, t)
		}
		x = l.function(fmt.Sprintf("%s·%s", name, b.Name()), f[i], e.Pos(), x, l.operandOf(a, t))
	}
	return x
}

func (l *lowerer) operandOf(e ast.Expr, t types.Type) ast.Expr {
	if tv := l.info.Types[e]; tv.Value != nil {
		return l.constant(tv.Value, t, e.Pos())
	}
	return l.expr(e)
}

func extremeOf[T cmp.Ordered]() [2]any {
	return [2]any{func(a, b T) T { return min(a, b) }, func(a, b T) T { return max(a, b) }}
}

var extremes = map[types.BasicKind][2]any{
	types.Int: extremeOf[int](), types.Int8: extremeOf[int8](), types.Int16: extremeOf[int16](), types.Int32: extremeOf[int32](),
	types.Int64: extremeOf[int64](), types.Uint: extremeOf[uint](), types.Uint8: extremeOf[uint8](), types.Uint16: extremeOf[uint16](),
	types.Uint32: extremeOf[uint32](), types.Uint64: extremeOf[uint64](), types.Uintptr: extremeOf[uintptr](),
	types.Float32: extremeOf[float32](), types.Float64: extremeOf[float64](), types.String: extremeOf[string](),
}

// panicValue is a panic's value as Go would give it to recover: what the interpreter panics with by reflection becomes
// the runtime's error.
func panicValue(x any) any {
	switch x := x.(type) {
	case nil:
		return nil
	case *reflect.ValueError:
		if text := panicText(x); text != x.Error() {
			return typeError(text)
		}
	case string:
		if text := panicText(x); text != x || strings.HasPrefix(x, "reflect: ") || strings.HasPrefix(x, "reflect.") {
			return typeError(text)
		}
	}
	return open(x)
}

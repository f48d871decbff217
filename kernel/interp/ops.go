package interp

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"reflect"

	"github.com/cosmos72/gomacro/fast"
	"github.com/cosmos72/gomacro/xreflect"
)

// What the interpreter lacks is called under names that no cell can write. An operator takes one operand and is as fast
// as a built-in function; a function is any compiled one. They belong to the universe of names, so that a cell which
// fails does not take them back.

func (l *lowerer) declare(name string, b fast.Builtin) {
	outer := l.in.ir.Comp.Outer
	if outer.Binds[name] == nil {
		outer.DeclBuiltin0(name, b)
	}
}

// op is a call of an operator whose result has a type that is not basic.
func (l *lowerer) op(name string, out xreflect.Type, f func(reflect.Value) reflect.Value, x ast.Expr) ast.Expr {
	l.declare(name, fast.Builtin{ArgMin: 1, ArgMax: 1, Compile: func(c *fast.Comp, sym fast.Symbol, node *ast.CallExpr) *fast.Call {
		arg := operand(c, node.Args[0])
		return unary(c, sym, arg, out, func(v xreflect.Value) xreflect.Value {
			return xreflect.MakeValue(f(v.ReflectValue()))
		})
	}})
	return callOf(&ast.Ident{NamePos: x.Pos(), Name: name}, x)
}

func operand(c *fast.Comp, e ast.Expr) *fast.Expr {
	arg := c.Expr1(e, nil)
	if arg.Const() {
		if arg.Untyped() {
			arg.ConstTo(arg.DefaultType())
		}
		if arg.Type == nil { // nil
			arg = &fast.Expr{Lit: fast.Lit{Type: c.TypeOfInterface()}, Fun: func(*fast.Env) xreflect.Value {
				return xreflect.MakeValue(reflect.Zero(anyType))
			}}
		}
	}
	return arg
}

// truth is a call of an operator that tells something: an expression of type bool.
func (l *lowerer) truth(name string, f func(reflect.Value) bool, x ast.Expr) ast.Expr {
	l.declare(name, fast.Builtin{ArgMin: 1, ArgMax: 1, Compile: func(c *fast.Comp, sym fast.Symbol, node *ast.CallExpr) *fast.Call {
		arg := operand(c, node.Args[0])
		call := unary(c, sym, arg, c.TypeOfInt(), nil)
		call.Fun.Value = func(v xreflect.Value) int {
			if f(v.ReflectValue()) {
				return 1
			}
			return 0
		}
		return call
	}})
	return &ast.BinaryExpr{X: callOf(&ast.Ident{NamePos: x.Pos(), Name: name}, x), OpPos: x.Pos(), Op: token.EQL, Y: intLit(1, x.Pos())}
}

// function is a call of a compiled function.
func (l *lowerer) function(name string, f any, at token.Pos, args ...ast.Expr) ast.Expr {
	return l.functionOf(name, f, nil, at, args...)
}

// functionOf is a call of a compiled function whose first result has the representation out, if that is not nil.
func (l *lowerer) functionOf(name string, f any, out xreflect.Type, at token.Pos, args ...ast.Expr) ast.Expr {
	v := reflect.ValueOf(f)
	if r, ok := f.(reflect.Value); ok {
		v = r
	}
	l.declare(name, fast.Builtin{ArgMax: 1000, Compile: func(c *fast.Comp, sym fast.Symbol, node *ast.CallExpr) *fast.Call {
		t := c.Universe.FromReflectType(v.Type())
		call := &fast.Call{Fun: &fast.Expr{Lit: fast.Lit{Type: t}, Fun: func(*fast.Env) xreflect.Value { return xreflect.MakeValue(v) }}}
		for i := range t.NumOut() {
			call.OutTypes = append(call.OutTypes, t.Out(i))
		}
		if out != nil {
			call.OutTypes[0] = out
		}
		for i, a := range node.Args {
			e := operand(c, a)
			n := min(i, t.NumIn()-1)
			p := t.In(n)
			if t.IsVariadic() && i >= t.NumIn()-1 && !node.Ellipsis.IsValid() {
				p = p.Elem()
			}
			if e.Const() {
				e.ConstTo(p)
			} else {
				e.To(c, p)
			}
			call.Args = append(call.Args, e)
		}
		call.Ellipsis = node.Ellipsis.IsValid()
		return call
	}})
	return &ast.CallExpr{Fun: &ast.Ident{NamePos: at, Name: name}, Lparen: at, Args: args, Rparen: at}
}

func callOf(f ast.Expr, args ...ast.Expr) *ast.CallExpr {
	end := f.Pos()
	return &ast.CallExpr{Fun: f, Lparen: f.Pos(), Args: args, Rparen: end}
}

func intLit(n int, at token.Pos) ast.Expr {
	return &ast.BasicLit{ValuePos: at, Kind: token.INT, Value: fmt.Sprint(n)}
}

// inner is what a reflected interface holds, nil for none.
func inner(v reflect.Value) any {
	if !v.IsValid() {
		return nil
	}
	if v.Kind() == reflect.Interface {
		if v.IsNil() {
			return nil
		}
		v = v.Elem()
	}
	return v.Interface()
}

// some is a value in an interface of type any.
func some(x any) reflect.Value {
	out := reflect.New(anyType).Elem()
	if x != nil {
		out.Set(reflect.ValueOf(x))
	}
	return out
}

// roll hides what an opaque type holds; nil is nil.
func (l *lowerer) roll(x ast.Expr) ast.Expr {
	return l.op("roll·", l.in.ir.Comp.TypeOfInterface(), func(v reflect.Value) reflect.Value {
		if !v.IsValid() || v.Kind() != reflect.Interface && v.IsNil() {
			return reflect.Zero(anyType)
		}
		return some(inner(v))
	}, x)
}

// unroll is what an opaque type holds.
func (l *lowerer) unroll(x ast.Expr, t types.Type) ast.Expr {
	in := l.in.reps.inside(t)
	rt := in.ReflectType()
	zero := reflect.Zero(rt)
	return l.op(fmt.Sprintf("unroll·%d", l.in.reps.index(t).id), in, func(v reflect.Value) reflect.Value {
		if !v.IsValid() {
			return zero
		}
		if v.Kind() == reflect.Interface {
			v = v.Elem()
			if !v.IsValid() {
				return zero
			}
		}
		return v
	}, x)
}

// box makes a value of a cell's type one of an interface.
func (l *lowerer) box(x ast.Expr, t types.Type) ast.Expr {
	rt := l.in.typeFor(t)
	l.ready(t)
	return l.op(fmt.Sprintf("box·%d", l.in.reps.index(t).id), l.in.ir.Comp.TypeOfInterface(), func(v reflect.Value) reflect.Value {
		return some(Object{inner(v), rt})
	}, x)
}

// bared is an interface's value as compiled code that looks at it by reflection is given it.
func (l *lowerer) bared(x ast.Expr) ast.Expr {
	return l.op("bare·", l.in.ir.Comp.TypeOfInterface(), func(v reflect.Value) reflect.Value { return some(bare(inner(v))) }, x)
}

// printed is an interface's value as package fmt is given it.
func (l *lowerer) printed(x ast.Expr) ast.Expr {
	return l.op("printed·", l.in.ir.Comp.TypeOfInterface(), func(v reflect.Value) reflect.Value { return some(printed(inner(v))) }, x)
}

// opened is a compiled interface's value as one of any.
func (l *lowerer) opened(x ast.Expr) ast.Expr {
	return l.op("open·", l.in.ir.Comp.TypeOfInterface(), func(v reflect.Value) reflect.Value { return some(open(inner(v))) }, x)
}

// face is an interface's value as one of a compiled interface.
func (l *lowerer) face(x ast.Expr, t types.Type) ast.Expr {
	rt := l.in.reps.reflect(t)
	return l.op(fmt.Sprintf("face·%d", l.in.reps.index(t).id), l.in.reps.of(t), func(v reflect.Value) reflect.Value {
		return faced(inner(v), rt)
	}, x)
}

// asType takes a value of type t out of an interface's value; ok tells whether it is one.
func (in *Interp) asType(x any, t types.Type, rt reflect.Type, own *Type) (v reflect.Value, ok bool) {
	if i, isInterface := t.Underlying().(*types.Interface); isInterface {
		if !in.implements(x, i) {
			return reflect.Zero(rt), false
		}
		if rt == anyType {
			return some(open(x)), true
		}
		if o := open(x); rt.Kind() == reflect.Interface {
			if _, isObject := o.(Object); !isObject && !reflect.TypeOf(o).Implements(rt) {
				return reflect.Zero(rt), false
			}
		}
		return faced(x, rt), true
	}
	switch x := open(x).(type) {
	case nil:
		return reflect.Zero(rt), false
	case Object:
		if x.T != own {
			return reflect.Zero(rt), false
		}
		if x.V == nil {
			return reflect.Zero(rt), true
		}
		return cast(reflect.ValueOf(x.V), rt), true
	default:
		// a value that compiled code has handed on without its name is of any type that it fits
		vt := reflect.TypeOf(x)
		if own != nil && isBasicKind(vt.Kind()) {
			return reflect.Zero(rt), false
		}
		if vt == rt || rt == anyType && own != nil && vt == in.reps.inside(t).ReflectType() {
			if rt == anyType {
				return some(x), true
			}
			return reflect.ValueOf(x), true
		}
		return reflect.Zero(rt), false
	}
}

func isBasicKind(k reflect.Kind) bool { return k <= reflect.Complex128 || k == reflect.String }

// assert is x.(t) with one value.
func (l *lowerer) assert(x ast.Expr, t types.Type, from types.Type) ast.Expr {
	in, rt, own := l.in, l.in.reps.reflect(t), l.own(t)
	name := fmt.Sprintf("as·%d", in.reps.index(t).id)
	must := func(v reflect.Value) reflect.Value {
		out, ok := in.asType(inner(v), t, rt, own)
		if !ok {
			panic(badAssertion(inner(v), t, from))
		}
		return out
	}
	if l.isBasic(t) {
		f := reflect.MakeFunc(reflect.FuncOf([]reflect.Type{anyType}, []reflect.Type{rt}, false), func(a []reflect.Value) []reflect.Value {
			return []reflect.Value{must(a[0])}
		})
		return l.function(name, f, x.Pos(), x)
	}
	return l.op(name, in.reps.of(t), must, x)
}

func badAssertion(x any, t, from types.Type) error {
	switch o := open(x).(type) {
	case nil:
		return typeError(fmt.Sprintf("interface conversion: interface is nil, not %s", typeText(t)))
	case Object:
		if i, ok := t.Underlying().(*types.Interface); ok {
			m, _ := types.MissingMethod(o.T.Type, i, true)
			if m != nil {
				return typeError(fmt.Sprintf("interface conversion: %s is not %s: missing method %s", typeText(o.T.Type), typeText(t), m.Name()))
			}
		}
		return typeError(fmt.Sprintf("interface conversion: %s is %s, not %s", faceText(from), typeText(o.T.Type), typeText(t)))
	default:
		if i, ok := t.Underlying().(*types.Interface); ok {
			for k := range i.NumMethods() {
				if _, ok := reflect.TypeOf(o).MethodByName(i.Method(k).Name()); !ok {
					return typeError(fmt.Sprintf("interface conversion: %T is not %s: missing method %s", o, typeText(t), i.Method(k).Name()))
				}
			}
		}
		return typeError(fmt.Sprintf("interface conversion: %s is %T, not %s", faceText(from), o, typeText(t)))
	}
}

func faceText(t types.Type) string {
	if i, ok := types.Unalias(t).(*types.Interface); ok && i.Empty() {
		return "interface {}"
	}
	return typeText(t)
}

// maybe is x.(t) with two values.
func (l *lowerer) maybe(x ast.Expr, t types.Type) ast.Expr {
	in, rt, own := l.in, l.in.reps.reflect(t), l.own(t)
	f := reflect.MakeFunc(reflect.FuncOf([]reflect.Type{anyType}, []reflect.Type{rt, reflect.TypeFor[bool]()}, false), func(a []reflect.Value) []reflect.Value {
		out, ok := in.asType(inner(a[0]), t, rt, own)
		return []reflect.Value{out, reflect.ValueOf(ok)}
	})
	return l.functionOf(fmt.Sprintf("maybe·%d", in.reps.index(t).id), f, in.reps.of(t), x.Pos(), x)
}

// isOf tells whether an interface's value has type t.
func (l *lowerer) isOf(x ast.Expr, t types.Type) ast.Expr {
	in, rt, own := l.in, l.in.reps.reflect(t), l.own(t)
	return l.truth(fmt.Sprintf("is·%d", in.reps.index(t).id), func(v reflect.Value) bool {
		_, ok := in.asType(inner(v), t, rt, own)
		return ok
	}, x)
}

// own is the Type of a type that only cells have.
func (l *lowerer) own(t types.Type) *Type {
	if types.IsInterface(t) || !ours(t) {
		return nil
	}
	return l.in.typeFor(t)
}

func (l *lowerer) isBasic(t types.Type) bool {
	if l.in.reps.isOpaque(t) {
		return false
	}
	b, ok := t.Underlying().(*types.Basic)
	return ok && b.Kind() != types.UnsafePointer
}

// equal compares two interfaces, or an interface and a value in one.
func (l *lowerer) equal(x, y ast.Expr) ast.Expr {
	return l.function("same·", same, x.Pos(), x, y)
}

// invoked is a method of an interface's value, bound to it.
func (l *lowerer) invoked(x ast.Expr, name string, sig *types.Signature) ast.Expr {
	plain := types.NewSignatureType(nil, nil, nil, sig.Params(), sig.Results(), sig.Variadic())
	x2 := l.in.reps.plain(plain)
	rt := x2.ReflectType()
	return l.op(fmt.Sprintf("call·%s·%d", name, l.in.reps.index(plain).id), x2, func(v reflect.Value) reflect.Value {
		return lookup(inner(v), name, rt)
	}, x)
}

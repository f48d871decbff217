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

// call is a call of a function by its name.
func call(name string, args ...ast.Expr) *ast.CallExpr {
	at := args[0].Pos()
	return &ast.CallExpr{Fun: &ast.Ident{NamePos: at, Name: name}, Lparen: at, Args: args, Rparen: args[len(args)-1].End()}
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

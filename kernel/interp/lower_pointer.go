package interp

import (
	"fmt"
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"

	"github.com/cosmos72/gomacro/fast"
	"github.com/cosmos72/gomacro/xreflect"
)

const (
	pointedName = "pointer·checked" // of a pointer: itself, unless it is nil
	addressName = "pointer·to"      // of &x: itself, where the interpreter knows it in one form only
)

// star is *x. The interpreter yields no value at all for what a nil pointer to a composite value points to.
func (l *lowerer) star(e *ast.StarExpr) ast.Expr {
	x := l.unrolled(e.X)
	if _, basic := deref(l.typeOf(e.X)).Underlying().(*types.Basic); !basic {
		x = l.pointed(x)
	}
	return &ast.StarExpr{Star: e.Star, X: x}
}

// pointed is a pointer that is not nil.
func (l *lowerer) pointed(x ast.Expr) ast.Expr {
	l.declare(pointedName, fast.Builtin{ArgMin: 1, ArgMax: 1, Compile: func(c *fast.Comp, sym fast.Symbol, node *ast.CallExpr) *fast.Call {
		e := c.Expr1(node.Args[0], nil)
		get := e.AsX1()
		arg := &fast.Expr{Lit: fast.Lit{Type: e.Type}, Fun: func(env *fast.Env) xreflect.Value {
			v := get(env)
			if !v.IsValid() || v.IsNil() {
				panic(nilDereference)
			}
			return v
		}}
		return unary(c, sym, arg, e.Type, func(v xreflect.Value) xreflect.Value { return v })
	}})
	return callOf(ident(pointedName, x.Pos()), x)
}

// address is &x, a pointer to a value of type t.
func (l *lowerer) address(x ast.Expr, t types.Type, at token.Pos) ast.Expr {
	out := &ast.UnaryExpr{OpPos: at, Op: token.AND, X: x}
	if b, ok := t.Underlying().(*types.Basic); !ok || b.Kind() != types.Complex128 {
		return out
	}
	l.declare(addressName, fast.Builtin{ArgMin: 1, ArgMax: 1, Compile: func(c *fast.Comp, sym fast.Symbol, node *ast.CallExpr) *fast.Call {
		e := c.Expr1(node.Args[0], nil)
		arg := &fast.Expr{Lit: fast.Lit{Type: e.Type}}
		if f, ok := e.Fun.(func(*fast.Env) *complex128); ok {
			arg.Fun = func(env *fast.Env) xreflect.Value { return xreflect.ValueOf(f(env)) }
		} else {
			arg.Fun = e.AsX1()
		}
		return unary(c, sym, arg, e.Type, func(v xreflect.Value) xreflect.Value { return v })
	}})
	return callOf(ident(addressName, at), out)
}

// arrayLength is len or cap of an array or of what points to one, which is evaluated for what it does. The pointer may
// be nil. ok is false for any other type.
func (l *lowerer) arrayLength(e ast.Expr) (x ast.Expr, ok bool) {
	a, ok := deref(l.typeOf(e)).Underlying().(*types.Array)
	if !ok {
		return nil, false
	}
	n, name := int(a.Len()), fmt.Sprintf("length·%d", a.Len())
	l.declare(name, fast.Builtin{ArgMin: 1, ArgMax: 1, Compile: func(c *fast.Comp, sym fast.Symbol, node *ast.CallExpr) *fast.Call {
		call := unary(c, sym, operand(c, node.Args[0]), c.TypeOfInt(), nil)
		call.Fun.Value = func(xreflect.Value) int { return n }
		return call
	}})
	return callOf(ident(name, e.Pos()), l.unrolled(e)), true
}

// rangeLength is a range over an array, or over what points to one, that asks for no elements: one over its length.
// Go does not evaluate the operand where it calls nothing.
func (l *lowerer) rangeLength(s *ast.RangeStmt, label string) (out []ast.Stmt, ok bool) {
	a, ok := deref(l.typeOf(s.X)).Underlying().(*types.Array)
	if !ok || !blank(s.Value) {
		return nil, false
	}
	at := s.X.Pos()
	n := &ast.BasicLit{ValuePos: at, Kind: token.INT, Value: fmt.Sprint(a.Len())}
	l.info.Types[n] = types.TypeAndValue{Type: types.Typ[types.Int], Value: constant.MakeInt64(a.Len())}
	over := *s
	over.X = n
	out = l.rangeInt(&over, label, types.Typ[types.Int])
	if l.calls(s.X) {
		first := define(l.temp(at, "range").Name, l.unrolled(s.X))
		last := len(out) - 1
		out = append(out[:last:last], with([]ast.Stmt{first}, out[last])...)
	}
	return out, true
}

// calls tells whether an expression calls a function or receives from a channel.
func (l *lowerer) calls(e ast.Expr) (found bool) {
	ast.Inspect(e, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.CallExpr:
			found = found || !l.info.Types[n.Fun].IsType() && l.info.Types[n].Value == nil
		case *ast.UnaryExpr:
			found = found || n.Op == token.ARROW
		}
		return !found
	})
	return found
}

// isTypedNil tells T(nil), which the interpreter takes for a constant.
func (l *lowerer) isTypedNil(e ast.Expr) bool {
	c, ok := ast.Unparen(e).(*ast.CallExpr)
	return ok && len(c.Args) == 1 && l.info.Types[c.Fun].IsType() && (l.isNil(c.Args[0]) || l.isTypedNil(c.Args[0]))
}

package interp

import (
	"go/ast"
	"go/token"
	"go/types"
	"reflect"

	"github.com/cosmos72/gomacro/fast"
	"github.com/cosmos72/gomacro/xreflect"
)

// What gomacro cannot defer waits in a list of our own: the deferred functions of a cell, which run when it ends, and all
// those of a function that has a defer statement in a loop over a function.
//
//	defer f(x)                  in a cell:     later·cell(f)(x)
//	                            in a function: later·in(f, list)(x), after list := later·list(); defer later·run(list)
const (
	laterCellName = "later·cell"
	laterInName   = "later·in"
)

// laters are deferred functions with their arguments, the last to be called first.
type laters struct{ calls []func() }

// add makes a function of f's type that puts a call of f into the list.
func (l *laters) add(f reflect.Value) reflect.Value {
	t := f.Type()
	zeros := make([]reflect.Value, t.NumOut())
	for i := range zeros {
		zeros[i] = reflect.Zero(t.Out(i))
	}
	return reflect.MakeFunc(t, func(args []reflect.Value) []reflect.Value {
		l.calls = append(l.calls, func() { apply(f, args) })
		return zeros
	})
}

// unwind calls what is in the list, during a panic with value or without one. It returns the panic that is left; fresh
// tells whether it is one of a deferred function.
func (l *laters) unwind(run *fast.Run, value any, panicking bool) (left any, still, fresh bool) {
	for len(l.calls) > 0 {
		last := len(l.calls) - 1
		f := l.calls[last]
		l.calls = l.calls[:last]
		d := &deferral{value, panicking}
		if r, failed := d.call(run, f); failed {
			value, panicking, fresh = r, true, true
		} else if value, panicking = d.value, d.panicking; !panicking {
			fresh = false
		}
	}
	return value, panicking, fresh
}

// call calls a deferred function, for whose recover d is; failed tells whether it panics itself.
func (d *deferral) call(run *fast.Run, f func()) (r any, failed bool) {
	flags, of, fun, value := run.ExecFlags, run.DeferOfFun, run.PanicFun, run.Panic
	defer func() {
		run.ExecFlags, run.DeferOfFun, run.PanicFun, run.Panic = flags, of, fun, value
		if r = recover(); r != nil {
			failed = true
		}
	}()
	run.DeferOfFun = d.marker()
	run.ExecFlags.SetStartDefer(true)
	f()
	return nil, false
}

// endOfCell is the panic of a return statement at the top of a cell.
type endOfCell struct{}

// deferLater lowers a defer statement whose call waits in the list of the cell, or in that of the function.
func (l *lowerer) deferLater(s *ast.DeferStmt) []ast.Stmt {
	at := s.Defer
	if id, ok := ast.Unparen(s.Call.Fun).(*ast.Ident); ok && id.Name == "recover" && l.info.Types[s.Call.Fun].IsBuiltin() {
		return nil // recovers nothing: no deferred function calls it
	}
	l.declare(laterCellName, fast.Builtin{Compile: l.in.compileLater, ArgMin: 1, ArgMax: 1})
	l.declare(laterInName, fast.Builtin{Compile: l.in.compileLater, ArgMin: 2, ArgMax: 2})
	return l.later(s.Call, func(c *ast.CallExpr) ast.Stmt {
		if l.atTop() {
			c.Fun = callOf(ident(laterCellName, at), c.Fun)
		} else {
			c.Fun = callOf(ident(laterInName, at), c.Fun, ident(l.list, at))
		}
		return &ast.ExprStmt{X: c}
	})
}

// compileLater compiles both built-ins. The list of a function is one of any, nil stands for that of the cell.
func (in *Interp) compileLater(c *fast.Comp, sym fast.Symbol, node *ast.CallExpr) *fast.Call {
	arg := c.Expr1(node.Args[0], nil)
	if arg.Type.Kind() != reflect.Func {
		c.Errorf("cannot defer a call of %v <%v>: it is no function", node.Args[0], arg.Type)
	}
	f := arg.AsX1()
	list := func(*fast.Env) *laters { return &in.laters }
	if len(node.Args) == 2 {
		x := c.Expr1(node.Args[1], nil).AsX1()
		list = func(env *fast.Env) *laters { return inner(x(env).ReflectValue()).(*laters) }
	}
	wrapped := &fast.Expr{Lit: fast.Lit{Type: arg.Type}, Fun: func(env *fast.Env) xreflect.Value {
		g := f(env).ReflectValue()
		if g.IsNil() {
			panic(nilDereference)
		}
		return xreflect.MakeValue(list(env).add(g))
	}}
	return unary(c, sym, wrapped, arg.Type, func(v xreflect.Value) xreflect.Value { return v })
}

// withList makes a function's body one whose deferred functions wait in a list.
func (l *lowerer) withList(body *ast.BlockStmt) {
	at := body.Lbrace
	const runName = "later·run"
	l.declare(runName, fast.Builtin{Compile: compileRunLaters})
	body.List = append([]ast.Stmt{
		define(l.list, l.function("later·list", func() any { return new(laters) }, at)),
		&ast.DeferStmt{Defer: at, Call: callOf(callOf(ident(deferredName, at), callOf(ident(runName, at))), ident(l.list, at))},
	}, body.List...)
}

// compileRunLaters compiles the built-in later·run: the function that is deferred to call what is in a list.
func compileRunLaters(c *fast.Comp, sym fast.Symbol, node *ast.CallExpr) *fast.Call {
	t := c.Universe.FuncOf([]xreflect.Type{c.TypeOfInterface()}, nil, false)
	f := &fast.Expr{Lit: fast.Lit{Type: t}, Fun: func(env *fast.Env) xreflect.Value {
		run := env.Run
		return xreflect.ValueOf(func(list any) {
			d := running(run)
			if d == nil {
				d = &deferral{}
			}
			value, panicking, fresh := list.(*laters).unwind(run, d.value, d.panicking)
			if d.value, d.panicking = value, panicking; panicking && fresh {
				d.panicking = false
				panic(value)
			}
		})
	}}
	return unary(c, sym, f, t, func(v xreflect.Value) xreflect.Value { return v })
}

// defersInLoop tells whether a function's body has a defer statement of its own in a loop over a function.
func (l *lowerer) defersInLoop(b *ast.BlockStmt) (found bool) {
	ast.Inspect(b, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.RangeStmt:
			if _, function := l.typeOf(n.X).Underlying().(*types.Signature); function {
				found = found || hasDefer(n.Body)
			}
		}
		return !found
	})
	return found
}

// returnFromCell is a return statement at the top of a cell.
func (l *lowerer) returnFromCell(at token.Pos) []ast.Stmt {
	return []ast.Stmt{&ast.ExprStmt{X: l.function("return·cell", func() { panic(endOfCell{}) }, at)}}
}

// atTop tells whether what is lowered stands in no function that the cell has written.
func (l *lowerer) atTop() bool { return l.results == nil }

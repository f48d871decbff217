package interp

import (
	"go/ast"
	"reflect"

	"github.com/cosmos72/gomacro/fast"
	"github.com/cosmos72/gomacro/xreflect"
)

// gomacro remembers one panic for each goroutine. A deferred function that itself calls what panics and recovers would
// make it forget the panic outside, which would then end without a word. `defer f(x)` is therefore compiled as
// `defer deferredName(f)(x)`, which wraps f in a function of the same type that keeps the panic during which it runs.
const (
	deferredName     = "defer·keep"
	deferRecoverName = "defer·recover"
)

// deferral is the call of a deferred function by one that panics.
type deferral struct {
	value     any
	panicking bool // nobody has recovered value
}

// recovered is what recover returns to the deferred function, nil if there is nothing to recover.
func (d *deferral) recovered() any {
	if d == nil || !d.panicking || passes(d.value) {
		return nil
	}
	r := d.value
	d.panicking, d.value = false, nil
	return r
}

// marker hides a deferral where gomacro keeps the function whose deferred ones run, and puts back what was there.
func (d *deferral) marker() *fast.Env {
	return &fast.Env{EnvBinds: fast.EnvBinds{Vals: []xreflect.Value{xreflect.ValueOf(d)}}}
}

// running is the innermost deferral of a goroutine, nil where the innermost deferred function was not called by a panic.
func running(run *fast.Run) *deferral {
	if run.DeferOfFun == nil || len(run.DeferOfFun.Vals) != 1 || !run.DeferOfFun.Vals[0].IsValid() {
		return nil
	}
	d, _ := run.DeferOfFun.Vals[0].Interface().(*deferral)
	return d
}

// runDeferred calls a deferred function. Where it returns, the panic goes on that it has not recovered.
func runDeferred(run *fast.Run, call func()) {
	owner := run.DeferOfFun
	if run.PanicFun == nil || run.PanicFun != owner {
		call()
		return
	}
	d := &deferral{run.Panic, true}
	run.DeferOfFun = d.marker()
	call()
	run.Panic, run.PanicFun = nil, nil
	if d.panicking {
		run.Panic, run.PanicFun = d.value, owner
	}
}

// compileDeferred compiles the built-in deferredName.
func compileDeferred(c *fast.Comp, sym fast.Symbol, node *ast.CallExpr) *fast.Call {
	arg := c.Expr1(node.Args[0], nil)
	if arg.Type.Kind() != reflect.Func {
		c.Errorf("cannot defer a call of %v <%v>: it is no function", node.Args[0], arg.Type)
	}
	f, t := arg.AsX1(), arg.Type.ReflectType()
	wrapped := &fast.Expr{Lit: fast.Lit{Type: arg.Type}, Fun: func(env *fast.Env) xreflect.Value {
		return xreflect.ValueOf(deferred(env.Run, t, f(env).ReflectValue()))
	}}
	return unary(c, sym, wrapped, arg.Type, func(v xreflect.Value) xreflect.Value {
		return xreflect.MakeValue(reflect.ValueOf(v.Interface()))
	})
}

func deferred(run *fast.Run, t reflect.Type, f reflect.Value) any {
	if g, ok := f.Interface().(func()); ok {
		return func() { runDeferred(run, g) }
	}
	return reflect.MakeFunc(t, func(args []reflect.Value) (out []reflect.Value) {
		runDeferred(run, func() { out = apply(f, args) })
		return out
	}).Interface()
}

// compileDeferRecover compiles the built-in deferRecoverName: the function for `defer recover()`. To Go the function that
// has this statement calls recover itself when it ends; so that there is something to recover, it must be a deferred one.
func compileDeferRecover(c *fast.Comp, sym fast.Symbol, node *ast.CallExpr) *fast.Call {
	t := c.Universe.FuncOf(nil, nil, false)
	f := &fast.Expr{Lit: fast.Lit{Type: t}, Fun: func(env *fast.Env) xreflect.Value {
		run := env.Run
		var outer *deferral
		if run.ExecFlags.IsDefer() {
			outer = running(run)
		}
		return xreflect.ValueOf(func() {
			if run.PanicFun == nil || run.PanicFun != run.DeferOfFun { // else it is the panic that calls it
				outer.recovered()
			}
		})
	}}
	return unary(c, sym, f, t, func(v xreflect.Value) xreflect.Value { return v })
}

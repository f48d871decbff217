package interp

import (
	"go/ast"
	"reflect"

	"github.com/cosmos72/gomacro/base"
	"github.com/cosmos72/gomacro/fast"
	"github.com/cosmos72/gomacro/xreflect"
)

// passes tells a panic that no recover of a cell sees: the one by which an interrupt ends its loops and waits, and that
// of a stack overflow, which Go does not let recover either.
func passes(r any) bool {
	if _, deep := r.(tooDeep); deep {
		return true
	}
	return r == any(base.SigInterrupt) || r == any(endOfCell{})
}

// Stops tells whether r, which a recover of compiled code got, ends the cell: it must be panicked with again.
func Stops(r any) bool { return passes(r) }

// spokenPanic is the value of a panic as Go has it. Where gomacro reaches by reflection through a nil pointer, or for the
// method of a nil interface, it panics in other words.
func spokenPanic(r any) any {
	switch v := r.(type) {
	case *reflect.ValueError:
		if v.Kind == reflect.Invalid {
			return nilDereference
		}
	case string:
		if v == "reflect.Value.Call: call of nil function" || v == "reflect: Method on nil interface value" {
			return nilDereference
		}
	}
	return r
}

// recoverIn is cells' recover.
func recoverIn(env *fast.Env) xreflect.Value {
	run := env.Run
	if !run.ExecFlags.IsDefer() {
		return noPanic
	}
	if r := spokenPanic(running(run).recovered()); r != nil {
		return xreflect.ValueOf(r).Convert(base.TypeOfInterface)
	}
	return noPanic
}

var noPanic = xreflect.ZeroR(base.TypeOfInterface)

func compileRecover(c *fast.Comp, sym fast.Symbol, node *ast.CallExpr) *fast.Call {
	t := c.TypeOfInterface()
	env := &fast.Expr{Lit: fast.Lit{Type: t}, Fun: func(env *fast.Env) xreflect.Value { return xreflect.ValueOf(env) }}
	return unary(c, sym, env, t, func(v xreflect.Value) xreflect.Value { return recoverIn(v.Interface().(*fast.Env)) })
}

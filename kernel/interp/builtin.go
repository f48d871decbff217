package interp

import (
	"go/ast"
	"reflect"

	"github.com/cosmos72/gomacro/fast"
	"github.com/cosmos72/gomacro/xreflect"
)

// declareBuiltins adds what Go has and gomacro lacks. A built-in sees the types of its operands when it is compiled.
func (in *Interp) declareBuiltins() {
	in.ir.DeclBuiltin(guardName, in.guard())
	in.ir.DeclBuiltin("clear", fast.Builtin{Compile: cleared, ArgMin: 1, ArgMax: 1})
}

// unary makes the call of a built-in of one operand.
func unary(c *fast.Comp, sym fast.Symbol, arg *fast.Expr, out xreflect.Type, f any) *fast.Call {
	t := c.Universe.FuncOf([]xreflect.Type{arg.Type}, []xreflect.Type{out}, false)
	sym.Type = t
	return &fast.Call{
		Fun:      &fast.Expr{Lit: fast.Lit{Type: t, Value: f}, Sym: &sym},
		Args:     []*fast.Expr{arg},
		OutTypes: []xreflect.Type{out},
	}
}

// cleared compiles clear(m) and clear(s).
func cleared(c *fast.Comp, sym fast.Symbol, node *ast.CallExpr) *fast.Call {
	arg := c.Expr1(node.Args[0], nil)
	if k := arg.Type.Kind(); k != reflect.Map && k != reflect.Slice {
		c.Errorf("invalid argument: clear(%v) needs a map or a slice, not %v", node.Args[0], arg.Type)
	}
	call := unary(c, sym, arg, c.TypeOfInterface(), func(v xreflect.Value) { v.ReflectValue().Clear() })
	call.Fun.Type = c.Universe.FuncOf([]xreflect.Type{arg.Type}, nil, false)
	call.OutTypes = nil
	return call
}

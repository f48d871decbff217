package interp

import (
	"go/ast"
	"reflect"

	"github.com/cosmos72/gomacro/fast"
	"github.com/cosmos72/gomacro/xreflect"

	"github.com/cosmos72/gomacro/go/etoken"
)

func init() {
	// gomacro's generics, which rewrite.go spells as gomacro wants them.
	etoken.GENERICS = etoken.GENERICS_V1_CXX
}

// rangeName is the built-in around the operand of every range clause; see ranged.
const rangeName = "range·over"

// declareBuiltins adds what Go has and gomacro lacks. A built-in sees the types of its operands when it is compiled.
func (in *Interp) declareBuiltins() {
	in.ir.DeclBuiltin(rangeName, fast.Builtin{Compile: ranged, ArgMin: 1, ArgMax: 1})
	in.ir.DeclBuiltin(guardName, in.guard())
	in.ir.DeclBuiltin("clear", fast.Builtin{Compile: cleared, ArgMin: 1, ArgMax: 1})
	prelude, err := parse(in.ir.Comp.Fileset, "prelude", `
func min[T any](a, b T) T { if b < a || b != b { return b }; return a }
func max[T any](a, b T) T { if b > a || b != b { return b }; return a }`)
	if err == nil {
		if err = in.rewrite(prelude); err == nil {
			_, err = in.compile(prelude)
		}
	}
	if err != nil {
		panic(err) // the text is a constant
	}
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

// ranged compiles the operand of a range clause: an int n becomes a slice of n empty structs, whose indices are
// 0 to n-1 and which takes no memory; all else stays as it is.
func ranged(c *fast.Comp, sym fast.Symbol, node *ast.CallExpr) *fast.Call {
	arg := c.Expr1(node.Args[0], nil)
	if arg.Const() && arg.Untyped() {
		arg.ConstTo(arg.DefaultType())
	}
	switch k := arg.Type.Kind(); k {
	case reflect.Int:
		return unary(c, sym, arg, c.Universe.SliceOf(c.Universe.TypeOf(struct{}{})), func(n xreflect.Value) xreflect.Value {
			return xreflect.ValueOf(make([]struct{}, max(0, n.Int())))
		})
	case reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64,
		reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		c.Errorf("range over %v is not supported in cells: write range int(n)", arg.Type)
	case reflect.Func:
		c.Errorf("range over a function is not supported in cells: call it with the loop's body as its argument")
	}
	return unary(c, sym, arg, arg.Type, func(v xreflect.Value) xreflect.Value { return v })
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

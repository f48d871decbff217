package interp

import (
	"go/ast"
	"go/types"
	"unsafe"

	"github.com/cosmos72/gomacro/fast"
)

// gomacro reads a uint64 variable from two scopes or more inside its own at another place than it is at
// (fast/identifier.go, intExpr: env.Outer.Outer after env.Up). Cells' reads go through a built-in.
const readName = "read·uint64"

// uint64Variable tells variables of functions that the interpreter may misread.
func uint64Variable(o types.Object) bool {
	v, ok := o.(*types.Var)
	if !ok || v.IsField() || v.Pkg() == nil || v.Pkg().Path() != mainPath {
		return false
	}
	b, ok := v.Type().Underlying().(*types.Basic)
	return ok && b.Kind() == types.Uint64
}

// readUint64 is the value of a variable.
func (l *lowerer) readUint64(variable ast.Expr, t types.Type) ast.Expr {
	l.declare(readName, fast.Builtin{Compile: compileReadUint64, ArgMin: 1, ArgMax: 1})
	at := variable.Pos()
	x := callOf(ident("uint64", at), callOf(ident(readName, at), variable))
	if l.linkedType(t) {
		return callOf(l.typ(t, at), x)
	}
	return x
}

// compileReadUint64 compiles the built-in. Of the built-ins that gomacro can call without an allocation, only one for
// strings gives an int: the number travels as the length of a string that is never looked into.
func compileReadUint64(c *fast.Comp, sym fast.Symbol, node *ast.CallExpr) *fast.Call {
	var read func(*fast.Env) uint64
	if v := c.Resolve(node.Args[0].(*ast.Ident).Name); v.Desc.Class() == fast.IntBind && v.Upn > 1 && v.Upn < c.Depth-1 {
		upn, index := v.Upn, v.Desc.Index()
		read = func(env *fast.Env) uint64 { return env.Up(upn).Ints[index] }
	} else {
		x := c.Expr1(node.Args[0], nil)
		if x.Const() {
			x.ConstTo(c.Universe.BasicTypes[kinds[types.Uint64]])
		}
		read = x.WithFun().(func(*fast.Env) uint64)
	}
	arg := &fast.Expr{Lit: fast.Lit{Type: c.TypeOfString()}, Fun: func(env *fast.Env) string {
		h := header{len: int(read(env))}
		return *(*string)(unsafe.Pointer(&h))
	}}
	return unary(c, sym, arg, c.TypeOfInt(), func(s string) int { return len(s) })
}

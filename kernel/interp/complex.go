package interp

import (
	"go/ast"
	"go/types"
	"unsafe"

	"github.com/cosmos72/gomacro/fast"
)

// complexParamName is the built-in that a function starts with which has one parameter, of type complex128, and no
// result. gomacro writes the argument of such a function to another place than it reads it from.
const complexParamName = "complex·param"

// complexParam adds the built-in to a function that needs it.
func (l *lowerer) complexParam(f *ast.FuncType, sig *types.Signature, body *ast.BlockStmt) {
	if sig.Params().Len() != 1 || sig.Results().Len() != 0 || sig.Variadic() || body == nil {
		return
	}
	if b, ok := sig.Params().At(0).Type().Underlying().(*types.Basic); !ok || b.Kind() != types.Complex128 {
		return
	}
	l.declare(complexParamName, fast.Builtin{ArgMin: 1, ArgMax: 1, Compile: func(c *fast.Comp, sym fast.Symbol, node *ast.CallExpr) *fast.Call {
		name := node.Args[0].(*ast.Ident).Name
		of, up := c, 0 // the function, and how far inside of it the statement is
		for of.Binds[name] == nil {
			up += of.UpCost
			of = of.Outer
		}
		i := of.Binds[name].Desc.Index()
		for of.BindNum <= i {
			of.NewBind("", fast.VarBind, c.TypeOfInterface()) // room in the wrong place
		}
		c.Append(func(env *fast.Env) (fast.Stmt, *fast.Env) {
			f := env
			for range up {
				f = f.Outer
			}
			*(*complex128)(unsafe.Pointer(&f.Ints[i])) = f.Vals[i].Complex()
			env.IP++
			return env.Code[env.IP], env
		}, node.Pos())
		return nothing(c, sym)
	}})
	at := body.Lbrace
	move := &ast.ExprStmt{X: callOf(ident(complexParamName, at), ident(f.Params.List[0].Names[0].Name, at))}
	body.List = append([]ast.Stmt{move}, body.List...)
}

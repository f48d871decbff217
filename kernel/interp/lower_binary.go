package interp

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
)

func (l *lowerer) binary(e *ast.BinaryExpr) ast.Expr {
	tx, ty := l.typeOf(e.X), l.typeOf(e.Y)
	out := &ast.BinaryExpr{OpPos: e.OpPos, Op: e.Op}
	switch e.Op {
	case token.EQL, token.NEQ:
		if l.isNil(e.X) && l.isTypedNil(e.Y) || l.isTypedNil(e.X) && l.isNil(e.Y) {
			return l.constant(constant.MakeBool(e.Op == token.EQL), types.Typ[types.Bool], e.OpPos)
		}
		if l.isNil(e.X) || l.isNil(e.Y) {
			out.X, out.Y = l.expr(e.X), l.expr(e.Y)
			if l.isNil(e.X) {
				out.X, out.Y = out.Y, out.X
			}
			return out
		}
		if l.comparesInterfaces(tx, ty) {
			var eq ast.Expr = l.equal(l.value(e.X, anyIface), l.value(e.Y, anyIface))
			if e.Op == token.NEQ {
				eq = &ast.UnaryExpr{OpPos: e.OpPos, Op: token.NOT, X: eq}
			}
			return eq
		}
	case token.SHL, token.SHR:
		out.X = l.expr(e.X)
		if tv := l.info.Types[e.Y]; tv.Value != nil {
			out.Y = l.constant(tv.Value, types.Typ[types.Uint64], e.Y.Pos())
			return out
		}
		out.Y = l.shiftCount(e.Y)
		return out
	}
	out.X, out.Y = l.expr(e.X), l.expr(e.Y)
	return out
}

func (l *lowerer) shiftCount(e ast.Expr) ast.Expr {
	y := l.expr(e)
	if b, ok := l.typeOf(e).Underlying().(*types.Basic); ok && b.Info()&types.IsUnsigned == 0 {
		return l.function("shift·", shiftCount, e.Pos(), callOf(ident("int64", e.Pos()), y))
	}
	return callOf(ident("uint64", e.Pos()), y)
}

func shiftCount(n int64) uint64 {
	if n < 0 {
		panic(typeError("runtime error: negative shift amount"))
	}
	return uint64(n)
}

func (l *lowerer) isNil(e ast.Expr) bool { tv, ok := l.info.Types[e]; return ok && tv.IsNil() }

// comparesInterfaces tells whether == must look into interfaces: into operands, or into parts of structs and arrays.
func (l *lowerer) comparesInterfaces(x, y types.Type) bool {
	if types.IsInterface(x) || types.IsInterface(y) {
		return true
	}
	return false
}

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
	out.X, out.Y = l.exact(e, e.X), l.exact(e, e.Y)
	return out
}

// exact is an operand. The interpreter takes 0*x for 0 and x+0 for x, which for floats and complex numbers they are not:
// those constants become variables.
func (l *lowerer) exact(of *ast.BinaryExpr, e ast.Expr) ast.Expr {
	tv := l.info.Types[e]
	if tv.Value == nil {
		return l.expr(e)
	}
	t := l.typeOf(of)
	b, ok := t.Underlying().(*types.Basic)
	if !ok || l.info.Types[of].Value != nil || b.Info()&(types.IsFloat|types.IsComplex) == 0 {
		return l.expr(e)
	}
	name := ""
	switch one := constant.MakeInt64(1); {
	case constant.Compare(tv.Value, token.EQL, zeroConst):
		name = "zero·"
	case b.Info()&types.IsComplex != 0 && constant.Compare(tv.Value, token.EQL, one):
		name = "one·"
	default:
		return l.expr(e)
	}
	var x ast.Expr = ident(name+b.Name(), e.Pos())
	if l.linkedType(t) {
		x = callOf(l.typ(t, e.Pos()), x)
	}
	return x
}

// declareNumbers makes the variables that stand for constants.
func (in *Interp) declareNumbers() {
	for name, v := range map[string]any{"zero·float32": float32(0), "zero·float64": 0.0, "zero·complex64": complex64(0),
		"zero·complex128": complex128(0), "one·complex64": complex64(1), "one·complex128": complex128(1)} {
		in.ir.DeclVar(name, nil, v)
	}
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

package interp

import (
	"go/ast"
	"go/token"
	"go/types"
)

// opAssign lowers x op= y. The interpreter has `^=` wrong, and no shifts, where x is not a variable: there it becomes
// x = x op y, with all that x is made of evaluated once, before y.
func (l *lowerer) opAssign(s *ast.AssignStmt) []ast.Stmt {
	place := ast.Unparen(s.Lhs[0])
	if _, variable := place.(*ast.Ident); !variable {
		switch s.Tok {
		case token.XOR_ASSIGN, token.SHL_ASSIGN, token.SHR_ASSIGN:
			return l.opByParts(s, place)
		}
	}
	if b, ok := l.typeOf(place).Underlying().(*types.Basic); ok && b.Info()&(types.IsFloat|types.IsComplex) != 0 && l.info.Types[s.Rhs[0]].Value != nil {
		return l.opByParts(s, place) // see exact
	}
	out := &ast.AssignStmt{Lhs: []ast.Expr{l.place(place)}, TokPos: s.TokPos, Tok: s.Tok}
	switch s.Tok {
	case token.SHL_ASSIGN, token.SHR_ASSIGN:
		if tv := l.info.Types[s.Rhs[0]]; tv.Value != nil {
			out.Rhs = []ast.Expr{l.constant(tv.Value, types.Typ[types.Uint64], s.Rhs[0].Pos())}
		} else {
			out.Rhs = []ast.Expr{l.shiftCount(s.Rhs[0])}
		}
	default:
		out.Rhs = []ast.Expr{l.operandOf(s.Rhs[0], l.typeOf(place))}
	}
	return []ast.Stmt{out}
}

func (l *lowerer) opByParts(s *ast.AssignStmt, place ast.Expr) []ast.Stmt {
	var before []ast.Stmt
	place = l.steady(place, &before)
	sum := &ast.BinaryExpr{X: place, OpPos: s.TokPos, Op: s.Tok - token.ADD_ASSIGN + token.ADD, Y: s.Rhs[0]}
	l.info.Types[sum] = types.TypeAndValue{Type: l.typeOf(place)}
	set := l.assign(&ast.AssignStmt{Lhs: []ast.Expr{place}, TokPos: s.TokPos, Tok: token.ASSIGN, Rhs: []ast.Expr{sum}})
	if len(before) == 0 {
		return set
	}
	return []ast.Stmt{&ast.BlockStmt{Lbrace: s.Pos(), List: append(before, set...), Rbrace: s.End()}}
}

// steady is a place that can be read and set, and is the same one both times: what it is made of waits in variables.
func (l *lowerer) steady(e ast.Expr, before *[]ast.Stmt) ast.Expr {
	switch e := ast.Unparen(e).(type) {
	case *ast.Ident:
		return e
	case *ast.SelectorExpr:
		s := l.info.Selections[e]
		if s == nil { // a package's
			return e
		}
		out := &ast.SelectorExpr{Sel: e.Sel}
		if _, pointer := l.typeOf(e.X).Underlying().(*types.Pointer); pointer {
			out.X = l.kept(e.X, before)
		} else {
			out.X = l.steady(e.X, before)
		}
		l.info.Selections[out], l.info.Types[out] = s, l.info.Types[e]
		return out
	case *ast.StarExpr:
		out := &ast.StarExpr{Star: e.Star, X: l.kept(e.X, before)}
		l.info.Types[out] = l.info.Types[e]
		return out
	case *ast.IndexExpr:
		out := &ast.IndexExpr{Lbrack: e.Lbrack, Rbrack: e.Rbrack}
		if _, array := l.typeOf(e.X).Underlying().(*types.Array); array {
			out.X = l.steady(e.X, before)
		} else {
			out.X = l.kept(e.X, before)
		}
		out.Index = l.kept(e.Index, before)
		l.info.Types[out] = l.info.Types[e]
		return out
	}
	return l.kept(e, before)
}

// kept is a value in a variable.
func (l *lowerer) kept(e ast.Expr, before *[]ast.Stmt) ast.Expr {
	tv := l.info.Types[e]
	if tv.Value != nil || l.isNil(e) {
		return e
	}
	t := l.typeOf(e)
	v := l.temp(e.Pos(), "v")
	*before = append(*before, define(v.Name, l.expr(e)))
	l.info.Types[v] = types.TypeAndValue{Type: t}
	l.info.Uses[v] = types.NewVar(v.Pos(), mainPackage, v.Name, t)
	return v
}

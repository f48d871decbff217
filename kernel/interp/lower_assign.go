package interp

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
)

func (l *lowerer) assign(s *ast.AssignStmt) []ast.Stmt {
	if s.Tok != token.ASSIGN && s.Tok != token.DEFINE {
		return l.opAssign(s)
	}
	if len(s.Lhs) != len(s.Rhs) {
		return l.assignTuple(s)
	}
	out := &ast.AssignStmt{TokPos: s.TokPos, Tok: s.Tok}
	blanks := false
	for i, left := range s.Lhs {
		t := l.leftType(left)
		if t == nil {
			blanks = true
			out.Rhs = append(out.Rhs, l.discarded(s.Rhs[i]))
		} else {
			out.Rhs = append(out.Rhs, l.value(s.Rhs[i], t))
		}
		out.Lhs = append(out.Lhs, l.left(left, s.Tok))
	}
	if blanks && s.Tok == token.ASSIGN {
		return l.assignBlank(out)
	}
	if s.Tok == token.DEFINE && ast.Stmt(s) == l.whole {
		l.redefine(s.Lhs)
		if len(s.Lhs) > 1 || l.replaces(s) {
			return l.defineAnew(s, out.Lhs, out.Rhs, nil)
		}
	} else if s.Tok == token.DEFINE && len(s.Lhs) > 1 && l.reuses(s) {
		return l.defineApart(s, out)
	}
	return []ast.Stmt{out}
}

// reuses tells whether a definition sets variables that there are already.
func (l *lowerer) reuses(s *ast.AssignStmt) bool {
	return slices.ContainsFunc(s.Lhs, func(e ast.Expr) bool { return !blank(e) && l.info.Defs[e.(*ast.Ident)] == nil })
}

// defineApart has all values before it sets a variable: the interpreter sets one after the other.
func (l *lowerer) defineApart(s, low *ast.AssignStmt) []ast.Stmt {
	first := &ast.AssignStmt{TokPos: s.TokPos, Tok: token.DEFINE, Rhs: low.Rhs}
	out := []ast.Stmt{first}
	for i, left := range low.Lhs {
		v := l.temp(left.Pos(), "v")
		first.Lhs = append(first.Lhs, v)
		if blank(s.Lhs[i]) {
			continue
		}
		set := &ast.AssignStmt{Lhs: []ast.Expr{left}, TokPos: s.TokPos, Tok: token.ASSIGN, Rhs: []ast.Expr{ident(v.Name, left.Pos())}}
		if l.info.Defs[s.Lhs[i].(*ast.Ident)] != nil {
			set.Tok = token.DEFINE
		}
		out = append(out, set)
	}
	return out
}

// assignBlank assigns by way of variables, since the interpreter does not take every value for _.
func (l *lowerer) assignBlank(s *ast.AssignStmt) []ast.Stmt {
	first := &ast.AssignStmt{TokPos: s.TokPos, Tok: token.DEFINE, Rhs: s.Rhs}
	second := &ast.AssignStmt{TokPos: s.TokPos, Tok: token.ASSIGN}
	for _, left := range s.Lhs {
		v := l.temp(left.Pos(), "v")
		first.Lhs = append(first.Lhs, v)
		if !blank(left) {
			second.Lhs, second.Rhs = append(second.Lhs, left), append(second.Rhs, ident(v.Name, left.Pos()))
		}
	}
	if len(second.Lhs) == 0 {
		return []ast.Stmt{first}
	}
	return []ast.Stmt{first, second}
}

// discarded is a value that is assigned to _.
func (l *lowerer) discarded(e ast.Expr) ast.Expr {
	if l.isNil(e) {
		return callOf(l.typ(anyIface, e.Pos()), ident("nil", e.Pos()))
	}
	return l.expr(e)
}

// leftType is the type of what is assigned to, nil for _.
func (l *lowerer) leftType(e ast.Expr) types.Type {
	if id, ok := ast.Unparen(e).(*ast.Ident); ok {
		if id.Name == "_" {
			return nil
		}
		return l.object(id).Type()
	}
	return l.typeOf(e)
}

func (l *lowerer) left(e ast.Expr, tok token.Token) ast.Expr {
	if id, ok := ast.Unparen(e).(*ast.Ident); ok {
		if id.Name == "_" {
			if tok == token.DEFINE {
				return l.temp(id.Pos(), "blank")
			}
			return ident("_", id.Pos())
		}
		if tok == token.DEFINE && l.info.Defs[id] != nil {
			return l.define(id)
		}
	}
	return l.place(e)
}

// assignTuple is an assignment of several values of one expression.
func (l *lowerer) assignTuple(s *ast.AssignStmt) []ast.Stmt {
	right, from := l.tuple(s.Rhs[0])
	out := &ast.AssignStmt{TokPos: s.TokPos, Tok: s.Tok, Rhs: []ast.Expr{right}}
	first := &ast.AssignStmt{TokPos: s.TokPos, Tok: token.DEFINE, Rhs: []ast.Expr{right}}
	second := &ast.AssignStmt{TokPos: s.TokPos, Tok: s.Tok}
	differs := false
	for i, left := range s.Lhs {
		x := l.left(left, s.Tok)
		out.Lhs = append(out.Lhs, x)
		t := l.leftType(left)
		if t == nil {
			first.Lhs = append(first.Lhs, l.temp(left.Pos(), "blank"))
			differs = differs || s.Tok == token.ASSIGN
			continue
		}
		v := l.temp(left.Pos(), "v")
		y := l.convert(v, from[i], t)
		differs = differs || y != ast.Expr(v)
		first.Lhs = append(first.Lhs, v)
		second.Lhs, second.Rhs = append(second.Lhs, x), append(second.Rhs, y)
	}
	if s.Tok == token.DEFINE && ast.Stmt(s) == l.whole {
		if l.redefine(s.Lhs); l.replaces(s) {
			values := make([]ast.Expr, len(first.Lhs))
			for i, v := range first.Lhs {
				values[i] = v
				if t := l.leftType(s.Lhs[i]); t != nil {
					values[i] = l.convert(v, from[i], t)
				}
			}
			return l.defineAnew(s, out.Lhs, values, first)
		}
	}
	if !differs {
		return []ast.Stmt{out}
	}
	if len(second.Lhs) == 0 {
		return []ast.Stmt{first}
	}
	return []ast.Stmt{first, second}
}

// tuple lowers an expression that yields several values, and tells their types.
func (l *lowerer) tuple(e ast.Expr) (ast.Expr, []types.Type) {
	var from []types.Type
	if t, ok := l.typeOf(e).(*types.Tuple); ok {
		for i := range t.Len() {
			from = append(from, t.At(i).Type())
		}
	}
	if a, ok := ast.Unparen(e).(*ast.TypeAssertExpr); ok {
		return l.maybe(l.value(a.X, anyIface), l.typeOf(a.Type), l.reflects(a.X)), from
	}
	return l.expr(ast.Unparen(e)), from
}

package interp

import (
	"go/ast"
	"go/token"
)

func (l *lowerer) returned(s *ast.ReturnStmt) []ast.Stmt {
	rf := l.innermost()
	if rf != nil {
		return rf.returned(l, s)
	}
	if l.atTop() {
		return l.returnFromCell(s.Return)
	}
	return l.plainReturn(s)
}

func (l *lowerer) plainReturn(s *ast.ReturnStmt) []ast.Stmt {
	out := &ast.ReturnStmt{Return: s.Return}
	if len(s.Results) == 1 && len(l.results) > 1 {
		right, from := l.tuple(s.Results[0])
		define := &ast.AssignStmt{TokPos: s.Return, Tok: token.DEFINE, Rhs: []ast.Expr{right}}
		differs := false
		for i, t := range l.results {
			v := l.temp(s.Return, "v")
			define.Lhs = append(define.Lhs, v)
			x := l.convert(v, from[i], t)
			differs = differs || x != ast.Expr(v)
			out.Results = append(out.Results, x)
		}
		if !differs {
			return []ast.Stmt{&ast.ReturnStmt{Return: s.Return, Results: []ast.Expr{right}}}
		}
		return []ast.Stmt{define, out}
	}
	var first []ast.Stmt
	apart := l.apart(s.Results)
	for i, r := range s.Results {
		x := l.value(r, l.results[i])
		if apart && l.info.Types[r].Value == nil && !l.isNil(r) {
			v := l.temp(r.Pos(), "v")
			first = append(first, &ast.AssignStmt{Lhs: []ast.Expr{v}, TokPos: r.Pos(), Tok: token.DEFINE, Rhs: []ast.Expr{x}})
			x = ident(v.Name, r.Pos())
		}
		out.Results = append(out.Results, x)
	}
	return append(first, out)
}

// apart tells whether a return statement must have all its values before it sets a result, since it can be seen that
// the interpreter sets one after the other: a later value may be a named result, or call what reads one, or panic.
func (l *lowerer) apart(values []ast.Expr) bool {
	if len(l.named) == 0 && !l.defers {
		return false
	}
	for i, e := range values {
		if i == 0 || l.info.Types[e].Value != nil || l.isNil(e) {
			continue
		}
		id, ok := ast.Unparen(e).(*ast.Ident)
		if !ok {
			return true
		}
		for k := range min(i, len(l.named)) {
			if l.object(id) == l.info.Defs[l.named[k]] {
				return true
			}
		}
	}
	return false
}

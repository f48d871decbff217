package interp

import (
	"go/ast"
	"go/token"
	"go/types"
)

// A loop of three clauses has a variable of its own for each turn. Where the body keeps one beyond its turn, the loop
// counts in a hidden variable, which each turn copies in and, before the post statement, out.
func (l *lowerer) forStmt(s *ast.ForStmt, label string) []ast.Stmt {
	kept := map[types.Object]*ast.Ident{}
	if a, ok := s.Init.(*ast.AssignStmt); ok && a.Tok == token.DEFINE {
		for _, e := range a.Lhs {
			if id, ok := e.(*ast.Ident); ok && id.Name != "_" && l.keeps(s, l.info.Defs[id]) {
				kept[l.info.Defs[id]] = id
			}
		}
	}
	for o := range kept {
		l.rename[o] = l.temp(s.For, o.Name()).Name
	}
	before, init := l.one(s.Init)
	out := &ast.ForStmt{For: s.For, Init: init}
	if s.Cond != nil {
		out.Cond = l.condition(s.Cond)
	}
	_, out.Post = l.one(s.Post)
	t := target{label: label, loop: true}
	var in []ast.Stmt
	if len(kept) > 0 {
		hidden := map[types.Object]string{}
		for o := range kept {
			hidden[o] = l.rename[o]
			l.rename[o] = l.temp(s.For, o.Name()).Name
			in = append(in, define(l.rename[o], ident(hidden[o], s.Body.Lbrace)))
		}
		own := map[types.Object]string{}
		for o := range kept {
			own[o] = l.rename[o]
		}
		t.copyBack = func(at token.Pos) (out []ast.Stmt) {
			for o, h := range hidden {
				out = append(out, &ast.AssignStmt{Lhs: []ast.Expr{ident(h, at)}, TokPos: at, Tok: token.ASSIGN, Rhs: []ast.Expr{ident(own[o], at)}})
			}
			return out
		}
	}
	leave := l.enter(t)
	out.Body = l.block(s.Body)
	leave()
	if t.copyBack != nil {
		out.Body.List = append(in, append(out.Body.List, t.copyBack(s.Body.Rbrace)...)...)
	}
	return with(before, labeled(label, out))
}

func define(name string, x ast.Expr) *ast.AssignStmt {
	return &ast.AssignStmt{Lhs: []ast.Expr{ident(name, x.Pos())}, TokPos: x.Pos(), Tok: token.DEFINE, Rhs: []ast.Expr{x}}
}

// keeps tells whether a variable may live on after a turn of a loop: a closure mentions it, or its address is taken.
func (l *lowerer) keepsIn(n ast.Node, o types.Object) bool {
	found := false
	mentions := func(n ast.Node) {
		ast.Inspect(n, func(n ast.Node) bool {
			if id, ok := n.(*ast.Ident); ok && l.info.Uses[id] == o {
				found = true
			}
			return !found
		})
	}
	ast.Inspect(n, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			mentions(n)
		case *ast.UnaryExpr:
			if n.Op == token.AND {
				mentions(n.X)
			}
		case *ast.SliceExpr:
			mentions(n.X)
		case *ast.SelectorExpr:
			if s := l.info.Selections[n]; s != nil && s.Kind() == types.MethodVal {
				mentions(n.X)
			}
		case *ast.RangeStmt:
			if _, ok := l.typeOf(n.X).Underlying().(*types.Signature); ok {
				mentions(n.Body)
			}
		}
		return !found
	})
	return found
}

func (l *lowerer) keeps(s *ast.ForStmt, o types.Object) bool {
	if o == nil {
		return false
	}
	if s.Cond != nil && l.keepsIn(s.Cond, o) || s.Post != nil && l.keepsIn(s.Post, o) {
		return true
	}
	return l.keepsIn(s.Body, o)
}

package interp

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
)

func (l *lowerer) rangeStmt(s *ast.RangeStmt, label string) []ast.Stmt {
	t := l.typeOf(s.X)
	switch u := t.Underlying().(type) {
	case *types.Basic:
		if u.Info()&types.IsInteger != 0 {
			return l.rangeInt(s, label, t)
		}
	case *types.Signature:
		return l.rangeFunc(s, label, u)
	case *types.Chan:
		return l.rangeChan(s, label, u)
	}
	if out, ok := l.rangeLength(s, label); ok {
		return out
	}
	out := &ast.RangeStmt{For: s.For, TokPos: s.TokPos, Range: s.Range, Tok: s.Tok}
	out.X = l.unrolled(s.X)
	if p, ok := t.Underlying().(*types.Pointer); ok && s.Value != nil && !blank(s.Value) { // each turn looks at the array anew
		if _, array := p.Elem().Underlying().(*types.Array); array {
			out.X = l.allOf(out.X)
		}
	}
	var before []ast.Stmt
	if _, array := t.Underlying().(*types.Array); array { // which the interpreter would evaluate for each turn
		v := l.temp(s.X.Pos(), "range")
		before = append(before, define(v.Name, out.X))
		out.X = ident(v.Name, s.X.Pos())
	}
	if tv := l.info.Types[s.X]; tv.Value != nil {
		out.X = l.constant(tv.Value, types.Default(tv.Type), s.X.Pos())
	}
	key, elem := rangeTypes(t)
	var in []ast.Stmt
	variable := func(e ast.Expr, from types.Type) ast.Expr {
		if e == nil {
			return nil
		}
		id, isIdent := e.(*ast.Ident)
		if isIdent && id.Name == "_" {
			return ident("_", id.Pos())
		}
		if s.Tok == token.DEFINE {
			o := l.info.Defs[id]
			if l.keepsIn(s.Body, o) {
				h := l.temp(id.Pos(), id.Name)
				in = append(in, define(l.define(id).Name, ident(h.Name, s.Body.Lbrace)))
				return h
			}
			return l.define(id)
		}
		h := l.temp(e.Pos(), "v")
		in = append(in, &ast.AssignStmt{Lhs: []ast.Expr{l.place(e)}, TokPos: e.Pos(), Tok: token.ASSIGN, Rhs: []ast.Expr{l.convert(ident(h.Name, e.Pos()), from, l.typeOf(e))}})
		return h
	}
	out.Key, out.Value = variable(s.Key, key), variable(s.Value, elem)
	if s.Tok == token.ASSIGN {
		out.Tok, in = token.DEFINE, atOnce(in)
	}
	if blank(out.Key) && blank(out.Value) {
		out.Key, out.Value, out.Tok = nil, nil, token.ILLEGAL
	}
	leave := l.enter(target{label: label, loop: true})
	out.Body = l.block(s.Body)
	leave()
	out.Body.List = append(in, out.Body.List...)
	return with(before, labeled(label, out))
}

// atOnce makes assignments one, for `i, x[i] = range y`: which x[i] it is must be known before i changes.
func atOnce(list []ast.Stmt) []ast.Stmt {
	if len(list) < 2 {
		return list
	}
	out := *list[0].(*ast.AssignStmt)
	for _, s := range list[1:] {
		a := s.(*ast.AssignStmt)
		out.Lhs, out.Rhs = append(out.Lhs, a.Lhs...), append(out.Rhs, a.Rhs...)
	}
	return []ast.Stmt{&out}
}

func blank(e ast.Expr) bool {
	id, ok := e.(*ast.Ident)
	return e == nil || ok && id.Name == "_"
}

func rangeTypes(t types.Type) (key, elem types.Type) {
	switch u := t.Underlying().(type) {
	case *types.Basic:
		return types.Typ[types.Int], types.Typ[types.Rune]
	case *types.Pointer:
		return rangeTypes(u.Elem())
	case *types.Map:
		return u.Key(), u.Elem()
	case *types.Slice:
		return types.Typ[types.Int], u.Elem()
	case *types.Array:
		return types.Typ[types.Int], u.Elem()
	}
	return nil, nil
}

// rangeInt becomes a loop of three clauses.
func (l *lowerer) rangeInt(s *ast.RangeStmt, label string, t types.Type) []ast.Stmt {
	at := s.For
	if b, ok := t.(*types.Basic); ok && b.Info()&types.IsUntyped != 0 {
		t = types.Typ[types.Int]
	}
	id, _ := s.Key.(*ast.Ident)
	if id != nil && s.Tok == token.DEFINE && l.info.Defs[id] != nil {
		t = l.info.Defs[id].Type()
	} else if s.Key != nil && !blank(s.Key) {
		t = l.typeOf(s.Key)
	}
	var before []ast.Stmt
	var n ast.Expr
	if tv := l.info.Types[s.X]; tv.Value != nil {
		n = l.constant(tv.Value, t, s.X.Pos())
	} else {
		v := l.temp(at, "n")
		before = append(before, define(v.Name, l.expr(s.X)))
		n = ident(v.Name, s.X.Pos())
	}
	counter := l.temp(at, "i")
	var in []ast.Stmt
	switch {
	case blank(s.Key):
	case s.Tok == token.DEFINE:
		o := l.info.Defs[id]
		if l.keepsIn(s.Body, o) || l.changes(s.Body, o) {
			in = append(in, define(l.define(id).Name, ident(counter.Name, s.Body.Lbrace)))
		} else {
			counter = l.define(id)
		}
	default:
		in = append(in, &ast.AssignStmt{Lhs: []ast.Expr{l.place(s.Key)}, TokPos: at, Tok: token.ASSIGN, Rhs: []ast.Expr{ident(counter.Name, at)}})
	}
	out := &ast.ForStmt{For: at,
		Init: define(counter.Name, l.constant(zeroConst, t, at)),
		Cond: &ast.BinaryExpr{X: ident(counter.Name, at), OpPos: at, Op: token.LSS, Y: n},
		Post: &ast.IncDecStmt{X: ident(counter.Name, at), TokPos: at, Tok: token.INC}}
	leave := l.enter(target{label: label, loop: true})
	out.Body = l.block(s.Body)
	leave()
	out.Body.List = append(in, out.Body.List...)
	return with(before, labeled(label, out))
}

var zeroConst = constant.MakeInt64(0)

// changes tells whether statements assign to a variable.
func (l *lowerer) changes(n ast.Node, o types.Object) bool {
	is := func(e ast.Expr) bool {
		id, ok := ast.Unparen(e).(*ast.Ident)
		return ok && l.info.Uses[id] == o
	}
	found := false
	ast.Inspect(n, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			for _, e := range n.Lhs {
				found = found || is(e)
			}
		case *ast.IncDecStmt:
			found = found || is(n.X)
		case *ast.RangeStmt:
			found = found || n.Key != nil && is(n.Key) || n.Value != nil && is(n.Value)
		}
		return !found
	})
	return found
}

// rangeChan becomes receives until the channel is closed.
func (l *lowerer) rangeChan(s *ast.RangeStmt, label string, c *types.Chan) []ast.Stmt {
	at := s.For
	ch, v, ok := l.temp(at, "ch"), l.temp(at, "v"), l.temp(at, "ok")
	var left ast.Expr = l.temp(at, "blank")
	var in []ast.Stmt
	switch {
	case blank(s.Key):
	case s.Tok == token.DEFINE:
		left = l.define(s.Key.(*ast.Ident))
	default:
		left = v
		in = append(in, &ast.AssignStmt{Lhs: []ast.Expr{l.place(s.Key)}, TokPos: at, Tok: token.ASSIGN, Rhs: []ast.Expr{l.convert(ident(v.Name, at), c.Elem(), l.typeOf(s.Key))}})
	}
	recv := &ast.AssignStmt{Lhs: []ast.Expr{left, ok}, TokPos: at, Tok: token.DEFINE, Rhs: []ast.Expr{&ast.UnaryExpr{OpPos: at, Op: token.ARROW, X: ident(ch.Name, at)}}}
	stop := &ast.IfStmt{If: at, Cond: &ast.UnaryExpr{OpPos: at, Op: token.NOT, X: ident(ok.Name, at)},
		Body: &ast.BlockStmt{Lbrace: at, List: []ast.Stmt{&ast.BranchStmt{TokPos: at, Tok: token.BREAK}}, Rbrace: at}}
	out := &ast.ForStmt{For: at}
	leave := l.enter(target{label: label, loop: true})
	out.Body = l.block(s.Body)
	leave()
	out.Body.List = append(append([]ast.Stmt{recv, stop}, in...), out.Body.List...)
	return with([]ast.Stmt{define(ch.Name, l.unrolled(s.X))}, labeled(label, out))
}

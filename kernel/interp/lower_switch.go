package interp

import (
	"go/ast"
	"go/token"
	"go/types"
)

func (l *lowerer) switchStmt(s *ast.SwitchStmt, label string) []ast.Stmt {
	before, init := l.one(s.Init)
	out := &ast.SwitchStmt{Switch: s.Switch, Init: init, Body: &ast.BlockStmt{Lbrace: s.Body.Lbrace, Rbrace: s.Body.Rbrace}}
	defer l.enter(target{label: label})()
	condition := func(e ast.Expr) ast.Expr { return l.expr(e) }
	if s.Tag != nil {
		t := l.typeOf(s.Tag)
		faces := types.IsInterface(t)
		for _, c := range s.Body.List {
			for _, e := range c.(*ast.CaseClause).List {
				faces = faces || types.IsInterface(l.typeOf(e)) || l.isNil(e)
			}
		}
		_, basic := t.Underlying().(*types.Basic)
		if faces || !basic {
			tag := l.temp(s.Tag.Pos(), "tag")
			if init != nil {
				before, out.Init = append(before, init), nil
			}
			before = append(before, &ast.AssignStmt{Lhs: []ast.Expr{tag}, TokPos: tag.Pos(), Tok: token.DEFINE, Rhs: []ast.Expr{l.expr(s.Tag)}})
			l.info.Types[tag] = types.TypeAndValue{Type: t}
			condition = func(e ast.Expr) ast.Expr {
				left := ident(tag.Name, e.Pos())
				l.info.Types[left] = types.TypeAndValue{Type: t}
				return l.binary(&ast.BinaryExpr{X: left, OpPos: e.Pos(), Op: token.EQL, Y: e})
			}
		} else {
			out.Tag = l.operandOf(s.Tag, types.Default(t))
			condition = func(e ast.Expr) ast.Expr { return l.operandOf(e, types.Default(t)) }
		}
	}
	for _, c := range s.Body.List {
		c := c.(*ast.CaseClause)
		clause := &ast.CaseClause{Case: c.Case, Colon: c.Colon}
		for _, e := range c.List {
			clause.List = append(clause.List, condition(e))
		}
		clause.Body = l.stmts(c.Body)
		out.Body.List = append(out.Body.List, clause)
	}
	return with(before, labeled(label, out))
}

// typeSwitch becomes a switch of conditions over the operand, which is evaluated once.
func (l *lowerer) typeSwitch(s *ast.TypeSwitchStmt, label string) []ast.Stmt {
	before, init := l.one(s.Init)
	if init != nil {
		before = append(before, init)
	}
	var name *ast.Ident
	var x ast.Expr
	switch a := s.Assign.(type) {
	case *ast.AssignStmt:
		name, x = a.Lhs[0].(*ast.Ident), a.Rhs[0]
	case *ast.ExprStmt:
		x = a.X
	}
	x = ast.Unparen(x).(*ast.TypeAssertExpr).X
	from := l.typeOf(x)
	v := l.temp(x.Pos(), "tag")
	before = append(before, &ast.AssignStmt{Lhs: []ast.Expr{v}, TokPos: x.Pos(), Tok: token.DEFINE, Rhs: []ast.Expr{l.expr(x)}})
	value := func(at token.Pos) ast.Expr { return l.convert(ident(v.Name, at), from, anyIface) }
	out := &ast.SwitchStmt{Switch: s.Switch, Body: &ast.BlockStmt{Lbrace: s.Body.Lbrace, Rbrace: s.Body.Rbrace}}
	defer l.enter(target{label: label})()
	for _, c := range s.Body.List {
		c := c.(*ast.CaseClause)
		clause := &ast.CaseClause{Case: c.Case, Colon: c.Colon}
		for _, e := range c.List {
			at := e.Pos()
			if l.isNil(e) {
				clause.List = append(clause.List, &ast.BinaryExpr{X: ident(v.Name, at), OpPos: at, Op: token.EQL, Y: ident("nil", at)})
				continue
			}
			clause.List = append(clause.List, l.isOf(value(at), l.typeOf(e), l.reflects(x)))
		}
		if name != nil {
			if o, ok := l.info.Implicits[c]; ok && l.uses(c.Body, o) {
				at := c.Colon
				var y ast.Expr = ident(v.Name, at)
				if len(c.List) == 1 && !l.isNil(c.List[0]) {
					y = l.assert(value(at), o.Type(), from, l.reflects(x))
				}
				clause.Body = append(clause.Body, &ast.AssignStmt{Lhs: []ast.Expr{ident(bindName(o, name.Name), at)}, TokPos: at, Tok: token.DEFINE, Rhs: []ast.Expr{y}})
			}
		}
		clause.Body = append(clause.Body, l.stmts(c.Body)...)
		out.Body.List = append(out.Body.List, clause)
	}
	return with(before, labeled(label, out))
}

// uses tells whether statements mention an object.
func (l *lowerer) uses(list []ast.Stmt, o types.Object) bool {
	found := false
	for _, s := range list {
		ast.Inspect(s, func(n ast.Node) bool {
			if id, ok := n.(*ast.Ident); ok && l.info.Uses[id] == o {
				found = true
			}
			return !found
		})
	}
	return found
}

func (l *lowerer) selectStmt(s *ast.SelectStmt, label string) []ast.Stmt {
	out := &ast.SelectStmt{Select: s.Select, Body: &ast.BlockStmt{Lbrace: s.Body.Lbrace, Rbrace: s.Body.Rbrace}}
	defer l.enter(target{label: label})()
	for _, c := range s.Body.List {
		c := c.(*ast.CommClause)
		clause := &ast.CommClause{Case: c.Case, Colon: c.Colon}
		switch comm := c.Comm.(type) {
		case nil:
		case *ast.AssignStmt:
			recv := l.expr(ast.Unparen(comm.Rhs[0]))
			if comm.Tok == token.DEFINE {
				set := &ast.AssignStmt{TokPos: comm.TokPos, Tok: comm.Tok, Rhs: []ast.Expr{recv}}
				for _, e := range comm.Lhs {
					set.Lhs = append(set.Lhs, l.left(e, comm.Tok))
				}
				clause.Comm = set
				break
			}
			from := l.typeOf(comm.Rhs[0])
			if t, ok := from.(*types.Tuple); ok {
				from = t.At(0).Type()
			}
			set := &ast.AssignStmt{TokPos: comm.TokPos, Tok: token.DEFINE, Rhs: []ast.Expr{recv}}
			for i, e := range comm.Lhs {
				v := l.temp(comm.Pos(), "v")
				set.Lhs = append(set.Lhs, v)
				x := ast.Expr(ident(v.Name, comm.Pos()))
				if i == 0 {
					x = l.convert(x, from, l.leftType(e))
				}
				clause.Body = append(clause.Body, &ast.AssignStmt{Lhs: []ast.Expr{l.left(e, comm.Tok)}, TokPos: comm.TokPos, Tok: token.ASSIGN, Rhs: []ast.Expr{x}})
			}
			clause.Comm = set
		default:
			clause.Comm = l.stmt(comm, "")[0]
		}
		clause.Body = append(clause.Body, l.stmts(c.Body)...)
		out.Body.List = append(out.Body.List, clause)
	}
	return []ast.Stmt{labeled(label, out)}
}

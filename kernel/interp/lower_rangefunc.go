package interp

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
)

// rangeFunc is a loop over a function: the body becomes a function that tells whether to go on. What leaves the loop
// for elsewhere sets a number, which is looked at after the call.
type rangeFunc struct {
	next    string // the variable that says where to go
	state   string // the variable that says how far the loop is, see rangeState
	exits   []*ast.BranchStmt
	returns bool
}

// innermost is the range over a function in whose body we are, nil if there is none.
func (l *lowerer) innermost() *rangeFunc {
	for i := len(l.targets) - 1; i >= 0; i-- {
		if f := l.targets[i].function; f != nil {
			return f
		}
	}
	return nil
}

func (l *lowerer) branch(s *ast.BranchStmt) []ast.Stmt {
	switch s.Tok {
	case token.GOTO:
		return l.jump(s)
	case token.FALLTHROUGH:
		return []ast.Stmt{s}
	}
	var crossed *rangeFunc
	parts := false
	for i := len(l.targets) - 1; i >= 0; i-- {
		t := l.targets[i]
		if t.parts {
			parts = true
			continue
		}
		match := t.loop || s.Tok == token.BREAK
		if s.Label != nil {
			match = t.label == s.Label.Name
		}
		if !match {
			if t.function != nil && crossed == nil {
				crossed = t.function
			}
			continue
		}
		if parts && s.Label == nil {
			l.refuse(s, "%s is not supported in cells beside a label to which a goto leads: give the loop a label, and name it here", s.Tok)
		}
		if crossed != nil {
			crossed.exits = append(crossed.exits, s)
			return l.leave(crossed, len(crossed.exits), s.Pos())
		}
		if t.function != nil {
			return []ast.Stmt{&ast.BlockStmt{Lbrace: s.Pos(), List: l.answer(t.function, s.Tok == token.CONTINUE, s.Pos()), Rbrace: s.End()}}
		}
		out := []ast.Stmt{s}
		if t.copyBack != nil && s.Tok == token.CONTINUE {
			out = append(t.copyBack(s.Pos()), out...)
			return []ast.Stmt{&ast.BlockStmt{Lbrace: s.Pos(), List: out, Rbrace: s.End()}}
		}
		return out
	}
	return []ast.Stmt{s}
}

// leave ends the function of a loop's body for a place outside the loop.
func (l *lowerer) leave(f *rangeFunc, n int, at token.Pos) []ast.Stmt {
	set := &ast.AssignStmt{Lhs: []ast.Expr{ident(f.next, at)}, TokPos: at, Tok: token.ASSIGN, Rhs: []ast.Expr{intLit(n, at)}}
	return []ast.Stmt{&ast.BlockStmt{Lbrace: at, List: append([]ast.Stmt{set}, l.answer(f, false, at)...), Rbrace: at}}
}

// answer ends a turn of the loop: it tells the function whether to go on.
func (l *lowerer) answer(f *rangeFunc, yes bool, at token.Pos) []ast.Stmt {
	state := rangeLeft
	if yes {
		state = rangeReady
	}
	return []ast.Stmt{f.set(state, at), &ast.ReturnStmt{Return: at, Results: []ast.Expr{l.constant(constant.MakeBool(yes), types.Typ[types.Bool], at)}}}
}

const returnExit = 1 << 30

// returned is a return statement in the body: the results wait in variables until the loop is left.
func (f *rangeFunc) returned(l *lowerer, s *ast.ReturnStmt) []ast.Stmt {
	f.returns = true
	at := s.Return
	var out []ast.Stmt
	if len(s.Results) > 0 {
		set := &ast.AssignStmt{TokPos: at, Tok: token.ASSIGN}
		for _, name := range l.resultNames() {
			set.Lhs = append(set.Lhs, ident(name, at))
		}
		if len(s.Results) == 1 && len(l.results) > 1 {
			right, from := l.tuple(s.Results[0])
			tmp := &ast.AssignStmt{TokPos: at, Tok: token.DEFINE, Rhs: []ast.Expr{right}}
			for i, t := range l.results {
				v := l.temp(at, "v")
				tmp.Lhs = append(tmp.Lhs, v)
				set.Rhs = append(set.Rhs, l.convert(ident(v.Name, at), from[i], t))
			}
			out = append(out, tmp)
		} else {
			for i, r := range s.Results {
				set.Rhs = append(set.Rhs, l.value(r, l.results[i]))
			}
		}
		out = append(out, set)
	}
	return []ast.Stmt{&ast.BlockStmt{Lbrace: at, List: append(out, l.leave(f, returnExit, at)...), Rbrace: s.End()}}
}

// resultNames are the variables in which results wait: the named ones, or hidden ones.
func (l *lowerer) resultNames() (out []string) {
	if len(l.named) > 0 {
		for _, id := range l.named {
			if id.Name == "_" {
				l.refuse(id, "return from a loop over a function is not supported in cells where a result is named _")
			}
			out = append(out, l.define(id).Name)
		}
		return out
	}
	if l.waiting == nil {
		for range l.results {
			l.waiting = append(l.waiting, l.temp(token.NoPos, "result").Name)
		}
	}
	return l.waiting
}

func (l *lowerer) rangeFunc(s *ast.RangeStmt, label string, sig *types.Signature) []ast.Stmt {
	at := s.For
	yield := sig.Params().At(0).Type().Underlying().(*types.Signature)
	f := &rangeFunc{next: l.temp(at, "next").Name, state: l.temp(at, "state").Name}
	outermost := l.innermost() == nil
	var names []string
	if len(l.results) > 0 {
		names = l.resultNames()
	}
	params := &ast.FieldList{Opening: at, Closing: at}
	var in []ast.Stmt
	for i := range yield.Params().Len() {
		t := yield.Params().At(i).Type()
		e := s.Key
		if i == 1 {
			e = s.Value
		}
		p := l.temp(at, "blank")
		switch {
		case blank(e):
		case s.Tok == token.DEFINE:
			p = l.define(e.(*ast.Ident))
		default:
			p = l.temp(at, "v")
			in = append(in, &ast.AssignStmt{Lhs: []ast.Expr{l.place(e)}, TokPos: at, Tok: token.ASSIGN, Rhs: []ast.Expr{l.convert(ident(p.Name, at), t, l.typeOf(e))}})
		}
		params.List = append(params.List, &ast.Field{Names: []*ast.Ident{p}, Type: l.typ(t, at)})
	}
	leave := l.enter(target{label: label, loop: true, function: f})
	body := l.block(s.Body)
	leave()
	first := []ast.Stmt{l.wrong(f, token.NEQ, rangeReady, true, at), f.set(rangeBody, at)}
	body.List = append(append(append(first, atOnce(in)...), body.List...), l.answer(f, true, s.Body.Rbrace)...)
	fn := l.rolled(&ast.FuncLit{
		Type: &ast.FuncType{Func: at, Params: params, Results: &ast.FieldList{List: []*ast.Field{{Type: ident("bool", at)}}}},
		Body: body,
	}, yield)
	out := []ast.Stmt{define(f.next, intLit(0, at)), define(f.state, intLit(rangeReady, at))}
	if outermost && len(l.named) == 0 {
		for i, name := range names {
			out = append(out, &ast.DeclStmt{Decl: &ast.GenDecl{TokPos: at, Tok: token.VAR, Specs: []ast.Spec{
				&ast.ValueSpec{Names: []*ast.Ident{ident(name, at)}, Type: l.typ(l.results[i], at)}}}})
		}
	}
	out = append(out, &ast.ExprStmt{X: callOf(l.unrolled(s.X), fn)}, l.wrong(f, token.EQL, rangeBody, false, at), f.set(rangeOver, at))
	is := func(n int, then []ast.Stmt) ast.Stmt {
		return &ast.IfStmt{If: at, Cond: &ast.BinaryExpr{X: ident(f.next, at), OpPos: at, Op: token.EQL, Y: intLit(n, at)},
			Body: &ast.BlockStmt{Lbrace: at, List: then, Rbrace: at}}
	}
	for i, b := range f.exits {
		out = append(out, is(i+1, l.branch(b)))
	}
	if f.returns {
		outer := l.innermost()
		if outer != nil {
			outer.returns = true
			out = append(out, is(returnExit, l.leave(outer, returnExit, at)))
		} else if l.atTop() {
			out = append(out, is(returnExit, l.returnFromCell(at)))
		} else {
			r := &ast.ReturnStmt{Return: at}
			if len(l.named) == 0 {
				for _, name := range names {
					r.Results = append(r.Results, ident(name, at))
				}
			}
			out = append(out, is(returnExit, []ast.Stmt{r}))
		}
	}
	return []ast.Stmt{&ast.BlockStmt{Lbrace: at, List: out, Rbrace: s.End()}}
}

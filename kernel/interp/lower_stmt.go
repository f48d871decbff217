package interp

import (
	"go/ast"
	"go/token"
	"go/types"
)

// target is what break and continue can mean inside a statement.
type target struct {
	label    string
	loop     bool
	copyBack func(at token.Pos) []ast.Stmt // run before a turn of the loop ends, nil for none
	function *rangeFunc                    // the loop is a range over a function
	parts    bool                          // not a target: the parts between labels to which a goto leads
}

func (l *lowerer) block(b *ast.BlockStmt) *ast.BlockStmt {
	return &ast.BlockStmt{Lbrace: b.Lbrace, List: l.stmts(b.List), Rbrace: b.Rbrace}
}

func (l *lowerer) stmts(list []ast.Stmt) (out []ast.Stmt) {
	if labels := jumpedTo(list); labels != nil {
		return l.parts(list, labels)
	}
	for _, s := range list {
		out = append(out, l.stmt(s, "")...)
	}
	return out
}

// one is a statement as one.
func (l *lowerer) one(s ast.Stmt) (before []ast.Stmt, last ast.Stmt) {
	if s == nil {
		return nil, nil
	}
	out := l.stmt(s, "")
	if len(out) == 0 {
		return nil, nil
	}
	return out[:len(out)-1], out[len(out)-1]
}

// with runs statements before another, in a block of their own if there are any.
func with(before []ast.Stmt, s ast.Stmt) []ast.Stmt {
	if len(before) == 0 {
		return []ast.Stmt{s}
	}
	return []ast.Stmt{&ast.BlockStmt{Lbrace: s.Pos(), List: append(before, s), Rbrace: s.End()}}
}

func labeled(label string, s ast.Stmt) ast.Stmt {
	if label == "" {
		return s
	}
	return &ast.LabeledStmt{Label: ident(label, s.Pos()), Colon: s.Pos(), Stmt: s}
}

func (l *lowerer) enter(t target) (leave func()) {
	n := len(l.targets)
	l.targets = append(l.targets[:n:n], t)
	return func() { l.targets = l.targets[:n] }
}

func (l *lowerer) stmt(s ast.Stmt, label string) []ast.Stmt {
	switch s := s.(type) {
	case nil, *ast.EmptyStmt:
		return nil
	case *ast.BlockStmt:
		return []ast.Stmt{l.block(s)}
	case *ast.ExprStmt:
		if s == l.whole { // its value is shown, perhaps by a method of its own
			l.readyAll(l.typeOf(s.X))
		}
		return []ast.Stmt{&ast.ExprStmt{X: l.expr(s.X)}}
	case *ast.AssignStmt:
		return l.assign(s)
	case *ast.IncDecStmt:
		return []ast.Stmt{&ast.IncDecStmt{X: l.place(s.X), TokPos: s.TokPos, Tok: s.Tok}}
	case *ast.SendStmt:
		c := l.typeOf(s.Chan).Underlying().(*types.Chan)
		return []ast.Stmt{&ast.SendStmt{Chan: l.unrolled(s.Chan), Arrow: s.Arrow, Value: l.value(s.Value, c.Elem())}}
	case *ast.DeclStmt:
		return l.localDecl(s)
	case *ast.ReturnStmt:
		return l.returned(s)
	case *ast.BranchStmt:
		return l.branch(s)
	case *ast.LabeledStmt:
		return l.stmt(s.Stmt, s.Label.Name)
	case *ast.IfStmt:
		return l.ifStmt(s)
	case *ast.ForStmt:
		return l.forStmt(s, label)
	case *ast.RangeStmt:
		return l.rangeStmt(s, label)
	case *ast.SwitchStmt:
		return l.switchStmt(s, label)
	case *ast.TypeSwitchStmt:
		return l.typeSwitch(s, label)
	case *ast.SelectStmt:
		return l.selectStmt(s, label)
	case *ast.GoStmt:
		return l.later(s.Call, func(c *ast.CallExpr) ast.Stmt {
			before := l.copies(c)
			if c.Fun = call(guardName, c.Fun); c.Ellipsis.IsValid() {
				guard := c.Fun.(*ast.CallExpr)
				guard.Args = append(guard.Args, ident("true", c.Ellipsis))
				c.Ellipsis = token.NoPos
			}
			return &ast.BlockStmt{Lbrace: s.Go, List: append(before, &ast.GoStmt{Go: s.Go, Call: c}), Rbrace: s.End()}
		})
	case *ast.DeferStmt:
		if l.atTop() || l.list != "" {
			return l.deferLater(s)
		}
		if id, ok := ast.Unparen(s.Call.Fun).(*ast.Ident); ok && id.Name == "recover" && l.info.Types[s.Call.Fun].IsBuiltin() {
			return []ast.Stmt{&ast.DeferStmt{Defer: s.Defer, Call: callOf(callOf(ident(deferRecoverName, s.Defer)))}}
		}
		return l.later(s.Call, func(c *ast.CallExpr) ast.Stmt {
			c.Fun = callOf(ident(deferredName, c.Pos()), c.Fun)
			return &ast.DeferStmt{Defer: s.Defer, Call: c}
		})
	}
	l.refuse(s, "this statement is not supported in cells")
	return nil
}

// place is an expression that can be assigned to.
func (l *lowerer) place(e ast.Expr) ast.Expr {
	e = ast.Unparen(e)
	if star, ok := e.(*ast.StarExpr); ok {
		return &ast.StarExpr{Star: star.Star, X: l.unrolled(star.X)}
	}
	if id, ok := e.(*ast.Ident); ok {
		return l.name(id)
	}
	return l.expr(e)
}

// copies gives the arguments of a go statement variables of their own: gomacro hands the goroutine the places that they
// stand in, which may have changed when it looks.
func (l *lowerer) copies(c *ast.CallExpr) (before []ast.Stmt) {
	for i, a := range c.Args {
		switch ast.Unparen(a).(type) {
		case *ast.Ident, *ast.SelectorExpr, *ast.IndexExpr, *ast.StarExpr:
			if id, ok := a.(*ast.Ident); ok && id.Name == "nil" {
				continue
			}
			v := l.temp(a.Pos(), "arg")
			before = append(before, &ast.AssignStmt{Lhs: []ast.Expr{v}, TokPos: a.Pos(), Tok: token.DEFINE, Rhs: []ast.Expr{a}})
			c.Args[i] = ident(v.Name, a.Pos())
		}
	}
	return before
}

// later lowers the call of a go or defer statement. What is no call of a function by then is put into one, with its
// arguments evaluated before.
func (l *lowerer) later(e *ast.CallExpr, make func(*ast.CallExpr) ast.Stmt) []ast.Stmt {
	at := e.Pos()
	fun := ast.Unparen(e.Fun)
	tv := l.info.Types[e.Fun]
	if !tv.IsBuiltin() && !tv.IsType() {
		if l.special(e, fun) == nil {
			if c, ok := l.call(e).(*ast.CallExpr); ok {
				return []ast.Stmt{make(c)}
			}
		}
	}
	var before []ast.Stmt
	inner := *e
	inner.Args = nil
	for i, a := range e.Args {
		if tv := l.info.Types[a]; tv.IsType() || tv.Value != nil || tv.IsNil() {
			inner.Args = append(inner.Args, a)
			continue
		}
		v := l.temp(a.Pos(), "arg")
		before = append(before, &ast.AssignStmt{Lhs: []ast.Expr{v}, TokPos: a.Pos(), Tok: token.DEFINE, Rhs: []ast.Expr{l.expr(a)}})
		known := ident(v.Name, a.Pos())
		l.info.Types[known] = l.info.Types[e.Args[i]]
		inner.Args = append(inner.Args, known)
	}
	l.info.Types[&inner] = l.info.Types[e]
	f := &ast.FuncLit{
		Type: &ast.FuncType{Func: at, Params: &ast.FieldList{Opening: at, Closing: at}},
		Body: &ast.BlockStmt{Lbrace: at, List: []ast.Stmt{&ast.ExprStmt{X: l.expr(&inner)}}, Rbrace: e.End()},
	}
	return with(before, make(&ast.CallExpr{Fun: f, Lparen: at, Rparen: at}))
}

// condition is that of an if or for statement. Of an element of a map the interpreter takes the second value for one that
// is forgotten, and says so on standard output.
func (l *lowerer) condition(e ast.Expr) ast.Expr {
	x := l.expr(e)
	if l.ofMap(e) {
		return callOf(l.typ(l.typeOf(e), e.Pos()), x)
	}
	return x
}

func (l *lowerer) ifStmt(s *ast.IfStmt) []ast.Stmt {
	before, init := l.one(s.Init)
	out := &ast.IfStmt{If: s.If, Init: init, Cond: l.condition(s.Cond), Body: l.block(s.Body)}
	if s.Else != nil {
		e := l.stmt(s.Else, "")
		switch x := e[0].(type) {
		case *ast.BlockStmt:
			out.Else = x
		case *ast.IfStmt:
			out.Else = x
			if len(e) > 1 {
				out.Else = &ast.BlockStmt{Lbrace: x.Pos(), List: e, Rbrace: x.End()}
			}
		default:
			out.Else = &ast.BlockStmt{Lbrace: x.Pos(), List: e, Rbrace: x.End()}
		}
	}
	return with(before, out)
}

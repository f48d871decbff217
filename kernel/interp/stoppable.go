package interp

import (
	"fmt"
	"go/ast"
	"go/token"

	"golang.org/x/tools/go/ast/astutil"
)

// stoppable makes a pass over the lowered trees of a step. It writes what waits in a cell, receives, sends and selects,
// as calls of built-ins whose waits an interrupt ends (channel.go, select.go); puts what can be stopped in the place of
// methods that wait (waiting.go); and lets every function look at its stack first (depth.go). gomacro's own select gives
// `v, ok := <-ch` a true ok for a closed channel, and does not wait in `select {}`; these do as Go does.
func (in *Interp) stoppable() func(ast.Node) ast.Node {
	w := &waits{in: in, two: map[ast.Expr]bool{}, comm: map[ast.Node]bool{}}
	return func(n ast.Node) ast.Node { return astutil.Apply(n, w.enter, w.leave) }
}

// waits is the pass.
type waits struct {
	in   *Interp
	two  map[ast.Expr]bool // receives of which the second value is asked for
	comm map[ast.Node]bool // the sends and receives of select's cases, which it does itself
}

func (w *waits) enter(c *astutil.Cursor) bool {
	switch n := c.Node().(type) {
	case *ast.FuncDecl:
		entered(n.Body)
	case *ast.FuncLit:
		entered(n.Body)
	case *ast.AssignStmt:
		if len(n.Lhs) == 2 && len(n.Rhs) == 1 {
			w.two[ast.Unparen(n.Rhs[0])] = true
		}
	case *ast.ValueSpec:
		if len(n.Names) == 2 && len(n.Values) == 1 {
			w.two[ast.Unparen(n.Values[0])] = true
		}
	case *ast.CommClause:
		switch s := n.Comm.(type) {
		case *ast.SendStmt:
			w.comm[s] = true
		case *ast.ExprStmt:
			w.comm[ast.Unparen(s.X)] = true
		case *ast.AssignStmt:
			w.comm[ast.Unparen(s.Rhs[0])] = true
		}
	}
	return true
}

func (w *waits) leave(c *astutil.Cursor) bool {
	if w.comm[c.Node()] {
		return true
	}
	switch n := c.Node().(type) {
	case *ast.UnaryExpr:
		switch {
		case n.Op != token.ARROW:
		case w.two[n]:
			c.Replace(call(receiveTwoName, n.X, number(n.Pos(), 0)))
		default:
			c.Replace(&ast.StarExpr{Star: n.OpPos, X: call(receiveName, n.X)})
		}
	case *ast.SendStmt:
		send := call(sendName, n.Chan, n.Value)
		send.Fun.(*ast.Ident).NamePos = n.Arrow
		c.Replace(&ast.ExprStmt{X: send})
	case *ast.CallExpr:
		standIn(n)
	case *ast.SelectStmt:
		label, _ := c.Parent().(*ast.LabeledStmt)
		c.Replace(w.selects(n, label))
	case *ast.LabeledStmt:
		if b, ok := n.Stmt.(*ast.BlockStmt); ok && w.comm[b] { // the label went inside, to the switch
			c.Replace(b)
		}
	}
	return true
}

func number(at token.Pos, n int) *ast.BasicLit {
	return &ast.BasicLit{ValuePos: at, Kind: token.INT, Value: fmt.Sprint(n)}
}

// selects writes
//
//	select { case v, ok := <-a: A; case b <- x: B; default: D }
//
// as
//
//	{ s· := selectName("7:rsd", a, b, x); switch s·.Index { case 0: v, ok := *selected("7:0", s·), s·.OK; A; case 1: B; default: D } }
//
// where 7 is a number by which the second built-in knows the first's channels. A label goes to the switch.
func (w *waits) selects(n *ast.SelectStmt, label *ast.LabeledStmt) ast.Stmt {
	at := n.Select
	name := func(s string) *ast.Ident { return &ast.Ident{NamePos: at, Name: s} }
	text := func(s string) *ast.BasicLit { return &ast.BasicLit{ValuePos: at, Kind: token.STRING, Value: s} }
	w.in.selects++
	id := w.in.selects
	got := func() ast.Expr { return name(fmt.Sprint("select·", id)) }
	field := func(s string) ast.Expr { return &ast.SelectorExpr{X: got(), Sel: name(s)} }
	directions := ""
	var args []ast.Expr
	sw := &ast.SwitchStmt{Switch: at, Tag: field("Index"), Body: &ast.BlockStmt{Lbrace: n.Body.Lbrace, Rbrace: n.Body.Rbrace}}
	for i, s := range n.Body.List {
		cc := s.(*ast.CommClause)
		clause := &ast.CaseClause{Case: cc.Case, List: []ast.Expr{number(cc.Case, i)}, Colon: cc.Colon, Body: cc.Body}
		switch comm := cc.Comm.(type) {
		case nil:
			directions += "d"
			clause.List = nil
		case *ast.SendStmt:
			directions += "s"
			args = append(args, comm.Chan, comm.Value)
		case *ast.ExprStmt:
			directions += "r"
			args = append(args, ast.Unparen(comm.X).(*ast.UnaryExpr).X)
		case *ast.AssignStmt:
			directions += "r"
			args = append(args, ast.Unparen(comm.Rhs[0]).(*ast.UnaryExpr).X)
			value := &ast.StarExpr{Star: at, X: call(selectedName, text(fmt.Sprintf("%d:%d", id, i)), got())}
			set := &ast.AssignStmt{TokPos: comm.TokPos, Tok: comm.Tok}
			for i, x := range []ast.Expr{value, field("OK")}[:len(comm.Lhs)] {
				if id, ok := comm.Lhs[i].(*ast.Ident); !ok || id.Name != "_" {
					set.Lhs, set.Rhs = append(set.Lhs, comm.Lhs[i]), append(set.Rhs, x)
				}
			}
			if len(set.Lhs) > 0 {
				clause.Body = append([]ast.Stmt{set}, cc.Body...)
			}
		}
		sw.Body.List = append(sw.Body.List, clause)
	}
	choose := &ast.AssignStmt{Lhs: []ast.Expr{got()}, TokPos: at, Tok: token.DEFINE,
		Rhs: []ast.Expr{call(selectName, append([]ast.Expr{text(fmt.Sprintf("%d:%s", id, directions))}, args...)...)}}
	block := &ast.BlockStmt{Lbrace: at, List: []ast.Stmt{choose}, Rbrace: n.End()}
	switch {
	case len(n.Body.List) == 0:
	case label != nil:
		w.comm[block] = true
		block.List = append(block.List, &ast.LabeledStmt{Label: label.Label, Colon: label.Colon, Stmt: sw})
	default:
		block.List = append(block.List, sw)
	}
	return block
}

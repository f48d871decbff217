package interp

import (
	"go/ast"
	"go/token"
)

// perIteration gives each turn of a loop its own variables, as Go does since 1.22: where the body keeps one beyond its
// turn, in a closure or by its address, the body starts with a copy of it. counted is a loop of three clauses, whose
// post statement works on the variable itself: there a body that also assigns to it is refused, since the copy would
// not reach the post statement.
func perIteration(body *ast.BlockStmt, defines bool, vars []ast.Expr, refuse func(ast.Node, string, ...any), counted bool) {
	if !defines || body == nil {
		return
	}
	var copies []ast.Stmt
	for _, v := range vars {
		id, ok := v.(*ast.Ident)
		if !ok || id == nil || id.Name == "_" || !keeps(body, id.Name) {
			continue
		}
		if counted && assigns(body, id.Name) {
			refuse(body, "the loop variable %s is both kept by a closure or an address and assigned in the loop's body, "+
				"which is not supported in cells: keep a copy of it", id.Name)
			return
		}
		at := body.Lbrace
		name := func() *ast.Ident { return &ast.Ident{NamePos: at, Name: id.Name} }
		copies = append(copies, &ast.AssignStmt{Lhs: []ast.Expr{name()}, TokPos: at, Tok: token.DEFINE, Rhs: []ast.Expr{name()}})
	}
	body.List = append(copies, body.List...)
}

// keeps tells whether a name is used inside a function literal, or its address taken, in a body. A variable of the same
// name declared inside counts too: a copy too many does no harm.
func keeps(body ast.Node, name string) bool {
	found := false
	ast.Inspect(body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			found = found || mentions(n, name)
		case *ast.UnaryExpr:
			found = found || n.Op == token.AND && mentions(n.X, name)
		case *ast.SliceExpr:
			found = found || mentions(n.X, name)
		}
		return !found
	})
	return found
}

func mentions(n ast.Node, name string) bool {
	found := false
	ast.Inspect(n, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok && id.Name == name {
			found = true
		}
		return !found
	})
	return found
}

// assigns tells whether a body changes the variable.
func assigns(body ast.Node, name string) bool {
	is := func(e ast.Expr) bool { id, ok := e.(*ast.Ident); return ok && id.Name == name }
	found := false
	ast.Inspect(body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			for _, l := range n.Lhs {
				found = found || n.Tok != token.DEFINE && is(l)
			}
		case *ast.IncDecStmt:
			found = found || is(n.X)
		}
		return !found
	})
	return found
}

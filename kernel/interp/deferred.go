package interp

import (
	"fmt"
	"go/ast"
	"go/token"
)

// deferred writes `defer close(ch)`, which gomacro does not compile for any built-in function, as
// `{ arg1 := ch; defer func() { close(arg1) }() }`; the same for go. It returns nil where there is nothing to change.
func deferred(s ast.Stmt) ast.Stmt {
	var c *ast.CallExpr
	switch s := s.(type) {
	case *ast.DeferStmt:
		c = s.Call
	case *ast.GoStmt:
		c = s.Call
	default:
		return nil
	}
	id, ok := c.Fun.(*ast.Ident)
	if !ok || !predeclared[id.Name] {
		return nil
	}
	at := c.Pos()
	block := &ast.BlockStmt{Lbrace: at, Rbrace: c.End()}
	inner := &ast.CallExpr{Fun: id, Lparen: c.Lparen, Ellipsis: c.Ellipsis, Rparen: c.Rparen}
	for i, a := range c.Args {
		if _, constant := a.(*ast.BasicLit); constant {
			inner.Args = append(inner.Args, a)
			continue
		}
		name := func() *ast.Ident { return &ast.Ident{NamePos: a.Pos(), Name: fmt.Sprintf("arg·%d", i)} }
		block.List = append(block.List, &ast.AssignStmt{Lhs: []ast.Expr{name()}, TokPos: a.Pos(), Tok: token.DEFINE, Rhs: []ast.Expr{a}})
		inner.Args = append(inner.Args, name())
	}
	call := &ast.CallExpr{Fun: &ast.FuncLit{
		Type: &ast.FuncType{Func: at, Params: &ast.FieldList{}},
		Body: &ast.BlockStmt{Lbrace: at, List: []ast.Stmt{&ast.ExprStmt{X: inner}}, Rbrace: c.End()},
	}, Lparen: at, Rparen: c.End()}
	switch s := s.(type) {
	case *ast.DeferStmt:
		block.List = append(block.List, &ast.DeferStmt{Defer: s.Defer, Call: call})
	case *ast.GoStmt:
		block.List = append(block.List, &ast.GoStmt{Go: s.Go, Call: call})
	}
	return block
}

package interp

import (
	"fmt"
	"go/ast"
)

// refuse names what belongs into a function, before the checker, which sees statements in functions, says it otherwise.
func (in *Interp) refuse(p *parsed) error {
	var refused error
	for _, s := range p.steps {
		if s.stmt == nil {
			continue
		}
		outside(s.stmt, func(n ast.Node, format string, args ...any) {
			if refused == nil {
				refused = in.errorAt("not supported", n.Pos(), fmt.Sprintf(format, args...))
			}
		})
	}
	return refused
}

// outside refuses, in a statement at the top of a cell, what belongs into a function.
func outside(s ast.Stmt, refuse func(ast.Node, string, ...any)) {
	ast.Inspect(s, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.ReturnStmt:
			refuse(n, "return outside a function")
		case *ast.DeferStmt:
			refuse(n, "defer outside a function: a cell is none, so it would run at once")
		}
		return true
	})
}

func genericReceiver(e ast.Expr) bool {
	if s, ok := e.(*ast.StarExpr); ok {
		e = s.X
	}
	switch e.(type) {
	case *ast.IndexExpr, *ast.IndexListExpr:
		return true
	}
	return false
}

func call(name string, args ...ast.Expr) *ast.CallExpr {
	at := args[0].Pos()
	return &ast.CallExpr{Fun: &ast.Ident{NamePos: at, Name: name}, Lparen: at, Args: args, Rparen: args[len(args)-1].End()}
}

package interp

import "go/ast"

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

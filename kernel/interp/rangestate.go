package interp

import (
	"go/ast"
	"go/token"
)

// The states of a loop over a function.
const (
	rangeReady = iota // for the next turn
	rangeLeft         // its body has ended the loop
	rangeOver         // the function has returned
	rangeBody         // its body runs, or has panicked
)

func (f *rangeFunc) set(state int, at token.Pos) ast.Stmt {
	return &ast.AssignStmt{Lhs: []ast.Expr{ident(f.state, at)}, TokPos: at, Tok: token.ASSIGN, Rhs: []ast.Expr{intLit(state, at)}}
}

// wrong panics where a function does not do what a loop expects of it; the words are Go's.
func (l *lowerer) wrong(f *rangeFunc, when token.Token, state int, called bool, at token.Pos) ast.Stmt {
	name := "range·called"
	if !called {
		name = "range·returned"
	}
	complain := l.function(name, func(state int) {
		switch text := "range function continued iteration after "; {
		case !called:
			panic(typeError("runtime error: range function recovered a loop body panic and did not resume panicking"))
		case state == rangeLeft:
			panic(typeError("runtime error: " + text + "function for loop body returned false"))
		case state == rangeOver:
			panic(typeError("runtime error: " + text + "whole loop exit"))
		default:
			panic(typeError("runtime error: " + text + "loop body panic"))
		}
	}, at, ident(f.state, at))
	return &ast.IfStmt{If: at, Cond: &ast.BinaryExpr{X: ident(f.state, at), OpPos: at, Op: when, Y: intLit(state, at)},
		Body: &ast.BlockStmt{Lbrace: at, List: []ast.Stmt{&ast.ExprStmt{X: complain}}, Rbrace: at}}
}

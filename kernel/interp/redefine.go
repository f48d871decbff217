package interp

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"reflect"
	"slices"
)

// A cell may define a variable anew from the old one, as in data := strings.Split(data, ","). To the interpreter the old
// one is gone when it compiles that, and of several it sets one after the other. The values therefore wait in a queue of
// ours: hold·N puts one of the type N in, take·N takes one out.

// replaces tells whether a definition at the top of a cell mentions a variable that it defines with another type.
func (l *lowerer) replaces(s *ast.AssignStmt) bool {
	return slices.ContainsFunc(s.Lhs, func(e ast.Expr) bool {
		id, ok := e.(*ast.Ident)
		return ok && id.Name != "_" && l.info.Defs[id] != nil && l.in.forgets(l.info.Defs[id]) && mentions(s.Rhs, id.Name)
	})
}

func mentions(list []ast.Expr, name string) (found bool) {
	for _, e := range list {
		ast.Inspect(e, func(n ast.Node) bool {
			id, ok := n.(*ast.Ident)
			found = found || ok && id.Name == name
			return !found
		})
	}
	return found
}

// defineAnew defines variables at the top of a cell once all values are there, which before, if it is not nil, has made.
func (l *lowerer) defineAnew(s *ast.AssignStmt, left, values []ast.Expr, before ast.Stmt) []ast.Stmt {
	var hold []ast.Stmt
	if before != nil {
		hold = append(hold, before)
	}
	out := &ast.AssignStmt{Lhs: left, TokPos: s.TokPos, Tok: token.DEFINE}
	for i, x := range values {
		t := l.leftType(s.Lhs[i])
		switch {
		case t != nil:
		case len(s.Rhs) == len(s.Lhs) && l.isNil(s.Rhs[i]):
			t = anyIface
		case len(s.Rhs) == len(s.Lhs):
			t = types.Default(l.typeOf(s.Rhs[i]))
		default:
			t = l.typeOf(s.Rhs[0]).(*types.Tuple).At(i).Type()
		}
		hold = append(hold, &ast.ExprStmt{X: l.hold(x, t)})
		out.Rhs = append(out.Rhs, l.take(t, s.TokPos))
	}
	*l.first = append(*l.first, &ast.BlockStmt{Lbrace: s.Pos(), List: hold, Rbrace: s.End()})
	return []ast.Stmt{out}
}

func (l *lowerer) hold(x ast.Expr, t types.Type) ast.Expr {
	f := reflect.FuncOf([]reflect.Type{l.in.reps.reflect(t)}, nil, false)
	return l.function(fmt.Sprintf("hold·%d", l.in.reps.index(t).id), reflect.MakeFunc(f, func(a []reflect.Value) []reflect.Value {
		l.in.queue = append(l.in.queue, a[0])
		return nil
	}), x.Pos(), x)
}

func (l *lowerer) take(t types.Type, at token.Pos) ast.Expr {
	in, rt := l.in, l.in.reps.reflect(t)
	f := reflect.FuncOf(nil, []reflect.Type{rt}, false)
	return l.functionOf(fmt.Sprintf("take·%d", in.reps.index(t).id), reflect.MakeFunc(f, func([]reflect.Value) []reflect.Value {
		v := in.queue[0]
		in.queue[0] = reflect.Value{}
		in.queue = in.queue[1:]
		return []reflect.Value{v}
	}), in.reps.of(t), at)
}

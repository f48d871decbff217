package interp

import (
	"go/ast"
	"go/token"
	"go/types"
)

func (l *lowerer) call(e *ast.CallExpr) ast.Expr {
	fun := ast.Unparen(e.Fun)
	tv := l.info.Types[e.Fun]
	switch {
	case tv.IsType():
		return l.conversion(e, tv.Type)
	case tv.IsBuiltin():
		return l.builtin(e, fun)
	}
	sig := tv.Type.Underlying().(*types.Signature)
	if special := l.special(e, fun); special != nil {
		return special
	}
	out := &ast.CallExpr{Lparen: e.Lparen, Ellipsis: e.Ellipsis, Rparen: e.Rparen}
	compiled := false
	if sel, ok := fun.(*ast.SelectorExpr); ok {
		if s := l.info.Selections[sel]; s != nil && s.Kind() == types.MethodVal {
			var recv ast.Expr
			out.Fun, recv, compiled = l.method(sel, s)
			if recv != nil {
				if _, element := recv.(*ast.IndexExpr); element && len(e.Args) == 0 && l.ofMap(sel.X) {
					recv = callOf(l.typ(s.Obj().(*types.Func).Signature().Recv().Type(), recv.Pos()), recv)
				}
				out.Args = append(out.Args, recv)
			}
		}
	}
	if out.Fun == nil {
		out.Fun = l.unrolled(e.Fun)
		compiled = l.isCompiledFunc(fun) || l.asks(e) != nil
	}
	l.arguments(out, e, sig, compiled)
	return out
}

// isCompiledFunc tells whether a call's function is known to be one of a linked package.
func (l *lowerer) isCompiledFunc(fun ast.Expr) bool {
	var id *ast.Ident
	switch f := fun.(type) {
	case *ast.Ident:
		id = f
	case *ast.SelectorExpr:
		id = f.Sel
	default:
		return false
	}
	o, ok := l.object(id).(*types.Func)
	return ok && o.Pkg() != nil && o.Pkg().Path() != mainPath && l.in.overlay(o) == nil
}

// arguments converts the arguments of a call to the types of the parameters. Compiled code gets values that cells own
// as it would have them by reflection.
func (l *lowerer) arguments(out *ast.CallExpr, e *ast.CallExpr, sig *types.Signature, compiled bool) {
	n := sig.Params().Len()
	param := func(i int) types.Type {
		if sig.Variadic() && i >= n-1 {
			t := sig.Params().At(n - 1).Type()
			if e.Ellipsis.IsValid() {
				return t
			}
			if s, ok := t.Underlying().(*types.Slice); ok {
				return s.Elem()
			}
			return types.Typ[types.Byte] // append([]byte, string...)
		}
		return sig.Params().At(i).Type()
	}
	var h handing
	if compiled {
		h = l.handing(e)
	}
	give := func(x ast.Expr, from, to types.Type) ast.Expr { return l.handed(h, l.convert(x, from, to), from, to) }
	if len(e.Args) == 1 {
		if t, ok := l.typeOf(e.Args[0]).(*types.Tuple); ok {
			l.spread(out, e.Args[0], t, sig.Results(), param, give)
			return
		}
	}
	if sig.Variadic() && !compiled && len(e.Args) == n-1 { // the interpreter would make an empty list, and Go makes none
		defer func() {
			out.Args = append(out.Args, callOf(l.typ(sig.Params().At(n-1).Type(), e.Rparen), ident("nil", e.Rparen)))
			out.Ellipsis = e.Rparen
		}()
	}
	for i, a := range e.Args {
		x := l.expr(a)
		if len(e.Args) == 1 && l.ofMap(a) { // to the interpreter it has a second value, which would be an argument too
			x = callOf(l.typ(l.typeOf(a), a.Pos()), x)
		}
		x = give(x, l.typeOf(a), param(i))
		if tv := l.info.Types[a]; tv.Value != nil && types.IsInterface(param(i)) && !ours(tv.Type) {
			x = l.constant(tv.Value, tv.Type, a.Pos())
		}
		out.Args = append(out.Args, x)
	}
	if e.Ellipsis.IsValid() {
		last := len(out.Args) - 1
		out.Args[last] = l.handedList(h, out.Args[last], param(last))
	}
}

// ofMap tells elements of maps.
func (l *lowerer) ofMap(e ast.Expr) bool {
	x, ok := ast.Unparen(e).(*ast.IndexExpr)
	if !ok || l.info.Types[x.Index].IsType() {
		return false
	}
	_, ok = l.typeOf(x.X).Underlying().(*types.Map)
	return ok
}

// spread passes the results of a call as arguments, each converted: func() R { a, b := g(); return f(a, b) }().
func (l *lowerer) spread(out *ast.CallExpr, arg ast.Expr, t, results *types.Tuple, param func(int) types.Type, give func(ast.Expr, types.Type, types.Type) ast.Expr) {
	at := arg.Pos()
	define := &ast.AssignStmt{TokPos: at, Tok: token.DEFINE, Rhs: []ast.Expr{l.expr(arg)}}
	args := out.Args
	for i := range t.Len() {
		v := l.temp(at, "arg")
		define.Lhs = append(define.Lhs, v)
		args = append(args, give(ident(v.Name, at), t.At(i).Type(), param(i)))
	}
	inner := &ast.CallExpr{Fun: out.Fun, Lparen: at, Args: args, Rparen: at}
	f := &ast.FuncType{Func: at, Params: &ast.FieldList{}}
	var last ast.Stmt = &ast.ExprStmt{X: inner}
	if results.Len() > 0 {
		f.Results = &ast.FieldList{}
		for i := range results.Len() {
			f.Results.List = append(f.Results.List, &ast.Field{Type: l.typ(results.At(i).Type(), at)})
		}
		last = &ast.ReturnStmt{Return: at, Results: []ast.Expr{inner}}
	}
	out.Fun = &ast.FuncLit{Type: f, Body: &ast.BlockStmt{Lbrace: at, List: []ast.Stmt{define, last}, Rbrace: at}}
	out.Args, out.Ellipsis = nil, token.NoPos
}

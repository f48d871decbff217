package interp

import (
	"go/ast"
	"go/token"
	"go/types"
)

// method lowers the function of a method call. recv is its first argument, nil where the function is bound already.
func (l *lowerer) method(e *ast.SelectorExpr, s *types.Selection) (fun, recv ast.Expr, compiled bool) {
	f := s.Obj().(*types.Func)
	path := s.Index()[:len(s.Index())-1]
	want := f.Signature().Recv().Type()
	have := fieldType(s.Recv(), path)
	place := l.place
	if !l.addressable(e.X) {
		place = l.expr
	}
	x := l.field(place(e.X), s.Recv(), path, e.X)
	if types.IsInterface(have) {
		if l.compiledInterface(have) && f.Pkg() != nil || isError(have) {
			return &ast.SelectorExpr{X: x, Sel: ident(f.Name(), e.Sel.Pos())}, nil, true
		}
		if l.compiledInterface(have) {
			x = l.opened(x)
		}
		return l.invoked(x, f.Name(), f.Signature()), nil, false
	}
	if f.Pkg().Path() != mainPath && !l.ownMethod(f) {
		if l.in.reps.isOpaque(have) {
			x = l.unroll(x, have)
		}
		return &ast.SelectorExpr{X: x, Sel: ident(f.Name(), e.Sel.Pos())}, nil, true
	}
	return l.in.methodInstance(l, f, e), l.receiver(x, have, want), false
}

func isError(t types.Type) bool { return types.Identical(t, types.Universe.Lookup("error").Type()) }

// ownMethod tells methods of generic types of linked packages, which stand in for compiled ones.
func (l *lowerer) ownMethod(f *types.Func) bool {
	n := namedOf(f.Signature().Recv().Type())
	return n != nil && n.TypeArgs().Len() > 0
}

// receiver makes an expression of type have the receiver of type want: its address, or what it points to.
func (l *lowerer) receiver(x ast.Expr, have, want types.Type) ast.Expr {
	_, pointer := want.Underlying().(*types.Pointer)
	p, isPointer := have.Underlying().(*types.Pointer)
	if n, ok := types.Unalias(have).(*types.Named); ok && isPointer && n != nil {
		isPointer = false // a named pointer type has no methods
	}
	switch {
	case pointer && !isPointer:
		return l.rolled(&ast.UnaryExpr{OpPos: x.Pos(), Op: token.AND, X: x}, types.NewPointer(have))
	case !pointer && isPointer:
		if l.in.reps.isOpaque(have) {
			x = l.unroll(x, have)
		}
		if _, basic := p.Elem().Underlying().(*types.Basic); !basic {
			x = l.pointed(x)
		}
		return &ast.StarExpr{Star: x.Pos(), X: x}
	}
	return x
}

// methodValue is x.M without a call: a function with the receiver bound.
func (l *lowerer) methodValue(e *ast.SelectorExpr, s *types.Selection) ast.Expr {
	fun, recv, _ := l.method(e, s)
	if recv == nil {
		return l.rolled(fun, l.typeOf(e))
	}
	f := s.Obj().(*types.Func)
	at := e.Pos()
	r := l.temp(at, "recv")
	sig := l.typeOf(e).(*types.Signature)
	closure, _ := l.forwarding(at, sig, fun, ident(r.Name, at))
	t := types.NewSignatureType(nil, nil, nil, sig.Params(), sig.Results(), sig.Variadic())
	outer := &ast.FuncLit{
		Type: &ast.FuncType{Func: at, Params: &ast.FieldList{List: []*ast.Field{{Names: []*ast.Ident{r}, Type: l.typ(f.Signature().Recv().Type(), at)}}},
			Results: &ast.FieldList{List: []*ast.Field{{Type: l.typ(t, at)}}}},
		Body: &ast.BlockStmt{Lbrace: at, List: []ast.Stmt{&ast.ReturnStmt{Return: at, Results: []ast.Expr{closure}}}, Rbrace: at},
	}
	return callOf(outer, recv)
}

// forwarding is a function of type sig that calls another with its own parameters after some first ones.
func (l *lowerer) forwarding(at token.Pos, sig *types.Signature, fun ast.Expr, first ...ast.Expr) (*ast.FuncLit, *ast.CallExpr) {
	call := &ast.CallExpr{Fun: fun, Lparen: at, Args: first, Rparen: at}
	f := &ast.FuncType{Func: at, Params: &ast.FieldList{}}
	for i := range sig.Params().Len() {
		p := l.temp(at, "p")
		t := sig.Params().At(i).Type()
		field := &ast.Field{Names: []*ast.Ident{p}}
		if sig.Variadic() && i == sig.Params().Len()-1 {
			field.Type = &ast.Ellipsis{Ellipsis: at, Elt: l.typ(t.(*types.Slice).Elem(), at)}
			call.Ellipsis = at
		} else {
			field.Type = l.typ(t, at)
		}
		f.Params.List = append(f.Params.List, field)
		call.Args = append(call.Args, ident(p.Name, at))
	}
	var last ast.Stmt = &ast.ExprStmt{X: call}
	if sig.Results().Len() > 0 {
		f.Results = &ast.FieldList{}
		for i := range sig.Results().Len() {
			f.Results.List = append(f.Results.List, &ast.Field{Type: l.typ(sig.Results().At(i).Type(), at)})
		}
		last = &ast.ReturnStmt{Return: at, Results: []ast.Expr{call}}
	}
	return &ast.FuncLit{Type: f, Body: &ast.BlockStmt{Lbrace: at, List: []ast.Stmt{last}, Rbrace: at}}, call
}

// methodExpr is T.M: a function whose first parameter is the receiver.
func (l *lowerer) methodExpr(e *ast.SelectorExpr, s *types.Selection) ast.Expr {
	at := e.Pos()
	sig := l.typeOf(e).(*types.Signature)
	closure, call := l.forwarding(at, sig, nil)
	first := call.Args[0]
	call.Args = call.Args[1:]
	f := s.Obj().(*types.Func)
	path := s.Index()[:len(s.Index())-1]
	have := fieldType(s.Recv(), path)
	x := l.field(first, s.Recv(), path, e.X)
	switch {
	case types.IsInterface(have) && !l.compiledInterface(have):
		call.Fun = l.invoked(x, f.Name(), f.Signature())
	case types.IsInterface(have) || f.Pkg().Path() != mainPath && !l.ownMethod(f):
		if l.in.reps.isOpaque(have) {
			x = l.unroll(x, have)
		}
		call.Fun = &ast.SelectorExpr{X: x, Sel: ident(f.Name(), at)}
	default:
		call.Fun = l.in.methodInstance(l, f, e)
		call.Args = append([]ast.Expr{l.receiver(x, have, f.Signature().Recv().Type())}, call.Args...)
	}
	return l.rolled(closure, sig)
}

// addressable tells expressions whose address can be taken.
func (l *lowerer) addressable(e ast.Expr) bool {
	switch e := ast.Unparen(e).(type) {
	case *ast.Ident:
		_, ok := l.object(e).(*types.Var)
		return ok
	case *ast.SelectorExpr, *ast.IndexExpr, *ast.StarExpr:
		return l.info.Types[e].Addressable()
	}
	return false
}

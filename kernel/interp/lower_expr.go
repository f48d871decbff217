package interp

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"reflect"
)

// expr lowers an expression; what it yields is represented as its type says.
func (l *lowerer) expr(e ast.Expr) ast.Expr {
	if tv, ok := l.info.Types[e]; ok {
		switch {
		case tv.Value != nil:
			return l.constant(tv.Value, tv.Type, e.Pos())
		case tv.IsType():
			return l.typ(tv.Type, e.Pos())
		case tv.IsNil():
			return ident("nil", e.Pos())
		}
	}
	switch e := e.(type) {
	case *ast.ParenExpr:
		return &ast.ParenExpr{Lparen: e.Lparen, X: l.expr(e.X), Rparen: e.Rparen}
	case *ast.Ident:
		if o := l.object(e); uint64Variable(o) && l.results != nil {
			return l.readUint64(l.name(e), o.Type())
		}
		return l.name(e)
	case *ast.FuncLit:
		return l.funcLit(e)
	case *ast.CompositeLit:
		return l.composite(e)
	case *ast.SelectorExpr:
		return l.selector(e)
	case *ast.IndexExpr:
		return l.index(e)
	case *ast.IndexListExpr:
		return l.instance(e.X)
	case *ast.SliceExpr:
		return l.slice(e)
	case *ast.TypeAssertExpr:
		return l.assert(l.value(e.X, anyIface), l.typeOf(e.Type), l.typeOf(e.X), l.reflects(e.X))
	case *ast.CallExpr:
		return l.call(e)
	case *ast.StarExpr:
		return l.star(e)
	case *ast.UnaryExpr:
		return l.unary(e)
	case *ast.BinaryExpr:
		return l.binary(e)
	}
	l.refuse(e, "this expression is not supported in cells")
	return nil
}

var anyIface = types.Universe.Lookup("any").Type()

func (l *lowerer) name(id *ast.Ident) ast.Expr {
	o := l.object(id)
	if f, ok := o.(*types.Func); ok {
		if inst, ok := l.info.Instances[id]; ok {
			return l.in.instance(l, f, list(inst.TypeArgs), id)
		}
		if f.Pkg() != nil && f.Pkg().Path() != mainPath {
			return l.packaged(f, id.Pos())
		}
	}
	if v, ok := o.(*types.Var); ok && v.Pkg() != nil && v.Pkg().Path() != mainPath {
		return l.packaged(v, id.Pos())
	}
	if n, ok := l.rename[o]; ok {
		return ident(n, id.Pos())
	}
	return ident(bindName(o, id.Name), id.Pos())
}

// bindName is the interpreter's name for an object. Lowered code has Go's own names in it, int and len say, which a
// variable of that name would hide.
func bindName(o types.Object, name string) string {
	if _, variable := o.(*types.Var); variable && types.Universe.Lookup(name) != nil {
		return "own·" + name
	}
	return name
}

// packaged is a function or variable of a linked package, by a name that no cell can hide.
func (l *lowerer) packaged(o types.Object, at token.Pos) ast.Expr {
	return &ast.SelectorExpr{X: ident(l.in.linked(o.Pkg()), at), Sel: ident(o.Name(), at)}
}

// instance is a generic function with its type arguments.
func (l *lowerer) instance(x ast.Expr) ast.Expr {
	switch x := ast.Unparen(x).(type) {
	case *ast.Ident:
		return l.name(x)
	case *ast.SelectorExpr:
		return l.selector(x)
	}
	l.refuse(x, "this generic expression is not supported in cells")
	return nil
}

// unrolled is an expression as its opaque type holds it.
func (l *lowerer) unrolled(e ast.Expr) ast.Expr {
	x := l.expr(e)
	if t := l.typeOf(e); l.in.reps.isOpaque(t) {
		return l.unroll(x, t)
	}
	return x
}

// rolled hides a value of type t, which is as t holds it, if t is opaque.
func (l *lowerer) rolled(x ast.Expr, t types.Type) ast.Expr {
	if l.in.reps.isOpaque(t) {
		return l.roll(x)
	}
	return x
}

func (l *lowerer) index(e *ast.IndexExpr) ast.Expr {
	if tv := l.info.Types[e.Index]; tv.IsType() {
		return l.instance(e.X)
	}
	x, t := l.unrolled(e.X), l.typeOf(e.X)
	if l.isTypedNil(e.X) {
		x = l.op("same·"+fmt.Sprint(l.in.reps.index(t).id), l.in.reps.inside(t), func(v reflect.Value) reflect.Value { return v }, x)
	}
	if m, ok := t.Underlying().(*types.Map); ok {
		i := l.value(e.Index, m.Key())
		if l.isNil(e.Index) {
			i = l.noKey(m.Key(), e.Index.Pos())
		}
		return &ast.IndexExpr{X: x, Lbrack: e.Lbrack, Index: i, Rbrack: e.Rbrack}
	}
	if p, ok := t.Underlying().(*types.Pointer); ok && p != nil {
		x = &ast.ParenExpr{Lparen: e.Pos(), X: &ast.StarExpr{Star: e.Pos(), X: x}, Rparen: e.Lbrack}
	}
	i := l.integer(e.Index)
	_, isSlice := t.Underlying().(*types.Slice)
	switch {
	case l.info.Types[e.Index].Value != nil:
		if isSlice {
			x = l.holding(x, i)
		}
	case l.plainPath(e.X):
		i = l.within(i, x)
	case isSlice && l.outsideFunctions():
		x, i = l.withinHeld(x, i)
	}
	return &ast.IndexExpr{X: x, Lbrack: e.Lbrack, Index: i, Rbrack: e.Rbrack}
}

// noKey is nil as the key of a map whose keys are interfaces: the interpreter fails on a constant one.
func (l *lowerer) noKey(t types.Type, at token.Pos) ast.Expr {
	rt := l.in.reps.reflect(t)
	zero := []reflect.Value{reflect.Zero(rt)}
	f := reflect.MakeFunc(reflect.FuncOf(nil, []reflect.Type{rt}, false), func([]reflect.Value) []reflect.Value { return zero })
	return l.function(fmt.Sprintf("nil·%d", l.in.reps.index(t).id), f, at)
}

// plainPath tells expressions that can be evaluated twice: variables, and fields of variables.
func (l *lowerer) plainPath(e ast.Expr) bool {
	switch e := ast.Unparen(e).(type) {
	case *ast.Ident:
		_, ok := l.object(e).(*types.Var)
		return ok
	case *ast.SelectorExpr:
		s := l.info.Selections[e]
		return s != nil && s.Kind() == types.FieldVal && l.plainPath(e.X)
	}
	return false
}

// integer is an index or a length, which the interpreter wants as an int.
func (l *lowerer) integer(e ast.Expr) ast.Expr {
	if e == nil {
		return nil
	}
	if tv := l.info.Types[e]; tv.Value != nil {
		return l.constant(tv.Value, types.Typ[types.Int], e.Pos())
	}
	x := l.expr(e)
	if b, ok := l.typeOf(e).Underlying().(*types.Basic); ok && b.Kind() != types.Int {
		return callOf(ident("int", e.Pos()), x)
	}
	return x
}

func (l *lowerer) unary(e *ast.UnaryExpr) ast.Expr {
	switch e.Op {
	case token.AND:
		if star, ok := ast.Unparen(e.X).(*ast.StarExpr); ok {
			return l.rolled(l.pointed(l.unrolled(star.X)), l.typeOf(e))
		}
		x := l.place(e.X)
		if lit, ok := ast.Unparen(e.X).(*ast.CompositeLit); ok {
			x = l.composite(lit)
			if l.in.reps.isOpaque(l.typeOf(e.X)) { // a pointer to an opaque slice or map
				v := ident("v", e.Pos())
				t := l.typeOf(e.X)
				return l.rolled(l.addressed(x, t, v), l.typeOf(e))
			}
		}
		return l.rolled(l.address(x, l.typeOf(e.X), e.OpPos), l.typeOf(e))
	case token.ARROW:
		return &ast.UnaryExpr{OpPos: e.OpPos, Op: e.Op, X: l.unrolled(e.X)}
	}
	return &ast.UnaryExpr{OpPos: e.OpPos, Op: e.Op, X: l.expr(e.X)}
}

// addressed is a pointer to a new variable with a value: func(v T) *T { return &v }(x).
func (l *lowerer) addressed(x ast.Expr, t types.Type, v *ast.Ident) ast.Expr {
	at := x.Pos()
	list := func(n []*ast.Ident, t ast.Expr) *ast.FieldList {
		return &ast.FieldList{Opening: at, List: []*ast.Field{{Names: n, Type: t}}, Closing: at}
	}
	return callOf(&ast.FuncLit{
		Type: &ast.FuncType{Func: at, Params: list([]*ast.Ident{v}, l.typ(t, at)), Results: list(nil, &ast.StarExpr{Star: at, X: l.typ(t, at)})},
		Body: &ast.BlockStmt{Lbrace: at, List: []ast.Stmt{&ast.ReturnStmt{Return: at, Results: []ast.Expr{&ast.UnaryExpr{OpPos: at, Op: token.AND, X: ident(v.Name, at)}}}}, Rbrace: at},
	}, x)
}

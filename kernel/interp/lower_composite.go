package interp

import (
	"go/ast"
	"go/token"
	"go/types"
)

func (l *lowerer) composite(e *ast.CompositeLit) ast.Expr {
	t := l.typeOf(e)
	pointer := false
	core := t
	if p, ok := t.Underlying().(*types.Pointer); ok { // an element &T{} of a literal, whose &T is left out
		pointer, core = true, p.Elem()
	}
	out := &ast.CompositeLit{Type: l.in.reps.insideIdent(core, e.Pos()), Lbrace: e.Lbrace, Rbrace: e.Rbrace}
	switch u := core.Underlying().(type) {
	case *types.Struct:
		ours := l.isOurStruct(core)
		for i, v := range e.Elts {
			f, val := (*types.Var)(nil), v
			index := i
			if kv, ok := v.(*ast.KeyValueExpr); ok {
				val = kv.Value
				name := kv.Key.(*ast.Ident).Name
				for k := range u.NumFields() {
					if u.Field(k).Name() == name {
						index = k
					}
				}
			}
			f = u.Field(index)
			x := l.value(val, f.Type())
			name := f.Name()
			if ours {
				name = fieldName(f, index)
			}
			out.Elts = append(out.Elts, &ast.KeyValueExpr{Key: ident(name, v.Pos()), Colon: v.Pos(), Value: x})
		}
	case *types.Map:
		for _, v := range e.Elts {
			kv := v.(*ast.KeyValueExpr)
			out.Elts = append(out.Elts, &ast.KeyValueExpr{Key: l.value(kv.Key, u.Key()), Colon: kv.Colon, Value: l.value(kv.Value, u.Elem())})
		}
	default:
		elem := u.(interface{ Elem() types.Type }).Elem()
		for _, v := range e.Elts {
			if kv, ok := v.(*ast.KeyValueExpr); ok {
				out.Elts = append(out.Elts, &ast.KeyValueExpr{Key: l.value(kv.Key, types.Typ[types.Int]), Colon: kv.Colon, Value: l.value(kv.Value, elem)})
				continue
			}
			out.Elts = append(out.Elts, l.value(v, elem))
		}
	}
	if pointer {
		return l.rolled(&ast.UnaryExpr{OpPos: e.Pos(), Op: token.AND, X: out}, t)
	}
	return l.rolled(out, t)
}

// isOurStruct tells whether a struct's representation is made here.
func (l *lowerer) isOurStruct(t types.Type) bool {
	n, ok := types.Unalias(t).(*types.Named)
	return !ok || ours(n)
}

func (l *lowerer) selector(e *ast.SelectorExpr) ast.Expr {
	sel := l.info.Selections[e]
	if sel == nil { // a package's name
		o := l.info.Uses[e.Sel]
		if f, ok := o.(*types.Func); ok {
			if inst, ok := l.info.Instances[e.Sel]; ok {
				return l.in.instance(l, f, list(inst.TypeArgs), e)
			}
		}
		return &ast.SelectorExpr{X: ident(l.in.linked(o.Pkg()), e.X.Pos()), Sel: ident(o.Name(), e.Sel.Pos())}
	}
	switch sel.Kind() {
	case types.FieldVal:
		return l.field(l.expr(e.X), sel.Recv(), sel.Index(), e)
	case types.MethodVal:
		return l.methodValue(e, sel)
	}
	return l.methodExpr(e, sel)
}

// field follows a path of fields from a lowered expression of type t.
func (l *lowerer) field(x ast.Expr, t types.Type, path []int, at ast.Node) ast.Expr {
	for _, i := range path {
		if p, ok := t.Underlying().(*types.Pointer); ok {
			if l.in.reps.isOpaque(t) {
				x = l.unroll(x, t)
			}
			t = p.Elem()
		}
		s := t.Underlying().(*types.Struct)
		name := s.Field(i).Name()
		if l.isOurStruct(t) {
			name = fieldName(s.Field(i), i)
		} else if !s.Field(i).Exported() { // what is embedded is found by the interpreter
			t = s.Field(i).Type()
			continue
		}
		pos := at.Pos()
		if sel, ok := at.(*ast.SelectorExpr); ok {
			pos = sel.Sel.Pos()
		}
		x = &ast.SelectorExpr{X: x, Sel: ident(name, pos)}
		t = s.Field(i).Type()
	}
	return x
}

// fieldType is the type at the end of a path of fields.
func fieldType(t types.Type, path []int) types.Type {
	for _, i := range path {
		if p, ok := t.Underlying().(*types.Pointer); ok {
			t = p.Elem()
		}
		t = t.Underlying().(*types.Struct).Field(i).Type()
	}
	return t
}

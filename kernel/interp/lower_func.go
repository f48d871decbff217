package interp

import (
	"go/ast"
	"go/types"
)

func (l *lowerer) funcLit(e *ast.FuncLit) ast.Expr {
	sig := l.typeOf(e).Underlying().(*types.Signature)
	in := *l
	in.targets, in.waiting, in.jumps = nil, nil, nil
	body := in.body(e.Type, sig, e.Body)
	f := l.funcType(e.Type, sig)
	l.complexParam(f, sig, body)
	return &ast.FuncLit{Type: f, Body: body}
}

// funcType lowers a function's type with the names of its parameters.
func (l *lowerer) funcType(f *ast.FuncType, sig *types.Signature) *ast.FuncType {
	return &ast.FuncType{Func: f.Func, Params: l.fields(f.Params, sig.Params(), sig.Variadic(), true), Results: l.fields(f.Results, sig.Results(), false, false)}
}

func (l *lowerer) fields(list *ast.FieldList, t *types.Tuple, variadic, names bool) *ast.FieldList {
	if list == nil {
		return nil
	}
	out := &ast.FieldList{Opening: list.Opening, Closing: list.Closing}
	i := 0
	for _, f := range list.List {
		n := max(1, len(f.Names))
		for k := range n {
			ft := t.At(i).Type()
			field := &ast.Field{}
			if variadic && i == t.Len()-1 {
				field.Type = &ast.Ellipsis{Ellipsis: f.Type.Pos(), Elt: l.typ(ft.(*types.Slice).Elem(), f.Type.Pos())}
			} else {
				field.Type = l.typ(ft, f.Type.Pos())
			}
			if len(f.Names) > 0 {
				field.Names = []*ast.Ident{l.define(f.Names[k])}
			} else if names {
				field.Names = []*ast.Ident{l.temp(f.Type.Pos(), "blank")}
			}
			out.List = append(out.List, field)
			i++
		}
	}
	return out
}

// define is a name where it is declared.
func (l *lowerer) define(id *ast.Ident) *ast.Ident {
	if n, ok := l.rename[l.info.Defs[id]]; ok && l.info.Defs[id] != nil {
		return ident(n, id.Pos())
	}
	if id.Name == "_" {
		return l.temp(id.Pos(), "blank")
	}
	return ident(bindName(l.info.Defs[id], id.Name), id.Pos())
}

// body lowers a function's body.
func (l *lowerer) body(f *ast.FuncType, sig *types.Signature, b *ast.BlockStmt) *ast.BlockStmt {
	l.results, l.named = []types.Type{}, nil
	for i := range sig.Results().Len() {
		l.results = append(l.results, sig.Results().At(i).Type())
	}
	if f.Results != nil {
		for _, r := range f.Results.List {
			l.named = append(l.named, r.Names...)
		}
	}
	l.defers, l.list = hasDefer(b), ""
	if l.defers && l.defersInLoop(b) {
		l.list = l.temp(b.Lbrace, "list").Name
	}
	out := l.block(b)
	if l.list != "" {
		l.withList(out)
	}
	return out
}

// hasDefer tells whether a function's body has a defer statement of its own.
func hasDefer(b *ast.BlockStmt) (found bool) {
	ast.Inspect(b, func(n ast.Node) bool {
		switch n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.DeferStmt:
			found = true
		}
		return !found
	})
	return found
}

package interp

import (
	"go/ast"
	"go/token"
	"go/types"
	"strconv"
)

func (l *lowerer) localDecl(s *ast.DeclStmt) (out []ast.Stmt) {
	d := s.Decl.(*ast.GenDecl)
	if d.Tok != token.VAR {
		return nil
	}
	for _, spec := range d.Specs {
		out = append(out, l.variable(spec.(*ast.ValueSpec), func(v *ast.ValueSpec) ast.Stmt {
			return &ast.DeclStmt{Decl: &ast.GenDecl{TokPos: v.Pos(), Tok: token.VAR, Specs: []ast.Spec{v}}}
		})...)
	}
	return out
}

// variable lowers a declaration of variables.
func (l *lowerer) variable(v *ast.ValueSpec, declare func(*ast.ValueSpec) ast.Stmt) (out []ast.Stmt) {
	typeOf := func(id *ast.Ident) types.Type {
		if o := l.info.Defs[id]; o != nil {
			return o.Type()
		}
		if v.Type != nil {
			return l.typeOf(v.Type)
		}
		return nil
	}
	if len(v.Values) == 1 && len(v.Names) > 1 {
		right, from := l.tuple(v.Values[0])
		first := &ast.AssignStmt{TokPos: v.Pos(), Tok: token.DEFINE, Rhs: []ast.Expr{right}}
		for i, id := range v.Names {
			t := typeOf(id)
			if id.Name == "_" || t == nil {
				first.Lhs = append(first.Lhs, l.temp(id.Pos(), "blank"))
				continue
			}
			tmp := l.temp(id.Pos(), "v")
			first.Lhs = append(first.Lhs, tmp)
			out = append(out, declare(&ast.ValueSpec{Names: []*ast.Ident{l.define(id)}, Type: l.typ(t, id.Pos()), Values: []ast.Expr{l.convert(ident(tmp.Name, id.Pos()), from[i], t)}}))
		}
		return append([]ast.Stmt{first}, out...)
	}
	for i, id := range v.Names {
		t := typeOf(id)
		if id.Name == "_" {
			if i < len(v.Values) {
				x := l.discarded(v.Values[i])
				if t != nil {
					x = l.value(v.Values[i], t)
				}
				out = append(out, define(l.temp(id.Pos(), "blank").Name, x))
			}
			continue
		}
		spec := &ast.ValueSpec{Names: []*ast.Ident{l.define(id)}, Type: l.typ(t, id.Pos())}
		if i < len(v.Values) {
			if !l.isNil(v.Values[i]) {
				spec.Values = []ast.Expr{l.value(v.Values[i], t)}
			}
		}
		out = append(out, declare(spec))
	}
	return out
}

// lowerFunc lowers a function's declaration under a name and leaves it to be compiled.
func (in *Interp) lowerFunc(l *lowerer, decl *ast.FuncDecl, info *types.Info, name string, method bool) {
	f := &lowerer{in: in, info: info, rename: map[types.Object]string{}, fresh: l.fresh, funcs: l.funcs}
	var sig *types.Signature
	if o, ok := info.Defs[decl.Name].(*types.Func); ok {
		sig = o.Signature()
	}
	if decl.Recv != nil {
		decl = receiverFirst(decl)
		params := []*types.Var{sig.Recv()}
		for i := range sig.Params().Len() {
			params = append(params, sig.Params().At(i))
		}
		sig = types.NewSignatureType(nil, nil, nil, types.NewTuple(params...), sig.Results(), sig.Variadic())
	}
	out := &ast.FuncDecl{Name: ident(name, decl.Name.Pos()), Type: f.funcType(decl.Type, sig)}
	place := len(*l.funcs)
	*l.funcs = append(*l.funcs, nil)
	if decl.Body == nil { // only its name is wanted
		at := decl.End()
		text := &ast.BasicLit{ValuePos: at, Kind: token.STRING, Value: strconv.Quote("function " + decl.Name.Name + " has no body")}
		out.Body = &ast.BlockStmt{Lbrace: at, List: []ast.Stmt{&ast.ExprStmt{X: callOf(ident("panic", at), text)}}, Rbrace: at}
	} else {
		out.Body = f.body(decl.Type, sig, decl.Body)
	}
	f.complexParam(out.Type, sig, out.Body)
	(*l.funcs)[place] = &function{out, method}
}

package interp

import (
	"go/ast"
	"go/types"
)

// lateMethods turns the methods of types that earlier steps declared into functions whose first parameter is the
// receiver: the checker wants methods beside their type. The methods become known before any body is checked.
func (c *check) lateMethods(s *step) (out []ast.Decl, err error) {
	s.late = map[*ast.FuncDecl]*ast.FuncDecl{}
	decls := s.decls
	own := map[string]bool{}
	for _, d := range decls {
		for _, id := range declared(d) {
			own[id.Name] = true
		}
	}
	var late []*ast.FuncDecl
	for _, d := range decls {
		f, ok := d.(*ast.FuncDecl)
		if !ok || f.Recv == nil || len(f.Recv.List) != 1 {
			out = append(out, d)
			continue
		}
		name := typeName(f.Recv.List[0].Type)
		if _, known := c.scope.objects[name].(*types.TypeName); !known || own[name] {
			out = append(out, d)
			continue
		}
		if genericReceiver(f.Recv.List[0].Type) {
			return nil, c.in.errorAt("not supported", f.Pos(), "a method of a generic type stands in the cell that declares the type: declare "+name+" anew, with it")
		}
		s.late[f] = receiverFirst(f)
		out = append(out, s.late[f])
		late = append(late, f)
	}
	for _, f := range late {
		if err := c.addMethod(f); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// receiverFirst is a method as a function.
func receiverFirst(f *ast.FuncDecl) *ast.FuncDecl {
	params := &ast.FieldList{Opening: f.Recv.Opening, Closing: f.Type.Params.Closing}
	params.List = append(params.List, f.Recv.List...)
	if len(f.Recv.List[0].Names) == 0 && f.Type.Params.NumFields() > 0 && len(f.Type.Params.List[0].Names) > 0 {
		r := *f.Recv.List[0]
		r.Names = []*ast.Ident{{NamePos: r.Pos(), Name: "_"}}
		params.List[0] = &r
	}
	params.List = append(params.List, f.Type.Params.List...)
	if len(f.Recv.List[0].Names) > 0 && f.Type.Params.NumFields() > 0 && len(f.Type.Params.List[0].Names) == 0 {
		for i, p := range params.List[1:] {
			q := *p
			q.Names = []*ast.Ident{{NamePos: p.Pos(), Name: "_"}}
			params.List[i+1] = &q
		}
	}
	return &ast.FuncDecl{
		Name: &ast.Ident{NamePos: f.Name.NamePos, Name: typeName(f.Recv.List[0].Type) + "." + f.Name.Name},
		Type: &ast.FuncType{Func: f.Type.Func, Params: params, Results: f.Type.Results},
		Body: f.Body,
	}
}

// addMethod makes a method of an earlier type known, or sees that it is the one known already.
func (c *check) addMethod(f *ast.FuncDecl) error {
	bare := receiverFirst(f)
	bare.Body = nil
	probe := &check{in: c.in, scope: c.scope, pkg: types.NewPackage(mainPath, "main"), info: newInfo()}
	file := &ast.File{Name: ast.NewIdent("main"), Package: f.Pos(), Decls: []ast.Decl{bare}}
	probe.see(file, map[string]bool{})
	conf := &types.Config{IgnoreFuncBodies: true, Error: func(err error) {
		if e, ok := err.(types.Error); ok && !e.Soft && e.Msg != "func "+bare.Name.Name+" missing body" && e.Msg != "missing function body" {
			probe.errs = append(probe.errs, e)
		}
	}}
	_ = types.NewChecker(conf, &c.in.ir.Comp.Fileset.FileSet, probe.pkg, probe.info).Files([]*ast.File{file})
	if err := probe.failure(nil); err != nil {
		return err
	}
	sig := probe.info.Defs[bare.Name].Type().(*types.Signature)
	recv := sig.Params().At(0)
	named := namedOf(recv.Type())
	if named == nil || named.Obj().Pkg() == nil || named.Obj().Pkg().Path() != mainPath {
		return c.in.errorAt("compile error", f.Recv.Pos(), "cannot define new methods on non-local type "+recv.Type().String())
	}
	if types.IsInterface(named) {
		return c.in.errorAt("compile error", f.Recv.Pos(), "invalid receiver type "+named.Obj().Name()+" (pointer or interface type)")
	}
	var params []*types.Var
	for i := 1; i < sig.Params().Len(); i++ {
		params = append(params, sig.Params().At(i))
	}
	method := types.NewSignatureType(recv, nil, nil, types.NewTuple(params...), sig.Results(), sig.Variadic())
	for i := range named.NumMethods() {
		if m := named.Method(i); m.Name() == f.Name.Name {
			if types.Identical(m.Type(), method) && samePointer(m.Signature().Recv().Type(), recv.Type()) {
				return nil
			}
			return c.in.errorAt("not supported", f.Name.Pos(), "method "+f.Name.Name+" of "+named.Obj().Name()+
				" is known with another signature: declare the type anew, in one cell with the method")
		}
	}
	if s, ok := named.Underlying().(*types.Struct); ok {
		for i := range s.NumFields() {
			if s.Field(i).Name() == f.Name.Name {
				return c.in.errorAt("compile error", f.Name.Pos(), "field and method with the same name "+f.Name.Name)
			}
		}
	}
	named.AddMethod(types.NewFunc(f.Name.NamePos, c.pkg, f.Name.Name, method))
	c.in.objects.forgetMethods()
	return nil
}

func samePointer(a, b types.Type) bool {
	_, p := a.(*types.Pointer)
	_, q := b.(*types.Pointer)
	return p == q
}

// namedOf is the named type of T or *T, nil if there is none.
func namedOf(t types.Type) *types.Named {
	t = types.Unalias(t)
	if p, ok := t.(*types.Pointer); ok {
		t = types.Unalias(p.Elem())
	}
	n, _ := t.(*types.Named)
	return n
}

// genericReceiver tells receivers of generic types.
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

package interp

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"strings"
)

// A generic function is compiled anew for each list of types that it is used with: its declaration is checked again with
// the type parameters standing for those types, and lowered. Methods of generic types are treated alike.

// source is a generic function, or a method of a generic type, with what it sees.
type source struct {
	decl  *ast.FuncDecl
	scope scope
}

// function is a function that the interpreter is to compile.
type function struct {
	decl   *ast.FuncDecl
	method bool // its first parameter is a receiver
}

type instance struct {
	args []types.Type
	name string
}

// generics is what is known of generic functions.
type generics struct {
	sources   map[*types.Func]*source
	instances map[*types.Func][]instance
	names     map[string]bool               // given to functions
	typeNames map[*types.TypeName]string    // of types with methods
	imports   map[string]string             // names of linked packages, by path
	readied   map[*Type]bool                // types whose methods are compiled
	overlays  map[string]map[string]*source // by package and name
}

func newGenerics() generics {
	return generics{map[*types.Func]*source{}, map[*types.Func][]instance{}, map[string]bool{}, map[*types.TypeName]string{},
		map[string]string{}, map[*Type]bool{}, map[string]map[string]*source{}}
}

func list(t *types.TypeList) (out []types.Type) {
	for i := range t.Len() {
		out = append(out, t.At(i))
	}
	return out
}

func identical(a, b []types.Type) bool {
	for i := range a {
		if !types.Identical(a[i], b[i]) {
			return false
		}
	}
	return len(a) == len(b)
}

// methodInstance is a method that is compiled with the receiver first.
func (in *Interp) methodInstance(l *lowerer, f *types.Func, at ast.Node) ast.Expr {
	n := namedOf(f.Signature().Recv().Type())
	if n.TypeArgs().Len() == 0 {
		return ident(in.methodName(f), at.Pos())
	}
	return in.instance(l, f, list(n.TypeArgs()), at)
}

// instance is a generic function for some types.
func (in *Interp) instance(l *lowerer, f *types.Func, args []types.Type, at ast.Node) ast.Expr {
	origin := f.Origin()
	for _, i := range in.generics.instances[origin] {
		if identical(i.args, args) {
			return ident(i.name, at.Pos())
		}
	}
	if x := in.fast(l, origin, args, at); x != nil {
		return x
	}
	src := in.generics.sources[origin]
	if src == nil {
		src = in.overlay(origin)
	}
	if src == nil {
		name := origin.FullName()
		l.refuse(at, "the generic function %s is not available in cells: write what it does", name)
	}
	if len(in.generics.instances[origin]) > 500 {
		l.refuse(at, "%s is needed for more than 500 types", origin.Name())
	}
	var text []string
	for _, a := range args {
		text = append(text, types.TypeString(a, func(p *types.Package) string {
			if p.Path() == mainPath {
				return ""
			}
			return p.Name()
		}))
	}
	name := origin.Name() + "[" + strings.Join(text, ",") + "]"
	if r := origin.Signature().Recv(); r != nil {
		name = namedOf(r.Type()).Obj().Name() + "[" + strings.Join(text, ",") + "]." + origin.Name()
	}
	name = in.unique(name)
	in.generics.instances[origin] = append(in.generics.instances[origin], instance{args, name})
	in.undo(func() {
		list := in.generics.instances[origin]
		for i := range list {
			if list[i].name == name {
				in.generics.instances[origin] = append(list[:i:i], list[i+1:]...)
				return
			}
		}
	})
	decl, info, err := in.checkInstance(src, args)
	if err != nil {
		panic(refused{err})
	}
	in.lowerFunc(l, decl, info, name, origin.Signature().Recv() != nil)
	return ident(name, at.Pos())
}

// checkInstance checks a generic function again, its type parameters being other names of types.
func (in *Interp) checkInstance(src *source, args []types.Type) (*ast.FuncDecl, *types.Info, error) {
	decl := *src.decl
	var names []*ast.Ident
	if decl.Recv != nil {
		recv := *decl.Recv.List[0]
		recv.Type, names = receiverType(recv.Type)
		decl.Recv = &ast.FieldList{Opening: decl.Recv.Opening, List: []*ast.Field{&recv}, Closing: decl.Recv.Closing}
		decl = *receiverFirst(&decl)
	} else {
		t := *decl.Type
		for _, f := range t.TypeParams.List {
			names = append(names, f.Names...)
		}
		t.TypeParams = nil
		decl.Type = &t
	}
	decl.Name = ident("instance·", decl.Name.Pos())
	c := &check{in: in, scope: src.scope}
	file := &ast.File{Name: ast.NewIdent("main"), Package: decl.Pos(), Decls: []ast.Decl{&decl}}
	run := func() {
		c.pkg, c.info, c.errs = types.NewPackage(mainPath, "main"), newInfo(), nil
		own := map[string]bool{}
		for i, n := range names {
			if i < len(args) {
				own[n.Name] = true
				c.pkg.Scope().Insert(types.NewTypeName(n.Pos(), c.pkg, n.Name, nil))
				types.NewAlias(c.pkg.Scope().Lookup(n.Name).(*types.TypeName), args[i])
			}
		}
		c.see(file, own)
		c.types(file, &in.ir.Comp.Fileset.FileSet)
	}
	run()
	if c.nameFields() {
		run()
	}
	// What the checker says now it has not said of the declaration: that two cases of a switch are one, say, where two type
	// parameters are. Go compiles such an instance.
	return &decl, c.info, nil
}

// receiverType is a generic receiver's type with a name for each of its parameters, also for those left blank.
func receiverType(e ast.Expr) (ast.Expr, []*ast.Ident) {
	switch e := e.(type) {
	case *ast.ParenExpr:
		return receiverType(e.X)
	case *ast.StarExpr:
		x, names := receiverType(e.X)
		return &ast.StarExpr{Star: e.Star, X: x}, names
	case *ast.IndexExpr:
		id := typeParam(e.Index, 0)
		return &ast.IndexExpr{X: e.X, Lbrack: e.Lbrack, Index: id, Rbrack: e.Rbrack}, []*ast.Ident{id}
	case *ast.IndexListExpr:
		x := &ast.IndexListExpr{X: e.X, Lbrack: e.Lbrack, Rbrack: e.Rbrack}
		var names []*ast.Ident
		for i, a := range e.Indices {
			id := typeParam(a, i)
			names = append(names, id)
			x.Indices = append(x.Indices, id)
		}
		return x, names
	}
	return e, nil
}

func typeParam(e ast.Expr, i int) *ast.Ident {
	id := e.(*ast.Ident)
	if id.Name == "_" {
		return ident(fmt.Sprintf("blank·%d", i), id.Pos())
	}
	return id
}

// readyAll is ready for a type, or for those of several results.
func (l *lowerer) readyAll(t types.Type) {
	if list, ok := t.(*types.Tuple); ok {
		for v := range list.Variables() {
			l.ready(v.Type())
		}
		return
	}
	l.ready(t)
}

// ready compiles the methods of a type that values of an interface may be asked for, and of its parts, which printing
// asks for: those of other types are compiled where they are declared.
func (l *lowerer) ready(t types.Type) {
	seen := map[types.Type]bool{}
	var visit func(t types.Type)
	visit = func(t types.Type) {
		t = types.Unalias(t)
		if seen[t] || !ours(t) {
			return
		}
		seen[t] = true
		if n, ok := t.(*types.Named); ok && n.TypeArgs().Len() > 0 && !types.IsInterface(n) {
			if x := l.in.typeFor(n); !l.in.generics.readied[x] {
				l.in.generics.readied[x] = true
				l.in.undo(func() { delete(l.in.generics.readied, x) })
				for i := range n.NumMethods() {
					m := n.Method(i)
					l.in.instance(l, m, list(n.TypeArgs()), ident(m.Name(), token.NoPos))
				}
			}
		}
		switch u := t.Underlying().(type) {
		case *types.Struct:
			for i := range u.NumFields() {
				visit(u.Field(i).Type())
			}
		case *types.Map:
			visit(u.Key())
			visit(u.Elem())
		case interface{ Elem() types.Type }:
			visit(u.Elem())
		}
	}
	visit(t)
}

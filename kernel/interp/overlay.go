package interp

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"reflect"
	"strconv"
	"sync"

	"github.com/cosmos72/gomacro/imports"
	"github.com/hardneg/hardneg/kernel/interp/internal/std"
)

// overlay is what stands in for a generic function of a linked package, nil if there is nothing.
func (in *Interp) overlay(o types.Object) *source {
	if o.Pkg() == nil || o.Pkg().Path() == mainPath {
		return nil
	}
	path := o.Pkg().Path()
	sources, ok := in.generics.overlays[path]
	if !ok {
		sources = in.readOverlay(path)
		in.generics.overlays[path] = sources
	}
	return sources[o.Name()]
}

func (in *Interp) readOverlay(path string) map[string]*source {
	text := std.Source(path)
	if text == "" {
		return nil
	}
	in.cells.mu.Lock()
	outer := in.ir.Comp.Fileset.AddFile(path, -1, len(text), 0)
	in.cells.mu.Unlock()
	inner := token.NewFileSet()
	inner.AddFile("", 1, outer.Base()-2) // so that positions in both sets are the same numbers
	file, err := parser.ParseFile(inner, path, text, parser.SkipObjectResolution)
	if err != nil {
		panic(err) // the text is a constant
	}
	outer.SetLinesForContent([]byte(text))
	sc := newScope()
	for _, i := range file.Imports {
		p, err := in.data.Import(unquote(i.Path.Value))
		if err != nil {
			panic(refused{err})
		}
		sc.packages[p.Name()] = p
	}
	out := map[string]*source{}
	for _, d := range file.Decls {
		if f, ok := d.(*ast.FuncDecl); ok {
			out[f.Name.Name] = &source{f, sc}
		}
	}
	return out
}

func unquote(s string) string { t, _ := strconv.Unquote(s); return t }

var linkFast = sync.OnceFunc(func() {
	binds := map[string]reflect.Value{}
	for name, f := range std.Compiled() {
		binds[name] = reflect.ValueOf(f)
	}
	imports.Packages[std.Path] = imports.Package{Name: "std", Binds: binds}
})

// fast is a compiled instance of a generic function, nil if there is none for these types.
func (in *Interp) fast(l *lowerer, f *types.Func, args []types.Type, at ast.Node) ast.Expr {
	if f.Pkg() == nil || f.Pkg().Path() == mainPath || f.Signature().Recv() != nil || len(args) == 0 {
		return nil
	}
	linkFast()
	elem := args[len(args)-1]
	b, ok := elem.Underlying().(*types.Basic)
	if !ok || l.in.reps.reflect(elem) != l.in.reps.reflect(types.Default(b)) {
		return nil
	}
	name := f.FullName() + "[" + kinds[b.Kind()].String() + "]"
	g, ok := imports.Packages[std.Path].Binds[name]
	if !ok {
		return nil
	}
	sig, err := types.Instantiate(nil, f.Signature(), args, false)
	if err != nil || in.reps.plain(sig).ReflectType() != g.Type() {
		return nil
	}
	return &ast.SelectorExpr{X: ident(in.linked(types.NewPackage(std.Path, "std")), at.Pos()), Sel: ident(name, at.Pos())}
}

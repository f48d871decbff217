package interp

import (
	"go/ast"
	"sort"
	"strconv"

	"github.com/cosmos72/gomacro/imports"
	"github.com/hardneg/hardneg/kernel/bindings/typedata"
	"github.com/hardneg/hardneg/lib/suggest"
)

// Packages are the import paths that a cell can import, sorted: those that are linked into this program and whose types
// are known.
func Packages() []string {
	out := make([]string, 0, len(imports.Packages))
	for path, p := range imports.Packages {
		if p.Name != "" && typedata.Has(path) {
			out = append(out, path)
		}
	}
	sort.Strings(out)
	return out
}

// checkImports makes imported packages known to the checker, and refuses one that is not linked in. gomacro would start a
// tool chain to build it as a plug-in.
func (in *Interp) checkImports(decls []ast.Decl, sc scope) error {
	for _, d := range decls {
		for _, s := range d.(*ast.GenDecl).Specs {
			spec := s.(*ast.ImportSpec)
			path, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				continue
			}
			if p, ok := imports.Packages[path]; !ok || p.Name == "" || !typedata.Has(path) {
				at := in.ir.Comp.Fileset.Position(spec.Pos())
				e := in.unknownPackage(path)
				e.Frames = []Frame{{Line: at.Line, Column: at.Column}}
				return e
			}
			p, err := in.data.Import(path)
			if err != nil {
				return in.errorAt("import", spec.Pos(), err.Error())
			}
			name := p.Name()
			if spec.Name != nil {
				name = spec.Name.Name
			}
			switch name {
			case "_":
			case ".":
				for _, n := range p.Scope().Names() {
					if o := p.Scope().Lookup(n); o.Exported() {
						sc.declare(o)
					}
				}
			default:
				delete(sc.objects, name)
				sc.packages[name] = p
			}
		}
	}
	return nil
}

func (in *Interp) unknownPackage(path string) *Error {
	return &Error{Name: "import", Value: suggest.Unknown("package", path, Packages()).Error() +
		"\nA cell can import only what is linked into the kernel; nothing is downloaded or compiled."}
}

package interp

import (
	"go/ast"
	"sort"
	"strconv"

	"github.com/cosmos72/gomacro/imports"
	"github.com/hardneg/hardneg/lib/suggest"
)

// Packages are the import paths that are linked into this program, sorted.
func Packages() []string {
	out := make([]string, 0, len(imports.Packages))
	for path, p := range imports.Packages {
		if p.Name != "" && path != "main" {
			out = append(out, path)
		}
	}
	sort.Strings(out)
	return out
}

// checkImports refuses a package that is not linked in. gomacro would start a tool chain to build it as a plug-in.
func (in *Interp) checkImports(decls []ast.Decl) error {
	for _, d := range decls {
		for _, s := range d.(*ast.GenDecl).Specs {
			spec := s.(*ast.ImportSpec)
			path, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				continue
			}
			if p, ok := imports.Packages[path]; ok && p.Name != "" {
				continue
			}
			at := in.ir.Comp.Fileset.Position(spec.Pos())
			e := in.unknownPackage(path)
			e.Frames = []Frame{{Line: at.Line, Column: at.Column}}
			return e
		}
	}
	return nil
}

func (in *Interp) unknownPackage(path string) *Error {
	return &Error{Name: "import", Value: suggest.Unknown("package", path, Packages()).Error() +
		"\nA cell can import only what is linked into the kernel; nothing is downloaded or compiled."}
}

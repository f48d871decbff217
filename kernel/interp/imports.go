package interp

import (
	"fmt"
	"go/ast"
	"sort"
	"strconv"
	"strings"

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
	own := map[string]string{} // the paths of the cell's imports, by name
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
			if before, twice := own[name]; twice && before != path && name != "_" && name != "." {
				return in.errorAt("compile error", spec.Pos(), fmt.Sprintf("%s redeclared in this block: it is %q already, so give one of them another name, as in import %s2 %q", name, before, name, path))
			}
			own[name] = path
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
	all := Packages()
	text := fmt.Sprintf("package %s is not linked into the kernel", path)
	if near := nearTo(path, all); len(near) > 0 {
		text += "; near to it: " + strings.Join(near, ", ")
	}
	return &Error{Name: "import", Value: text + fmt.Sprintf("\nA cell can import only what is linked in, %d packages; "+
		"nothing is downloaded or compiled. `hardneg kernel packages` lists them.", len(all))}
}

// nearTo are the paths that may be meant by another: those with its last element, or with a name close to it.
func nearTo(path string, all []string) (out []string) {
	last := lastElement(path)
	for _, p := range all {
		l := lastElement(p)
		if l == last || len(last) > 2 && (strings.Contains(p, last) || strings.Contains(last, l) && len(l) > 2) || len(last) > 3 && suggest.Close(last, []string{l}) == l {
			out = append(out, p)
		}
		if len(out) == 8 {
			break
		}
	}
	return out
}

func lastElement(path string) string {
	parts := strings.Split(path, "/")
	last := parts[len(parts)-1]
	if len(parts) > 1 && len(last) > 1 && last[0] == 'v' && last[1] >= '0' && last[1] <= '9' {
		last = parts[len(parts)-2]
	}
	return last
}

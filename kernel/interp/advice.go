package interp

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"sort"
	"strings"

	"github.com/cosmos72/gomacro/imports"
	"github.com/hardneg/hardneg/lib/suggest"
)

// advice says how to have what is undefined: a package that is linked and not imported.
func (c *check) advice(e types.Error) string {
	name, ok := strings.CutPrefix(e.Msg, "undefined: ")
	if !ok || c.file == nil {
		return ""
	}
	qualifies := false // only the name of a package can stand before a dot and mean one
	ast.Inspect(c.file, func(n ast.Node) bool {
		if s, ok := n.(*ast.SelectorExpr); ok {
			id, ok := s.X.(*ast.Ident)
			qualifies = qualifies || ok && id.Pos() == e.Pos && id.Name == name
		}
		return !qualifies
	})
	if !qualifies {
		return c.meant(name)
	}
	var fit []string
	for _, path := range Packages() {
		if imports.Packages[path].Name == name {
			fit = append(fit, fmt.Sprintf("%q", path))
		}
	}
	domain := func(path string) bool { return strings.Contains(strings.Split(path, "/")[0], ".") }
	sort.SliceStable(fit, func(i, j int) bool { return !domain(fit[i]) && domain(fit[j]) })
	switch fit = fit[:min(len(fit), 3)]; len(fit) {
	case 0:
		return c.meant(name)
	case 1:
		return " (import " + fit[0] + " first)"
	default:
		last := len(fit) - 1
		return " (import " + strings.Join(fit[:last], ", ") + " or " + fit[last] + " first)"
	}
}

// meant asks whether a name that is known, or one of a package, was meant by one that is not.
func (c *check) meant(name string) string {
	var known []string
	if pkg, member, ok := strings.Cut(name, "."); ok {
		p := c.scope.packages[pkg]
		if p == nil {
			return ""
		}
		for _, n := range p.Scope().Names() {
			if token.IsExported(n) {
				known = append(known, pkg+"."+n)
			}
		}
		near := suggest.Close(name, known)
		if near == "" && len(member) > 2 {
			near = suggest.Close(member, known)
		}
		return question(near)
	}
	for n := range c.scope.objects {
		known = append(known, n)
	}
	for n := range c.scope.packages {
		known = append(known, n)
	}
	known = append(known, types.Universe.Names()...)
	sort.Strings(known)
	return question(suggest.Close(name, known))
}

func question(near string) string {
	if near == "" {
		return ""
	}
	return " (did you mean " + near + "?)"
}

// noGo says what to do instead of what IPython would understand; line is that of the error.
func noGo(line string) string {
	line = strings.TrimSpace(line)
	switch {
	case strings.HasPrefix(line, "%"):
		return "\nA cell is Go, and has no %-commands."
	case strings.HasPrefix(line, "!"):
		return "\nA cell is Go; to run a program, import \"os/exec\": exec.Command(\"ls\", \"-l\").CombinedOutput()"
	}
	return ""
}

// refuseGenericTypes names a generic type of a linked package that the step mentions. The instances that compiled code
// has cannot be made while a program runs.
func (c *check) refuseGenericTypes() error {
	at := token.NoPos
	var found *types.TypeName
	for id := range c.info.Instances {
		o, ok := c.info.Uses[id].(*types.TypeName)
		if ok && missingGeneric(o) && (found == nil || id.Pos() < at) {
			at, found = id.Pos(), o
		}
	}
	if found == nil {
		return nil
	}
	return c.in.errorAt("not supported", at, genericText(found))
}

// missingGeneric tells generic types of linked packages that cells cannot have: structs, of which each instance is a type
// of its own.
func missingGeneric(o *types.TypeName) bool {
	if o.Pkg() == nil || o.Pkg().Path() == mainPath {
		return false
	}
	n, ok := o.Type().(*types.Named)
	if !ok || n.TypeParams().Len() == 0 {
		return false
	}
	_, ok = n.Underlying().(*types.Struct)
	return ok
}

func genericText(o *types.TypeName) string {
	way := "declare a type that does what you need"
	if o.Pkg().Path() == "sync/atomic" {
		way = "use an atomic.Value, or a plain variable with a sync.Mutex"
	}
	return fmt.Sprintf("the generic type %s.%s is compiled for no type, so cells cannot have it: %s", o.Pkg().Name(), o.Name(), way)
}

package bindings_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"go/constant"
	"go/token"
	"go/types"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/hardneg/hardneg/kernel/bindings/typedata"
	"github.com/hardneg/hardneg/kernel/interp"
)

// The audit compiles a use of every exported function, method, field, variable, constant and type of every linked
// package as a cell does; of functions and methods also a call, where the types of the arguments have names. What does
// not compile is in testdata/audit.txt with its reason, and nothing else is.
func TestEveryExportedNameCompiles(t *testing.T) {
	listed := readAudit(t)
	in := interp.New()
	set := typedata.NewSet(token.NewFileSet())
	number, total := 0, 0
	for i, path := range interp.Packages() {
		if testing.Short() && i%20 != 0 {
			continue
		}
		pkg, err := set.Import(path)
		if err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		if pkg.Path() != path {
			continue // another name of a package
		}
		uses := usesOf(pkg)
		total += len(uses)
		for chunk := range slices.Chunk(uses, 100) {
			for name, why := range refusedUses(t, in, path, chunk, &number) {
				if _, ok := listed[name]; !ok {
					t.Errorf("%s %s", name, why)
				}
				listed[name] = true
			}
		}
	}
	t.Logf("%d uses compiled", total)
	for name, seen := range listed {
		if !seen && !testing.Short() {
			t.Errorf("%s compiles: take it out of testdata/audit.txt", name)
		}
	}
}

// readAudit reads the list of names, each a line with its reason.
func readAudit(t *testing.T) map[string]bool {
	t.Helper()
	f, err := os.Open("testdata/audit.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	list := map[string]bool{}
	for lines := bufio.NewScanner(f); lines.Scan(); {
		if text := lines.Text(); text != "" && text[0] != '#' {
			name, reason, ok := strings.Cut(text, " ")
			if !ok || reason == "" {
				t.Fatalf("testdata/audit.txt: %q has no reason", text)
			}
			list[name] = false
		}
	}
	return list
}

// use is a statement that uses an exported name of the package p, and the other packages that it needs.
type use struct {
	name, statement string
	imports         []string
}

// alias is the name under which a use knows another package.
func alias(path string) string {
	return "p_" + strings.NewReplacer("/", "_", ".", "_", "-", "_").Replace(path)
}

// refusedUses compiles a function of all uses, and again without each that is refused.
func refusedUses(t *testing.T, in *interp.Interp, path string, uses []use, number *int) map[string]string {
	refused, others := map[string]string{}, map[string]bool{}
	for _, u := range uses {
		for _, other := range u.imports {
			others[other] = true
		}
	}
	for {
		var b strings.Builder
		fmt.Fprintf(&b, "import p %q; ", path)
		for other := range others {
			fmt.Fprintf(&b, "import %s %q; ", alias(other), other)
		}
		b.WriteString("func use() {\n")
		for _, u := range uses {
			if refused[u.name] == "" {
				b.WriteString(u.statement)
			}
			b.WriteByte('\n')
		}
		b.WriteString("}\n")
		*number++
		_, err := in.Run(context.Background(), interp.Cell{Code: b.String(), Number: *number})
		var e *interp.Error
		if err == nil {
			return refused
		}
		if !errors.As(err, &e) {
			t.Fatalf("%s: %v", path, err)
		}
		if len(e.Frames) == 0 || e.Frames[0].Line < 2 || e.Frames[0].Line > len(uses)+1 { // it does not say which
			if len(uses) == 1 {
				refused[uses[0].name] = e.Value
				return refused
			}
			maps.Copy(refused, refusedUses(t, in, path, uses[:len(uses)/2], number))
			maps.Copy(refused, refusedUses(t, in, path, uses[len(uses)/2:], number))
			return refused
		}
		u := uses[e.Frames[0].Line-2]
		if refused[u.name] != "" {
			t.Errorf("%s is refused where it does not stand: %v", u.name, err)
			return refused
		}
		refused[u.name] = e.Value
	}
}

// usesOf are the uses of all that a package exports.
func usesOf(pkg *types.Package) (list []use) {
	for _, name := range pkg.Scope().Names() {
		o := pkg.Scope().Lookup(name)
		if !o.Exported() {
			continue
		}
		add := func(member, format string, args ...any) {
			list = append(list, use{pkg.Path() + "." + name + member, fmt.Sprintf(format, args...), nil})
		}
		switch o := o.(type) {
		case *types.Const:
			add("", "_ = %s", constantUse(o))
		case *types.Var:
			add("", "_ = p.%s", name)
		case *types.Func:
			sig := o.Type().(*types.Signature)
			add("", "_ = p.%s%s", name, typeArguments(sig.TypeParams()))
			if args, imports, ok := arguments(pkg, sig); ok {
				list = append(list, use{pkg.Path() + "." + name + "()", fmt.Sprintf("p.%s(%s)", name, args), imports})
			}
		case *types.TypeName:
			t := o.Type()
			args := ""
			if n, ok := t.(interface{ TypeParams() *types.TypeParamList }); ok {
				args = typeArguments(n.TypeParams())
			}
			if !isConstraint(t) {
				add("", "{ var x p.%s%s; _ = x }", name, args)
				for _, m := range members(t) {
					add("."+m.Name(), "{ var x p.%s%s; _ = x.%s }", name, args, m.Name())
					sig, ok := m.Type().(*types.Signature)
					if _, isMethod := m.(*types.Func); !ok || !isMethod || args != "" {
						continue
					}
					if in, imports, ok := arguments(pkg, sig); ok {
						list = append(list, use{pkg.Path() + "." + name + "." + m.Name() + "()",
							fmt.Sprintf("{ var x p.%s; x.%s(%s) }", name, m.Name(), in), imports})
					}
				}
			}
		}
	}
	return list
}

// constantUse converts a constant that no int holds.
func constantUse(c *types.Const) string {
	b, ok := c.Type().(*types.Basic)
	if ok && b.Kind() == types.UntypedInt {
		if _, fits := constant.Int64Val(c.Val()); !fits {
			return "uint64(p." + c.Name() + ")"
		}
	}
	return "p." + c.Name()
}

// members are the exported fields and methods of a type, or of a pointer to it, promoted ones too.
func members(t types.Type) (list []types.Object) {
	seen := map[string]bool{}
	add := func(o types.Object) {
		if o.Exported() && !seen[o.Name()] {
			seen[o.Name()] = true
			list = append(list, o)
		}
	}
	if s, ok := t.Underlying().(*types.Struct); ok {
		for f := range s.Fields() {
			add(f)
		}
	}
	methods := t
	if !types.IsInterface(t) {
		methods = types.NewPointer(t)
	}
	set := types.NewMethodSet(methods)
	for i := range set.Len() {
		add(set.At(i).Obj())
	}
	return list
}

// isConstraint tells an interface that no variable can have.
func isConstraint(t types.Type) bool {
	i, ok := t.Underlying().(*types.Interface)
	return ok && !i.IsMethodSet()
}

// typeArguments are some for the parameters: int, or a slice, map, function or channel of what the constraint asks for.
func typeArguments(list *types.TypeParamList) string {
	if list.Len() == 0 {
		return ""
	}
	var args []string
	for p := range list.TypeParams() {
		args = append(args, typeArgument(p.Constraint()))
	}
	return "[" + strings.Join(args, ", ") + "]"
}

func typeArgument(constraint types.Type) string {
	if types.Identical(constraint, types.Universe.Lookup("error").Type()) {
		return "error"
	}
	i := constraint.Underlying().(*types.Interface)
	for e := range i.EmbeddedTypes() {
		u, ok := e.(*types.Union)
		if !ok || u.Len() != 1 {
			continue
		}
		switch u.Term(0).Type().Underlying().(type) {
		case *types.Slice:
			return "[]int"
		case *types.Map:
			return "map[int]int"
		}
	}
	return "int"
}

// arguments are zero values for the parameters of a function that is not generic, and the packages that their types
// need; ok is false where a type has no name that a cell can write.
func arguments(pkg *types.Package, sig *types.Signature) (text string, imports []string, ok bool) {
	if sig.TypeParams().Len() > 0 {
		return "", nil, false
	}
	ok = true
	qualify := func(other *types.Package) string {
		if other == pkg {
			return "p"
		}
		if !typedata.Has(other.Path()) || strings.Contains(other.Path(), "internal") {
			ok = false
		}
		imports = append(imports, other.Path())
		return alias(other.Path())
	}
	var list []string
	for v := range sig.Params().Variables() {
		list = append(list, "*new("+types.TypeString(v.Type(), qualify)+")")
		ok = ok && exported(v.Type())
	}
	text = strings.Join(list, ", ")
	if sig.Variadic() && len(list) > 0 {
		text += "..."
	}
	return text, imports, ok
}

// exported tells whether all names of a type can be written in another package.
func exported(t types.Type) (yes bool) {
	yes = true
	var look func(types.Type)
	seen := map[types.Type]bool{}
	look = func(t types.Type) {
		if seen[t] {
			return
		}
		seen[t] = true
		switch t := t.(type) {
		case interface{ Obj() *types.TypeName }: // named, alias, type parameter
			if o := t.Obj(); o.Pkg() != nil && (!o.Exported() || o.Parent() != o.Pkg().Scope()) {
				yes = false
			}
			if n, ok := t.(*types.Named); ok {
				for a := range n.TypeArgs().Types() {
					look(a)
				}
			}
		case interface{ Elem() types.Type }: // pointer, slice, array, channel, map
			look(t.Elem())
			if m, ok := t.(*types.Map); ok {
				look(m.Key())
			}
		case *types.Signature:
			for v := range t.Params().Variables() {
				look(v.Type())
			}
			for v := range t.Results().Variables() {
				look(v.Type())
			}
		case *types.Struct:
			yes = yes && t.NumFields() == 0
		case *types.Interface:
			yes = yes && t.NumMethods() == 0
		}
	}
	look(t)
	return yes
}

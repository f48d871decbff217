package interp

import (
	"fmt"
	"go/types"

	"github.com/cosmos72/gomacro/fast"
	"github.com/cosmos72/gomacro/imports"
)

// linked is the name by which lowered code finds a linked package.
func (in *Interp) linked(p *types.Package) string {
	if name, ok := in.generics.imports[p.Path()]; ok {
		return name
	}
	c := in.ir.Comp
	name := "pkg·" + p.Path()
	if _, ok := imports.Packages[p.Path()]; !ok {
		panic(refused{fmt.Errorf("package %s is not linked into the kernel", p.Path())})
	}
	if _, err := c.ImportPackagesOrError(map[string]fast.PackageName{p.Path(): fast.PackageName(name)}); err != nil {
		panic(refused{err})
	}
	c.Outer.Binds[name] = c.Binds[name]
	delete(c.Binds, name)
	in.generics.imports[p.Path()] = name
	return name
}

// unique is a name for a function that no other has.
func (in *Interp) unique(name string) string {
	for n := 1; ; n++ {
		full := name
		if n > 1 {
			full = fmt.Sprintf("%s·%d", name, n)
		}
		if !in.generics.names[full] {
			in.generics.names[full] = true
			in.undo(func() { delete(in.generics.names, full) })
			return full
		}
	}
}

// undo runs f should the cell not compile.
func (in *Interp) undo(f func()) { in.undos = append(in.undos, f) }

func (in *Interp) rollBack() {
	for i := len(in.undos) - 1; i >= 0; i-- {
		in.undos[i]()
	}
	in.undos = nil
}

// typeName is a type's name in the names of its methods.
func (in *Interp) typeName(t *types.TypeName) string {
	if n, ok := in.generics.typeNames[t]; ok {
		return n
	}
	n := in.unique(t.Name())
	in.generics.typeNames[t] = n
	return n
}

// methodName is the name under which a method is compiled.
func (in *Interp) methodName(f *types.Func) string {
	n := namedOf(f.Signature().Recv().Type())
	if n.TypeArgs().Len() == 0 {
		return in.typeName(n.Obj()) + "." + f.Name()
	}
	for _, i := range in.generics.instances[f.Origin()] {
		if identical(i.args, list(n.TypeArgs())) {
			return i.name
		}
	}
	return ""
}

package interp

import (
	"fmt"
	"reflect"
	"regexp"
	"sort"
	"strings"

	"github.com/cosmos72/gomacro/imports"
)

// Complete returns the words that may stand at the byte offset pos of code, and the offset where they begin.
func (in *Interp) Complete(code string, pos int) (words []string, start int) {
	defer func() {
		if recover() != nil { // gomacro looks up half-written expressions
			words = nil
		}
	}()
	head := code[:min(max(pos, 0), len(code))]
	start = len(head) - len(tail.FindString(head))
	_, words, _ = in.ir.CompleteWords(head, len(head))
	out := words[:0]
	for _, w := range words {
		if !strings.Contains(w, "·") {
			out = append(out, w)
		}
	}
	sort.Strings(out)
	return out, start
}

var (
	tail    = regexp.MustCompile(`[\pL_][\pL\pN_]*$`)
	dotted  = regexp.MustCompile(`[\pL_][\pL\pN_.]*$`)
	further = regexp.MustCompile(`^[\pL\pN_]+`)
)

// Inspect describes the name at the byte offset pos of code in words, "" if it is unknown.
func (in *Interp) Inspect(code string, pos int) string {
	pos = min(max(pos, 0), len(code))
	name := dotted.FindString(code[:pos]) + further.FindString(code[pos:])
	if name == "" {
		// the caret stands after an opening bracket: what is called?
		name = dotted.FindString(strings.TrimRight(code[:pos], "( \t"))
	}
	if name == "" {
		return ""
	}
	if pkg, member, ok := strings.Cut(name, "."); ok {
		return in.describeMember(pkg, member)
	}
	if sym := in.ir.Comp.TryResolve(name); sym != nil {
		if p, ok := in.imported(name); ok {
			return fmt.Sprintf("package %s, %d names", p.Name, len(p.Binds)+len(p.Types))
		}
		if sym.Type == nil {
			return name
		}
		return fmt.Sprintf("%s %s %v", sym.Desc.Class(), name, sym.Type)
	}
	if t := in.ir.Comp.Types[name]; t != nil {
		return fmt.Sprintf("type %s %s", name, describe(t.ReflectType()))
	}
	return ""
}

func (in *Interp) describeMember(pkg, member string) string {
	p, ok := in.imported(pkg)
	if !ok {
		if sym := in.ir.Comp.TryResolve(pkg); sym != nil && sym.Type != nil {
			return methodOrField(sym.Type.ReflectType(), pkg, member)
		}
		return ""
	}
	if v, ok := p.Binds[member]; ok {
		t := v.Type().String()
		if v.Kind() == reflect.Func {
			return fmt.Sprintf("func %s.%s%s", pkg, member, strings.TrimPrefix(t, "func"))
		}
		return fmt.Sprintf("%s.%s %s", pkg, member, t)
	}
	if t, ok := p.Types[member]; ok {
		return fmt.Sprintf("type %s.%s %s", pkg, member, describe(t))
	}
	return ""
}

// imported finds the linked package that a cell's name stands for.
func (in *Interp) imported(name string) (imports.Package, bool) {
	for path, imp := range in.ir.Comp.KnownImports {
		if imp != nil && imp.Name == name {
			p, ok := imports.Packages[path]
			return p, ok
		}
	}
	for _, path := range Packages() {
		if p := imports.Packages[path]; p.Name == name {
			return p, true
		}
	}
	return imports.Package{}, false
}

func methodOrField(t reflect.Type, name, member string) string {
	for _, m := range []reflect.Type{t, reflect.PointerTo(t)} {
		if f, ok := m.MethodByName(member); ok {
			return fmt.Sprintf("method of %s: %s%s", t, member, strings.TrimPrefix(f.Type.String(), "func"))
		}
	}
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t.Kind() == reflect.Struct {
		if f, ok := t.FieldByName(member); ok {
			return fmt.Sprintf("field of %s: %s %s", t, member, f.Type)
		}
	}
	return ""
}

// describe lists a type's exported fields and methods.
func describe(t reflect.Type) string {
	var b strings.Builder
	b.WriteString(t.Kind().String())
	if t.Kind() == reflect.Struct {
		for i := range t.NumField() {
			if f := t.Field(i); f.IsExported() {
				fmt.Fprintf(&b, "\n\t%s %s", f.Name, f.Type)
			}
		}
	}
	p := t
	if t.Kind() != reflect.Interface {
		p = reflect.PointerTo(t)
	}
	for i := range p.NumMethod() {
		m := p.Method(i)
		fmt.Fprintf(&b, "\n\tfunc %s%s", m.Name, strings.TrimPrefix(m.Type.String(), "func"))
	}
	return b.String()
}

package interp

import (
	"go/token"
	"go/types"
	"regexp"
	"sort"
	"strings"
)

// Complete returns the words that may stand at the byte offset pos of code, and the offset where they begin.
func (in *Interp) Complete(code string, pos int) (words []string, start int) {
	head := code[:min(max(pos, 0), len(code))]
	word := tail.FindString(head)
	start = len(head) - len(word)
	var names []string
	if owner, dotted := strings.CutSuffix(head[:start], "."); dotted {
		names = in.members(in.find(dots.FindString(owner)))
	} else {
		names = in.known()
	}
	seen := map[string]bool{}
	for _, n := range names {
		if strings.HasPrefix(n, word) && !seen[n] && !strings.Contains(n, "·") {
			seen[n] = true
			words = append(words, n)
		}
	}
	sort.Strings(words)
	return words, start
}

var (
	tail    = regexp.MustCompile(`[\pL_][\pL\pN_]*$`)
	dots    = regexp.MustCompile(`[\pL_][\pL\pN_.]*$`)
	further = regexp.MustCompile(`^[\pL\pN_]+`)
)

// known are the names that stand by themselves.
func (in *Interp) known() (out []string) {
	for n := range in.scope.objects {
		out = append(out, n)
	}
	for n := range in.scope.packages {
		out = append(out, n)
	}
	out = append(out, types.Universe.Names()...)
	for t := token.BREAK; t <= token.VAR; t++ {
		out = append(out, t.String())
	}
	return out
}

// find is what a name with dots stands for, nil for nothing known.
func (in *Interp) find(name string) types.Object {
	parts := strings.Split(name, ".")
	var o types.Object
	rest := parts[1:]
	if p := in.scope.packages[parts[0]]; p != nil {
		if len(rest) == 0 {
			return types.NewPkgName(token.NoPos, p, parts[0], p)
		}
		o, rest = p.Scope().Lookup(rest[0]), rest[1:]
		if o != nil && !o.Exported() {
			return nil
		}
	} else if o = in.scope.objects[parts[0]]; o == nil {
		if o = types.Universe.Lookup(parts[0]); o == nil {
			return in.findLinked(parts)
		}
	}
	for _, n := range rest {
		if o == nil || o.Type() == nil {
			return nil
		}
		o, _, _ = types.LookupFieldOrMethod(o.Type(), true, mainPackage, n)
	}
	return o
}

// findLinked finds a package that no cell has imported yet, by its name.
func (in *Interp) findLinked(parts []string) types.Object {
	for _, path := range Packages() {
		if lastElement(path) != parts[0] {
			continue
		}
		p, err := in.data.Import(path)
		if err != nil || p.Name() != parts[0] {
			continue
		}
		if len(parts) == 1 {
			return types.NewPkgName(token.NoPos, p, p.Name(), p)
		}
		if o := p.Scope().Lookup(parts[1]); o != nil && o.Exported() && len(parts) == 2 {
			return o
		}
		return nil
	}
	return nil
}

// members are what may stand after an object and a dot.
func (in *Interp) members(o types.Object) (out []string) {
	if o == nil {
		return nil
	}
	if p, ok := o.(*types.PkgName); ok {
		for _, n := range p.Imported().Scope().Names() {
			if token.IsExported(n) {
				out = append(out, n)
			}
		}
		return out
	}
	for _, m := range parts(o.Type()) {
		out = append(out, m.Name())
	}
	return out
}

// parts are the fields and methods of a type that a cell can name, the type's own first.
func parts(t types.Type) (out []types.Object) {
	add := func(o types.Object) {
		if o.Exported() || o.Pkg() != nil && o.Pkg().Path() == mainPath {
			out = append(out, o)
		}
	}
	seen := map[types.Type]bool{}
	var fields func(t types.Type)
	fields = func(t types.Type) {
		if t = deref(t); seen[t] {
			return
		}
		seen[t] = true
		if s, ok := t.Underlying().(*types.Struct); ok {
			for i := range s.NumFields() {
				add(s.Field(i))
			}
			for i := range s.NumFields() {
				if s.Field(i).Embedded() {
					fields(s.Field(i).Type())
				}
			}
		}
	}
	fields(t)
	set := types.NewMethodSet(t)
	if _, pointer := t.Underlying().(*types.Pointer); !pointer && !types.IsInterface(t) {
		set = types.NewMethodSet(types.NewPointer(t))
	}
	for i := range set.Len() {
		add(set.At(i).Obj())
	}
	return out
}

// Inspect describes the name at the byte offset pos of code in words, "" if it is unknown.
func (in *Interp) Inspect(code string, pos int) string {
	pos = min(max(pos, 0), len(code))
	name := dots.FindString(code[:pos]) + further.FindString(code[pos:])
	if name == "" {
		// the caret stands after an opening bracket: what is called?
		name = dots.FindString(strings.TrimRight(code[:pos], "( \t"))
	}
	o := in.find(strings.Trim(name, "."))
	if o == nil {
		return ""
	}
	names := func(p *types.Package) string {
		if p.Path() == mainPath {
			return ""
		}
		return p.Name()
	}
	if p, ok := o.(*types.PkgName); ok {
		return "package " + p.Imported().Name() + " (" + p.Imported().Path() + "): " + strings.Join(in.members(o), ", ")
	}
	text := types.ObjectString(o, names)
	if t, ok := o.(*types.TypeName); ok {
		for _, m := range parts(t.Type()) {
			if _, method := m.(*types.Func); method {
				text += "\n\t" + types.ObjectString(m, names)
			}
		}
	}
	return text
}

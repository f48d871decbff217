package interp

import (
	"go/token"
	"go/types"
	"regexp"
	"sort"
	"strings"
)

// Word is a name that may stand at a place.
type Word struct {
	Name string
	Kind string // as front ends call them: "function", "class" (a type), "instance" (a variable or constant), "module" (a package), "keyword", "property" (a field), "path"
}

// Complete returns the words that may stand at the byte offset pos of code, and the offset where they begin.
func (in *Interp) Complete(code string, pos int) (words []Word, start int) {
	head := code[:min(max(pos, 0), len(code))]
	word := tail.FindString(head)
	start = len(head) - len(word)
	comment, text := within(head)
	switch {
	case comment:
		return nil, start
	case text:
		return in.paths(head)
	}
	seen := map[string]bool{}
	add := func(name, kind string) {
		if strings.HasPrefix(name, word) && !seen[name] && !strings.Contains(name, "·") {
			seen[name] = true
			words = append(words, Word{name, kind})
		}
	}
	at := in.spot(code, start)
	owner, dotted := strings.CutSuffix(head[:start], ".")
	switch {
	case at != nil && at.owner != nil:
		in.eachMember(at.owner, add)
	case at != nil && at.of != nil && at.of != types.Typ[types.Invalid]:
		for _, m := range parts(at.of) {
			add(m.Name(), kindOf(m))
		}
	case dotted:
		in.eachMember(in.find(dots.FindString(owner)), add)
	default:
		if at != nil {
			for _, f := range at.keys {
				add(f.Name(), "property")
			}
			for name, o := range at.seen {
				add(name, kindOf(o))
			}
		}
		in.eachKnown(add)
	}
	sort.SliceStable(words, func(i, j int) bool { return words[i].Name < words[j].Name })
	return words, start
}

// paths are the import paths that may stand in a string that is not closed, if it is one of an import.
func (in *Interp) paths(head string) (words []Word, start int) {
	start = strings.LastIndexAny(head, "\"`") + 1
	last := split([]byte(head)).pieces
	if len(last) == 0 || last[len(last)-1].kind != importDecl {
		return nil, len(head)
	}
	for _, p := range Packages() {
		if strings.HasPrefix(p, head[start:]) {
			words = append(words, Word{p, "path"})
		}
	}
	return words, start
}

var (
	tail    = regexp.MustCompile(`[\pL_][\pL\pN_]*$`)
	dots    = regexp.MustCompile(`[\pL_][\pL\pN_.]*$`)
	further = regexp.MustCompile(`^[\pL\pN_]+`)
)

// kindOf is what front ends call an object.
func kindOf(o types.Object) string {
	switch o := o.(type) {
	case *types.Func, *types.Builtin:
		return "function"
	case *types.TypeName:
		return "class"
	case *types.PkgName:
		return "module"
	case *types.Var:
		if o.IsField() {
			return "property"
		}
	}
	return "instance"
}

// eachKnown calls add with the names that stand by themselves.
func (in *Interp) eachKnown(add func(name, kind string)) {
	for n, o := range in.scope.objects {
		add(n, kindOf(o))
	}
	for n := range in.scope.packages {
		add(n, "module")
	}
	for _, n := range types.Universe.Names() {
		add(n, kindOf(types.Universe.Lookup(n)))
	}
	for t := token.BREAK; t <= token.VAR; t++ {
		add(t.String(), "keyword")
	}
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

// eachMember calls add with what may stand after an object and a dot.
func (in *Interp) eachMember(o types.Object, add func(name, kind string)) {
	if o == nil {
		return
	}
	if p, ok := o.(*types.PkgName); ok {
		for _, n := range p.Imported().Scope().Names() {
			if token.IsExported(n) {
				add(n, kindOf(p.Imported().Scope().Lookup(n)))
			}
		}
		return
	}
	for _, m := range parts(o.Type()) {
		add(m.Name(), kindOf(m))
	}
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
	head := code[:pos]
	name := dots.FindString(head) + further.FindString(code[pos:])
	if name == "" {
		// the caret stands after an opening bracket: what is called?
		head = strings.TrimRight(head, "( \t")
		name = dots.FindString(head)
	}
	at := len(head) - len(dots.FindString(head))
	name = strings.TrimRight(name, ".")
	o := in.find(name)
	if o == nil {
		o = in.findIn(code, at+strings.LastIndexByte(name, '.')+1, name)
	}
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
		var members []string
		in.eachMember(o, func(name, _ string) { members = append(members, name) })
		return "package " + p.Imported().Name() + " (" + p.Imported().Path() + "): " + strings.Join(members, ", ")
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

// findIn is what a name stands for that only the cell at hand declares. Its last part begins at start.
func (in *Interp) findIn(code string, start int, name string) types.Object {
	last := name[strings.LastIndexByte(name, '.')+1:]
	if last == "" {
		return nil
	}
	at := in.spot(code, start)
	switch {
	case at == nil:
		return nil
	case at.of != nil && at.of != types.Typ[types.Invalid]:
		o, _, _ := types.LookupFieldOrMethod(at.of, true, mainPackage, last)
		return o
	case at.owner != nil:
		return at.owner.(*types.PkgName).Imported().Scope().Lookup(last)
	}
	return at.seen[last]
}

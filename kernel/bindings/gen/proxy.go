package main

import (
	"bytes"
	"fmt"
	"go/types"
	"strings"
)

// A type that a cell declares has no methods that compiled code could call. A proxy is a compiled type whose methods
// call functions that the interpreter fills in, so that a value of a cell's type can become the interface.

// proxyable tells whether all methods of an interface are exported and the types that they name can be written here.
func proxyable(it *types.Interface) bool {
	if it.NumMethods() == 0 {
		return false
	}
	for i := range it.NumMethods() {
		m := it.Method(i)
		if !m.Exported() || !writable(m.Type(), map[types.Type]bool{}) {
			return false
		}
	}
	return true
}

func writable(t types.Type, seen map[types.Type]bool) bool {
	if seen[t] {
		return true
	}
	seen[t] = true
	all := func(ts ...types.Type) bool {
		for _, t := range ts {
			if !writable(t, seen) {
				return false
			}
		}
		return true
	}
	switch t := t.(type) {
	case *types.Alias: // its name stands for it, unless that cannot be written
		if o := t.Obj(); o.Pkg() == nil || !o.Exported() || strings.Contains("/"+o.Pkg().Path()+"/", "/internal/") {
			return all(types.Unalias(t))
		}
		return true
	case *types.Named:
		o := t.Obj()
		if o.Pkg() != nil && (!o.Exported() || strings.Contains("/"+o.Pkg().Path()+"/", "/internal/")) {
			return false
		}
		for i := range t.TypeArgs().Len() {
			if !all(t.TypeArgs().At(i)) {
				return false
			}
		}
	case *types.Pointer:
		return all(t.Elem())
	case *types.Slice:
		return all(t.Elem())
	case *types.Array:
		return all(t.Elem())
	case *types.Chan:
		return all(t.Elem())
	case *types.Map:
		return all(t.Key(), t.Elem())
	case *types.Signature:
		return all(tuple(t.Params())...) && all(tuple(t.Results())...)
	case *types.Struct:
		return t.NumFields() == 0 // as in a context's Done
	case *types.TypeParam:
		return false
	}
	return true
}

func tuple(t *types.Tuple) (out []types.Type) {
	for i := range t.Len() {
		out = append(out, t.At(i).Type())
	}
	return out
}

// writeProxy declares the proxy of an interface.
func writeProxy(out *bytes.Buffer, name, ref string, it *types.Interface, q types.Qualifier) {
	fmt.Fprintf(out, "\n// %s lets a cell's types implement %s.\ntype %s struct {\nObject any\n", name, ref, name)
	for i := range it.NumMethods() {
		s := it.Method(i).Type().(*types.Signature)
		fmt.Fprintf(out, "%s_ func(%s) %s\n", it.Method(i).Name(), strings.Join(append([]string{"any"}, parameters(s, q)...), ", "), results(s, q))
	}
	out.WriteString("}\n")
	for i := range it.NumMethods() {
		m := it.Method(i)
		s := m.Type().(*types.Signature)
		var params []string
		args := []string{"p.Object"}
		for j, t := range parameters(s, q) {
			params = append(params, fmt.Sprintf("p%d %s", j, t))
			args = append(args, fmt.Sprintf("p%d", j))
		}
		if s.Variadic() {
			args[len(args)-1] += "..."
		}
		ret := ""
		if s.Results().Len() > 0 {
			ret = "return "
		}
		fmt.Fprintf(out, "func (p *%s) %s(%s) %s { %sp.%s_(%s) }\n", name, m.Name(), strings.Join(params, ", "), results(s, q), ret, m.Name(), strings.Join(args, ", "))
	}
}

// parameters are the types of a function's parameters; the last of a variadic one has its dots, which the interpreter
// looks for.
func parameters(s *types.Signature, q types.Qualifier) (out []string) {
	for j := range s.Params().Len() {
		t := types.TypeString(s.Params().At(j).Type(), q)
		if s.Variadic() && j == s.Params().Len()-1 {
			t = "..." + strings.TrimPrefix(t, "[]")
		}
		out = append(out, t)
	}
	return out
}

func results(s *types.Signature, q types.Qualifier) string {
	var out []string
	for j := range s.Results().Len() {
		out = append(out, types.TypeString(s.Results().At(j).Type(), q))
	}
	if len(out) < 2 {
		return strings.Join(out, "")
	}
	return "(" + strings.Join(out, ", ") + ")"
}

package interp

import (
	"fmt"
	"go/types"
	"strconv"
	"strings"
)

// typeText is a type as Go writes it while a program runs, which is package reflect's way.
func typeText(t types.Type) string {
	switch t := types.Unalias(t).(type) {
	case *types.Named:
		o := t.Obj()
		name := o.Name()
		if o.Pkg() != nil {
			name = o.Pkg().Name() + "." + name
		}
		if n := t.TypeArgs().Len(); n > 0 {
			args := make([]string, n)
			for i := range args {
				args[i] = typeText(t.TypeArgs().At(i))
			}
			name += "[" + strings.Join(args, ",") + "]"
		}
		return name
	case *types.Basic:
		switch t.Kind() {
		case types.Byte:
			return "uint8"
		case types.Rune:
			return "int32"
		}
		return t.Name()
	case *types.Pointer:
		return "*" + typeText(t.Elem())
	case *types.Slice:
		return "[]" + typeText(t.Elem())
	case *types.Array:
		return fmt.Sprintf("[%d]%s", t.Len(), typeText(t.Elem()))
	case *types.Map:
		return "map[" + typeText(t.Key()) + "]" + typeText(t.Elem())
	case *types.Chan:
		elem := typeText(t.Elem())
		switch t.Dir() {
		case types.SendOnly:
			return "chan<- " + elem
		case types.RecvOnly:
			return "<-chan " + elem
		}
		if strings.HasPrefix(elem, "<") {
			elem = "(" + elem + ")"
		}
		return "chan " + elem
	case *types.Signature:
		return "func" + signatureText(t)
	case *types.Struct:
		return structText(t)
	case *types.Interface:
		if t.NumMethods() == 0 {
			return "interface {}"
		}
		methods := make([]string, t.NumMethods())
		for i := range methods {
			methods[i] = t.Method(i).Name() + signatureText(t.Method(i).Signature())
			if !t.Method(i).Exported() {
				methods[i] = "main." + methods[i]
			}
		}
		return "interface { " + strings.Join(methods, "; ") + " }"
	}
	return types.TypeString(t, func(p *types.Package) string { return p.Name() })
}

func signatureText(t *types.Signature) string {
	list := func(tuple *types.Tuple, variadic bool) []string {
		out := make([]string, tuple.Len())
		for i := range out {
			of := tuple.At(i).Type()
			if s, ok := of.(*types.Slice); ok && variadic && i == len(out)-1 {
				out[i] = "..." + typeText(s.Elem())
				continue
			}
			out[i] = typeText(of)
		}
		return out
	}
	text := "(" + strings.Join(list(t.Params(), t.Variadic()), ", ") + ")"
	switch results := list(t.Results(), false); len(results) {
	case 0:
		return text
	case 1:
		return text + " " + results[0]
	default:
		return text + " (" + strings.Join(results, ", ") + ")"
	}
}

func structText(t *types.Struct) string {
	if t.NumFields() == 0 {
		return "struct {}"
	}
	fields := make([]string, t.NumFields())
	for i := range fields {
		f := t.Field(i)
		if !f.Embedded() {
			fields[i] = f.Name() + " "
		}
		fields[i] += typeText(f.Type())
		if tag := t.Tag(i); tag != "" {
			fields[i] += " " + strconv.Quote(tag)
		}
	}
	return "struct { " + strings.Join(fields, "; ") + " }"
}

package interp

import (
	"fmt"
	"go/types"
	"reflect"
	"slices"
	"sort"
	"strconv"
	"strings"
)

// printer prints a value's representation by the checker's type: with the names of fields and types that the cell
// wrote, and with the methods String and Error of its parts. It follows package fmt's printValue.
type printer struct {
	s      fmt.State
	verb   rune
	in     *Interp
	hidden bool // inside a field that is not exported, where package fmt calls no methods
}

func (p printer) text(s string) { fmt.Fprint(p.s, s) }

func valueOf(v reflect.Value) any {
	if !v.IsValid() || !v.CanInterface() {
		return nil
	}
	return v.Interface()
}

// part prints what a value holds: by its own method, if package fmt would find one.
func (p printer) part(v reflect.Value, t types.Type, depth int) {
	if !p.hidden && ours(t) && !types.IsInterface(t) {
		v := opened(v, t)
		if f := formatter(Object{valueOf(v), p.in.typeFor(t)}, p.verb, p.s.Flag('#')); f != nil {
			f(p.s, p.verb)
			return
		}
	}
	p.at(v, t, depth)
}

// opened is a value without the interface around an opaque one.
func opened(v reflect.Value, t types.Type) reflect.Value {
	for v.IsValid() && v.Kind() == reflect.Interface && !types.IsInterface(t) {
		v = v.Elem()
	}
	return v
}

// compiled prints a value that no cell's type is in, as package fmt prints it so deep.
func (p printer) compiled(v reflect.Value, depth int) {
	x := v.Interface()
	sharp := p.s.Flag('#') && p.verb == 'v'
	if p.hidden {
		p.text(p.raw(x))
		return
	}
	if depth > 0 && v.Kind() == reflect.Pointer && !printsItself(x, sharp) {
		if !v.IsNil() {
			addr := "0x" + strconv.FormatUint(uint64(v.Pointer()), 16)
			if sharp {
				addr = "(" + v.Type().String() + ")(" + addr + ")"
			}
			p.text(addr)
			return
		}
	}
	fmt.Fprintf(p.s, directive(p.s, p.verb), x)
}

func printsItself(x any, sharp bool) bool {
	if _, ok := x.(fmt.Formatter); ok {
		return true
	}
	if sharp {
		_, ok := x.(fmt.GoStringer)
		return ok
	}
	switch x.(type) {
	case fmt.Stringer, error:
		return true
	}
	return false
}

// raw is how package fmt prints what it reaches through a field that is not exported: without methods.
func (p printer) raw(x any) string {
	text := fmt.Sprintf(directive(p.s, p.verb), struct{ x any }{x})
	for _, before := range []string{"struct { x interface {} }{x:", "{x:", "{"} {
		if rest, ok := strings.CutPrefix(text, before); ok {
			return strings.TrimSuffix(rest, "}")
		}
	}
	return text
}

// deepest is how many values may hold each other to be printed.
const deepest = 10_000

// mayHold tells whether a type without a name has an interface in it, which may hold a value of a cell's type.
func mayHold(t types.Type) bool {
	if _, named := types.Unalias(t).(*types.Named); named {
		return types.IsInterface(t)
	}
	if _, function := t.(*types.Signature); function {
		return false
	}
	return types.IsInterface(t) || slices.ContainsFunc(components(types.Unalias(t)), mayHold)
}

func (p printer) at(v reflect.Value, t types.Type, depth int) {
	sharp, plus := p.s.Flag('#') && p.verb == 'v', p.s.Flag('+')
	if depth > deepest {
		panic(typeError("a value that holds itself has no end")) // the stack's would end the process
	}
	v = opened(v, t)
	if !ours(t) && !mayHold(t) && v.IsValid() {
		p.compiled(v, depth)
		return
	}
	elem := func(v reflect.Value, t types.Type) { p.part(v, t, depth+1) }
	switch u := t.Underlying().(type) {
	case *types.Struct:
		if sharp {
			p.text(typeText(t))
		}
		p.text("{")
		for i := range u.NumFields() {
			if i > 0 {
				p.text(map[bool]string{true: ", ", false: " "}[sharp])
			}
			if plus || sharp {
				p.text(u.Field(i).Name() + ":")
			}
			inner := p
			inner.hidden = p.hidden || !u.Field(i).Exported()
			inner.part(v.Field(i), u.Field(i).Type(), depth+1)
		}
		p.text("}")
	case *types.Interface:
		if !v.IsValid() || v.IsNil() {
			if sharp {
				p.text(typeText(t) + "(nil)")
			} else {
				p.text("<nil>")
			}
			return
		}
		switch x := open(v.Interface()).(type) {
		case Object:
			p.part(reflect.ValueOf(x.V), x.T.Type, depth+1)
		default:
			p.compiled(reflect.ValueOf(x), depth+1)
		}
	case *types.Map:
		if sharp {
			p.text(typeText(t))
			if !v.IsValid() || v.IsNil() {
				p.text("(nil)")
				return
			}
			p.text("{")
		} else {
			p.text("map[")
		}
		if v.IsValid() {
			keys := v.MapKeys()
			sortKeys(keys)
			for i, k := range keys {
				if i > 0 {
					p.text(map[bool]string{true: ", ", false: " "}[sharp])
				}
				elem(k, u.Key())
				p.text(":")
				elem(v.MapIndex(k), u.Elem())
			}
		}
		p.text(map[bool]string{true: "}", false: "]"}[sharp])
	case *types.Slice, *types.Array:
		et := t.Underlying().(interface{ Elem() types.Type }).Elem()
		if b, ok := et.Underlying().(*types.Basic); ok && b.Kind() == types.Byte && (p.verb == 's' || p.verb == 'q' || p.verb == 'x' || p.verb == 'X') {
			fmt.Fprintf(p.s, directive(p.s, p.verb), v.Interface())
			return
		}
		if sharp {
			p.text(typeText(t))
			if _, slice := u.(*types.Slice); slice && (!v.IsValid() || v.IsNil()) {
				p.text("(nil)")
				return
			}
			p.text("{")
		} else {
			p.text("[")
		}
		if v.IsValid() {
			for i := range v.Len() {
				if i > 0 {
					p.text(map[bool]string{true: ", ", false: " "}[sharp])
				}
				elem(v.Index(i), et)
			}
		}
		p.text(map[bool]string{true: "}", false: "]"}[sharp])
	case *types.Pointer:
		if depth == 0 && v.IsValid() && !v.IsNil() {
			switch u.Elem().Underlying().(type) {
			case *types.Struct, *types.Map, *types.Slice, *types.Array:
				p.text("&")
				p.at(v.Elem(), u.Elem(), depth+1)
				return
			}
		}
		p.pointer(v, t, sharp)
	case *types.Chan, *types.Signature:
		p.pointer(v, t, sharp)
	default:
		if !v.IsValid() {
			p.text("<nil>")
			return
		}
		if sharp {
			if b, ok := u.(*types.Basic); ok && b.Info()&types.IsNumeric != 0 {
				fmt.Fprintf(p.s, "%#v", basic(v))
				return
			}
		}
		fmt.Fprintf(p.s, directive(p.s, p.verb), basic(v))
	}
}

// basic is a value of a basic type, also of a field that is not exported.
func basic(v reflect.Value) any {
	switch {
	case v.CanInterface():
		return v.Interface()
	case v.CanInt():
		return v.Int()
	case v.CanUint():
		return v.Uint()
	case v.CanFloat():
		return v.Float()
	case v.CanComplex():
		return v.Complex()
	case v.Kind() == reflect.Bool:
		return v.Bool()
	}
	return v.String()
}

func (p printer) pointer(v reflect.Value, t types.Type, sharp bool) {
	if !v.IsValid() || v.IsNil() {
		if sharp {
			p.text("(" + typeText(t) + ")(nil)")
		} else if p.verb == 'p' {
			p.text("0x0")
		} else {
			p.text("<nil>")
		}
		return
	}
	addr := "0x" + strconv.FormatUint(uint64(v.Pointer()), 16)
	if sharp {
		p.text("(" + typeText(t) + ")(" + addr + ")")
		return
	}
	p.text(addr)
}

func sortKeys(keys []reflect.Value) {
	sort.SliceStable(keys, func(i, j int) bool {
		a, b := keys[i], keys[j]
		for a.Kind() == reflect.Interface {
			a = a.Elem()
		}
		for b.Kind() == reflect.Interface {
			b = b.Elem()
		}
		if a.IsValid() && b.IsValid() && a.Kind() == b.Kind() {
			switch {
			case a.CanInt():
				return a.Int() < b.Int()
			case a.CanUint():
				return a.Uint() < b.Uint()
			case a.CanFloat():
				return a.Float() < b.Float()
			case a.Kind() == reflect.String:
				return a.String() < b.String()
			case a.Kind() == reflect.Bool:
				return !a.Bool() && b.Bool()
			}
		}
		return fmt.Sprint(basic(a)) < fmt.Sprint(basic(b))
	})
}

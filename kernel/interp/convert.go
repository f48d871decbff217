package interp

import (
	"reflect"

	basereflect "github.com/cosmos72/gomacro/base/reflect"
	"github.com/cosmos72/gomacro/xreflect"
)

// As converts a value whose type was declared in a cell to the first of interfaces that the type implements. Such a
// type's methods exist in the interpreter alone: compiled code sees them only through a proxy, which a binding provides.
// It returns false for a value of a compiled type, and where none fits.
func (in *Interp) As(v Value, interfaces []reflect.Type) (any, bool) {
	if v.Type == nil || v.Any == nil || !declaredHere(v.Type) {
		return nil, false
	}
	c := in.ir.Comp
	for _, t := range interfaces {
		x := c.Universe.FromReflectType(t)
		if !v.Type.Implements(x) {
			continue
		}
		conv := c.Converter(v.Type, x)
		if conv == nil {
			continue
		}
		if out := basereflect.ValueInterface(conv(xreflect.ValueOf(v.Any))); out != nil {
			return out, true
		}
	}
	return nil, false
}

func declaredHere(t xreflect.Type) bool {
	if t.Kind() == reflect.Pointer && !t.Named() {
		t = t.Elem()
	}
	return t.Named() && t.PkgPath() == "main"
}

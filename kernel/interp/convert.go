package interp

import "reflect"

// As converts a value whose type was declared in a cell to the first of interfaces that the type implements. Such a
// type's methods exist in the interpreter alone: compiled code sees them only through a proxy, which a binding provides.
// It returns false for a value of a compiled type, and where none fits.
func (in *Interp) As(v Value, interfaces []reflect.Type) (any, bool) {
	o, ok := v.Any.(Object)
	if !ok {
		return nil, false
	}
	for _, t := range interfaces {
		if o.implements(t) {
			return o.proxy(t).Interface(), true
		}
	}
	return nil, false
}

// implements tells whether an Object has the methods of a compiled interface.
func (o Object) implements(t reflect.Type) bool {
	for i := range t.NumMethod() {
		m := o.method(t.Method(i).Name)
		if !m.IsValid() || !fits(m.Type(), t.Method(i).Type) {
			return false
		}
	}
	return true
}

// fits tells whether a method with representations in its type can be one of a compiled type.
func fits(m, t reflect.Type) bool {
	if m.NumIn() != t.NumIn() || m.NumOut() != t.NumOut() || m.IsVariadic() != t.IsVariadic() {
		return false
	}
	same := func(a, b reflect.Type) bool { return a == b || a == anyType && b.Kind() == reflect.Interface }
	for i := range m.NumIn() {
		if !same(m.In(i), t.In(i)) {
			return false
		}
	}
	for i := range m.NumOut() {
		if !same(m.Out(i), t.Out(i)) {
			return false
		}
	}
	return true
}

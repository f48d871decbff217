package interp

import (
	"fmt"
	"go/types"
	"reflect"
)

// What interfaces hold, on its way between cells and compiled code.

// open takes the value out of what an interface may hold: a proxy becomes the Object in it.
func open(x any) any {
	switch p := x.(type) {
	case holder:
		return p.object()
	case nil, Object:
		return x
	}
	if v := reflect.ValueOf(x); v.Kind() == reflect.Pointer && !v.IsNil() && v.Elem().Kind() == reflect.Struct && isProxy(v.Elem().Type()) {
		if o, ok := v.Elem().Field(0).Interface().(Object); ok {
			return o
		}
	}
	return x
}

// Inner is the value of a cell's type that is in one of a compiled interface; any other value is itself.
func Inner(x any) any { return open(x) }

// holder is a compiled form of an Object.
type holder interface{ object() Object }

// naked is an Object's value.
func naked(x any) any {
	if o, ok := x.(Object); ok {
		return o.V
	}
	return x
}

// bare is what compiled code is given where it looks at a value by reflection: the representation, or the proxy with
// those methods of the Object that the standard library looks for.
func bare(x any) any {
	o, ok := x.(Object)
	if !ok {
		return x
	}
	if f := formed(o); f != nil {
		return f
	}
	return o.V
}

// implements tells whether a value has the methods of an interface.
func (in *Interp) implements(x any, t *types.Interface) bool {
	switch x := open(x).(type) {
	case nil:
		return false
	case Object:
		return types.Implements(x.T.Type, t)
	default:
		v := reflect.TypeOf(x)
		for i := range t.NumMethods() {
			if _, ok := v.MethodByName(t.Method(i).Name()); !ok {
				return false
			}
		}
		return true
	}
}

// same compares what two interfaces hold.
func same(a, b any) bool {
	a, b = open(a), open(b)
	if x, ok := a.(Object); ok {
		if y, ok := b.(Object); ok && x.T == y.T && !types.Comparable(x.T.Type) {
			panic(typeError("runtime error: comparing uncomparable type " + typeText(x.T.Type)))
		}
	}
	return a == b
}

// lookup is a method of an interface's value, bound to it.
func lookup(x any, name string, t reflect.Type) reflect.Value {
	switch x := open(x).(type) {
	case nil:
		panic(nilDereference)
	case Object:
		if f := x.method(name); f.IsValid() {
			return f
		}
		panic(missing(x, reflect.TypeFor[any]()))
	default:
		f := reflect.ValueOf(x).MethodByName(name)
		if !f.IsValid() {
			panic(fmt.Sprintf("%T has no method %s", x, name))
		}
		if t == nil || f.Type() == t {
			return f
		}
		return adapt(f, t)
	}
}

// adapt makes a function look as if it had type t, whose parameters and results have the same values.
func adapt(f reflect.Value, t reflect.Type) reflect.Value {
	return reflect.MakeFunc(t, func(args []reflect.Value) []reflect.Value { return castCall(f, args, t) })
}

// castCall calls f with args, which have f's types or ones of the same values, and gives the results the types of t's.
func castCall(f reflect.Value, args []reflect.Value, t reflect.Type) []reflect.Value {
	in := make([]reflect.Value, len(args))
	for i, a := range args {
		in[i] = cast(a, f.Type().In(i))
	}
	out := apply(f, in)
	for i := range out {
		out[i] = cast(out[i], t.Out(i))
	}
	return out
}

// apply calls f with the arguments that a function made by reflection is given: the last of a variadic one is a slice.
func apply(f reflect.Value, args []reflect.Value) []reflect.Value {
	if f.Type().IsVariadic() {
		return f.CallSlice(args)
	}
	return f.Call(args)
}

// cast gives a value a type that it fits, in or out of an interface.
func cast(v reflect.Value, t reflect.Type) reflect.Value {
	if v.Type() == t {
		return v
	}
	if v.Kind() == reflect.Interface {
		if v.IsNil() {
			return reflect.Zero(t)
		}
		if t.Kind() == reflect.Interface {
			return faced(v.Interface(), t)
		}
		x := v.Elem()
		if o, ok := x.Interface().(Object); ok {
			x = reflect.ValueOf(o.V)
		}
		v = x
	}
	if t.Kind() == reflect.Interface && !v.Type().Implements(t) {
		return faced(v.Interface(), t)
	}
	if t == anyType && (v.Kind() == reflect.Pointer || v.Kind() == reflect.Map || v.Kind() == reflect.Slice || v.Kind() == reflect.Func) && v.IsNil() {
		return reflect.Zero(t)
	}
	return v.Convert(t)
}

// faced makes what an interface holds a value of a compiled interface.
func faced(x any, t reflect.Type) reflect.Value {
	out := reflect.New(t).Elem()
	switch x := open(x).(type) {
	case nil:
	case Object:
		if t == anyType {
			out.Set(reflect.ValueOf(x))
			break
		}
		out.Set(x.proxy(t))
	default:
		v := reflect.ValueOf(x)
		if !v.Type().Implements(t) {
			panic(missing(x, t))
		}
		out.Set(v)
	}
	return out
}

func missing(x any, t reflect.Type) error {
	name := fmt.Sprintf("%T", x)
	if o, ok := x.(Object); ok {
		name = typeText(o.T.Type)
	}
	for i := range t.NumMethod() {
		if o, ok := x.(Object); ok && o.has(t.Method(i).Name) {
			continue
		}
		return typeError(fmt.Sprintf("interface conversion: %s is not %s: missing method %s", name, t, t.Method(i).Name))
	}
	return typeError(fmt.Sprintf("interface conversion: %s is not %s", name, t))
}

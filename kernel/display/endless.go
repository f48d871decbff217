package display

import "reflect"

// endless tells whether a value holds itself by slices, maps, arrays, structs or interfaces, which fmt follows without
// end, and with it the stack. Pointers inside a value it does not follow.
func endless(v any) bool {
	r := reflect.ValueOf(v)
	if r.Kind() == reflect.Pointer {
		r = r.Elem()
	}
	return r.IsValid() && holdsItself(r, map[place]bool{})
}

// place is a slice or map that the way to a value has come by.
type place struct {
	at  uintptr
	len int
	is  reflect.Type
}

func holdsItself(v reflect.Value, way map[place]bool) bool {
	switch v.Kind() {
	case reflect.Interface:
		return !v.IsNil() && holdsItself(v.Elem(), way)
	case reflect.Struct:
		for i := range v.NumField() {
			if holdsItself(v.Field(i), way) {
				return true
			}
		}
	case reflect.Array:
		return holds(v.Type().Elem()) && some(v, way)
	case reflect.Slice, reflect.Map:
		if !holds(v.Type().Elem()) && (v.Kind() == reflect.Slice || !holds(v.Type().Key())) || v.Len() == 0 {
			return false
		}
		here := place{v.Pointer(), v.Len(), v.Type()}
		if way[here] {
			return true
		}
		way[here] = true
		defer delete(way, here)
		if v.Kind() == reflect.Slice {
			return some(v, way)
		}
		for it := v.MapRange(); it.Next(); {
			if holdsItself(it.Value(), way) {
				return true
			}
		}
	}
	return false
}

func some(list reflect.Value, way map[place]bool) bool {
	for i := range list.Len() {
		if holdsItself(list.Index(i), way) {
			return true
		}
	}
	return false
}

// holds tells whether values of a type can hold others that need a look.
func holds(t reflect.Type) bool {
	switch t.Kind() {
	case reflect.Interface, reflect.Struct, reflect.Array, reflect.Slice, reflect.Map:
		return true
	}
	return false
}

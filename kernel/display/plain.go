package display

import (
	"fmt"
	"reflect"
	"strings"
)

// longest is how many bytes of fmt's text a value shows by itself. A weight tensor printed whole would fill the page.
const longest = 20_000

// Inner is what a value of an interpreter stands for where it is printed; an interpreter that hands over others than it
// means sets it.
var Inner = func(v any) any { return v }

// Plain is the text of a value that has no drawn form: an error's message, a string as it is, fmt's text of all else,
// cut where it is long.
func Plain(v any) string {
	if err, ok := v.(error); ok && !isNil(v) {
		return "error: " + err.Error()
	}
	s := printed(Inner(v))
	if len(s) > longest {
		return fmt.Sprintf("%s... (%d bytes in all; print it to see the rest)", strings.ToValidUTF8(s[:longest], ""), len(s))
	}
	return s
}

// Header is a value that can make a smaller one of its first elements; length is how many it has in all, 0 where it prints
// itself in its own way.
type Header interface {
	Head(most int) (head any, length int)
}

// printed is fmt.Sprint, save that a large slice, array or map is not turned into text whole.
func printed(v any) string {
	head, n := any(nil), 0
	if h, ok := v.(Header); ok {
		head, n = h.Head(longest)
	} else if _, own := v.(fmt.Stringer); !own {
		head, n = Head(v, longest)
	}
	if n > longest {
		text := fmt.Sprint(head)
		return fmt.Sprintf("%s ...], %d elements", text[:len(text)-1], n)
	}
	if endless(v) {
		return fmt.Sprintf("(%T that holds itself, and has no end)", v)
	}
	return fmt.Sprint(v)
}

// Head is a slice or map of the first elements of a slice, array or map that has more than most; length is how many.
func Head(v any, most int) (head any, length int) {
	const few = 100
	r := reflect.ValueOf(v)
	switch r.Kind() {
	case reflect.Slice, reflect.Array, reflect.Map:
		if length = r.Len(); length <= most {
			return v, length
		}
	default:
		return v, 0
	}
	if r.Kind() == reflect.Map {
		some := reflect.MakeMap(r.Type())
		for it := r.MapRange(); some.Len() < few && it.Next(); {
			some.SetMapIndex(it.Key(), it.Value())
		}
		return some.Interface(), length
	}
	some := reflect.MakeSlice(reflect.SliceOf(r.Type().Elem()), few, few)
	reflect.Copy(some, r)
	return some.Interface(), length
}

// Text form and drawn form of any value.
func bundle(v any) Data {
	if d, ok := Render(v); ok {
		return d
	}
	return Text(Plain(v))
}

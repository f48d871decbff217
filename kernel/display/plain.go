package display

import (
	"fmt"
	"reflect"
)

// longest is how many bytes of fmt's text a value shows by itself. A weight tensor printed whole would fill the page.
const longest = 20_000

// Plain is the text of a value that has no drawn form: an error's message, a string as it is, fmt's text of all else,
// cut where it is long.
func Plain(v any) string {
	if err, ok := v.(error); ok && !isNil(v) {
		return "error: " + err.Error()
	}
	s := printed(v)
	if len(s) > longest {
		return fmt.Sprintf("%s... (%d bytes in all; print it to see the rest)", s[:longest], len(s))
	}
	return s
}

// printed is fmt.Sprint, save that a large slice or map of plain values is not turned into text whole.
func printed(v any) string {
	r := reflect.ValueOf(v)
	if r.Kind() == reflect.Slice && r.Len() > longest {
		head := fmt.Sprint(r.Slice(0, 100).Interface())
		return fmt.Sprintf("%s ...], %d elements", head[:len(head)-1], r.Len())
	}
	if endless(v) {
		return fmt.Sprintf("(%T that holds itself, and has no end)", v)
	}
	return fmt.Sprint(v)
}

// Text form and drawn form of any value.
func bundle(v any) Data {
	if d, ok := Render(v); ok {
		return d
	}
	return Text(Plain(v))
}

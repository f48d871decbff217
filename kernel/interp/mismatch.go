package interp

import (
	"cmp"
	"encoding/json"
	"go/types"
	"strings"
)

// mismatch keeps the error that a text is of another kind than the type.
func (d *decoder) mismatch(raw []byte, t types.Type, path []string, of string) {
	what := map[byte]string{'{': "object", '[': "array", '"': "string", 't': "bool", 'f': "bool"}[raw[0]]
	what = cmp.Or(what, "number")
	text := "json: cannot unmarshal " + what + " into Go value of type " + typeText(t)
	if len(path) > 0 {
		text = "json: cannot unmarshal " + what + " into Go struct field " + of + "." + strings.Join(path, ".") + " of type " + typeText(t)
	}
	if d.err == nil {
		d.err = mismatchError{text, &json.UnmarshalTypeError{Value: what, Type: d.in.reps.inside(t).ReflectType(), Struct: of, Field: strings.Join(path, ".")}}
	}
}

// mismatchError is package json's error in the words of the cell's types.
type mismatchError struct {
	text string
	err  *json.UnmarshalTypeError
}

// structName is the name of a struct's type.
func structName(t types.Type) string {
	if n, ok := types.Unalias(t).(*types.Named); ok {
		return n.Obj().Name()
	}
	return ""
}

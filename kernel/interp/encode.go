package interp

import (
	"encoding"
	"encoding/json"
	"errors"
	"go/types"
	"reflect"
	"strconv"
	"strings"
)

// Package json sees values by reflection, and so a cell's type without its methods, with embedded structs as fields, and
// a type that refers to itself as an any. What json.Marshal is given here is therefore an image of the value: the parts
// that write themselves are jsonObjects, structs have their embedded ones embedded, and all else is as it was.

// encoding makes the images of one call.
type encoder struct {
	in    *Interp
	needs map[string][]need
	depth int
	seen  map[uintptr]bool // pointers on the way, once it is long
}

// encodable is what package json is given for a value.
func encodable(x any) (any, error) {
	o, ok := open(x).(Object)
	if !ok {
		return x, nil
	}
	e := &encoder{in: o.T.in}
	return e.value(reflect.ValueOf(o.V), o.T.Type)
}

// imaged has encode write the image of a value.
func imaged(x any, encode func(any) error) error {
	image, err := encodable(x)
	if err != nil {
		return err
	}
	return explained(encode(image))
}

// marshal is json.Marshal, without the escapes that the caller may not want, for what is inside a compiled value.
func marshal(x any) ([]byte, error) {
	image, err := encodable(x)
	if err != nil {
		return nil, err
	}
	var b strings.Builder
	w := json.NewEncoder(&b)
	w.SetEscapeHTML(false)
	if err := w.Encode(image); err != nil {
		return nil, err
	}
	return []byte(strings.TrimSuffix(b.String(), "\n")), nil
}

// value is the image of a value of type t.
func (e *encoder) value(v reflect.Value, t types.Type) (any, error) {
	place := v
	v = opened(v, t)
	if !v.IsValid() || (v.Kind() == reflect.Pointer || v.Kind() == reflect.Map || v.Kind() == reflect.Slice) && v.IsNil() {
		return nil, nil
	}
	if !e.differs(t) {
		return v.Interface(), nil
	}
	if e.depth++; e.depth > 1000 {
		if v.Kind() == reflect.Pointer || v.Kind() == reflect.Map || v.Kind() == reflect.Slice {
			if e.seen[v.Pointer()] {
				return nil, &json.UnsupportedValueError{Value: v, Str: "encountered a cycle via " + typeText(t)}
			}
			if e.seen == nil {
				e.seen = map[uintptr]bool{}
			}
			e.seen[v.Pointer()] = true
			defer delete(e.seen, v.Pointer())
		}
	}
	defer func() { e.depth-- }()
	if o, ok := e.own(v, place, t, "MarshalJSON", "MarshalText"); ok {
		return jsonObject{o}, nil
	}
	switch u := t.Underlying().(type) {
	case *types.Struct:
		s, err := e.structure(v, u)
		if err != nil {
			return nil, err
		}
		return s.Interface(), nil
	case *types.Map:
		return e.table(v, u)
	case *types.Slice, *types.Array:
		elem := u.(interface{ Elem() types.Type }).Elem()
		if !e.differs(elem) {
			return v.Interface(), nil
		}
		list := make([]any, v.Len())
		for i := range list {
			var err error
			if list[i], err = e.value(v.Index(i), elem); err != nil {
				return nil, err
			}
		}
		return list, nil
	case *types.Pointer:
		return e.value(v.Elem(), u.Elem())
	case *types.Interface:
		o, ok := open(v.Interface()).(Object)
		if !ok {
			return v.Interface(), nil
		}
		return e.value(reflect.ValueOf(o.V), o.T.Type)
	}
	return v.Interface(), nil
}

// own is a value as an Object with one of some methods, those of a pointer to it where it has an address; ok tells
// whether there is one.
func (e *encoder) own(v, place reflect.Value, t types.Type, names ...string) (o Object, ok bool) {
	if types.IsInterface(t) {
		return o, false
	}
	for _, n := range names {
		if x := e.in.typeFor(t); x.path(n) != nil {
			return Object{v.Interface(), x}, true
		}
		if x := e.in.typeFor(types.NewPointer(t)); place.CanAddr() && x.path(n) != nil {
			return Object{place.Addr().Interface(), x}, true
		}
	}
	return o, false
}

// structure is the image of a struct.
func (e *encoder) structure(v reflect.Value, s *types.Struct) (reflect.Value, error) {
	fields := e.fields(s, anyType)
	out := reflect.New(imageType(fields)).Elem()
	for i, f := range fields {
		part := v.Field(f.index)
		switch {
		case f.inner != nil:
			if f.pointer {
				for part.IsValid() && (part.Kind() == reflect.Interface || part.Kind() == reflect.Pointer) {
					part = part.Elem()
				}
				if !part.IsValid() {
					continue
				}
			}
			inner, err := e.structure(part, f.inner)
			if err != nil {
				return out, err
			}
			if f.pointer {
				p := reflect.New(inner.Type())
				p.Elem().Set(inner)
				inner = p
			}
			out.Field(i).Set(inner)
		case !f.differs:
			out.Field(i).Set(part)
		default:
			if e.leftOut(part, f) {
				continue
			}
			x, err := e.value(part, f.t)
			if err != nil {
				return out, err
			}
			if x != nil {
				out.Field(i).Set(reflect.ValueOf(x))
			}
		}
	}
	return out, nil
}

// leftOut tells whether a field is not written, as package json would by its own type.
func (e *encoder) leftOut(v reflect.Value, f imageField) bool {
	if e.zeroes(f.t, f.tag) {
		if o, ok := e.own(v, v, f.t, "IsZero"); ok {
			zero, _ := methodOf[func() bool](o, "IsZero")
			return zero != nil && zero()
		}
	}
	if tagHas(f.tag, "omitzero") && v.IsZero() {
		return true
	}
	if !tagHas(f.tag, "omitempty") {
		return false
	}
	if v = opened(v, f.t); !v.IsValid() {
		return true
	}
	switch v.Kind() {
	case reflect.Array, reflect.Map, reflect.Slice, reflect.String:
		return v.Len() == 0
	case reflect.Struct:
		return false
	}
	return v.IsZero()
}

// table is the image of a map.
func (e *encoder) table(v reflect.Value, m *types.Map) (any, error) {
	k := v.Type().Key()
	if b, ok := m.Key().Underlying().(*types.Basic); !(ok && b.Info()&(types.IsString|types.IsInteger) != 0) &&
		!e.in.has(m.Key(), "MarshalText") && !k.Implements(reflect.TypeFor[encoding.TextMarshaler]()) {
		return nil, errors.New("json: unsupported type: " + typeText(m))
	}
	out := make(map[string]any, v.Len())
	for it := v.MapRange(); it.Next(); {
		k, err := e.key(it.Key(), m.Key())
		if err != nil {
			return nil, err
		}
		if out[k], err = e.value(it.Value(), m.Elem()); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (e *encoder) key(v reflect.Value, t types.Type) (string, error) {
	if v.Kind() == reflect.String {
		return v.String(), nil
	}
	if o, ok := e.own(v, v, t, "MarshalText"); ok && ours(t) {
		text, err := jsonObject{o}.MarshalText()
		return string(text), err
	}
	if m, ok := v.Interface().(encoding.TextMarshaler); ok {
		text, err := m.MarshalText()
		return string(text), err
	}
	switch {
	case v.CanInt():
		return strconv.FormatInt(v.Int(), 10), nil
	case v.CanUint():
		return strconv.FormatUint(v.Uint(), 10), nil
	}
	return "", errors.New("json: unsupported type of a map's key: " + typeText(t))
}

// ownError is that of a method which package json has called; it says which.
type ownError struct {
	name, method string
	err          error
}

func (e ownError) Error() string {
	return "json: error calling " + e.method + " for type " + e.name + ": " + e.err.Error()
}

func (e ownError) Unwrap() error { return e.err }

// explained is an error of package json with the name of the type whose method has failed.
func explained(err error) error {
	if own := (ownError{}); errors.As(err, &own) {
		return explainedError{own.Error(), err}
	}
	return err
}

type explainedError struct {
	text string
	err  error
}

func (e explainedError) Error() string { return e.text }

func (e explainedError) Unwrap() error { return e.err }

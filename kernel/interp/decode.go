package interp

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"go/types"
	"reflect"
	"strings"
)

// decoder reads JSON into a value of a cell's type, as package json does into one of a compiled type: parts of types
// whose representation package json would misread are read as texts first, then each by itself.
type decoder struct {
	encoder
	numbers, strict bool  // Decoder.UseNumber, Decoder.DisallowUnknownFields
	err             error // the first mismatch; package json reads on after those
	failed          error // of a method, which ends all
}

var rawType = reflect.TypeFor[json.RawMessage]()

// unmarshal is json.Unmarshal for cells.
func unmarshal(data []byte, target any) error {
	o, ok := open(target).(Object)
	if !ok {
		return json.Unmarshal(data, target)
	}
	if err := json.Unmarshal(data, new(json.RawMessage)); err != nil {
		return err // no JSON
	}
	return decode(data, o, false, false)
}

// decodeNext is Decoder.Decode for cells.
func decodeNext(from *json.Decoder, target any) error {
	o, ok := open(target).(Object)
	if !ok {
		return from.Decode(target)
	}
	var raw json.RawMessage
	if err := from.Decode(&raw); err != nil {
		return err
	}
	set := func(name string) bool {
		d := reflect.ValueOf(from).Elem().FieldByName("d")
		if !d.IsValid() || d.Kind() != reflect.Struct {
			return false
		}
		f := d.FieldByName(name)
		return f.IsValid() && f.Kind() == reflect.Bool && f.Bool()
	}
	return decode(raw, o, set("useNumber"), set("disallowUnknownFields"))
}

func decode(data []byte, o Object, numbers, strict bool) error {
	d := &decoder{encoder: encoder{in: o.T.in}, numbers: numbers, strict: strict}
	v := reflect.ValueOf(o.V)
	p, ok := o.T.Underlying().(*types.Pointer)
	switch {
	case !ok:
		return errors.New("json: Unmarshal(non-pointer " + typeText(o.T.Type) + ")")
	case !v.IsValid() || v.IsNil():
		return errors.New("json: Unmarshal(nil " + typeText(o.T.Type) + ")")
	}
	d.value(bytes.TrimSpace(data), v.Elem(), p.Elem(), nil, "")
	return cmp.Or(d.failed, d.err)
}

// save keeps the first mismatch, with the way to it.
func (d *decoder) save(err error, path []string, of string) {
	if wrong := (*json.UnmarshalTypeError)(nil); errors.As(err, &wrong) {
		if wrong.Field != "" {
			path = under(path, wrong.Field)
		}
		if wrong.Field = strings.Join(path, "."); wrong.Field != "" && wrong.Struct == "" {
			wrong.Struct = of
		}
	}
	if d.err == nil {
		d.err = err
	}
}

// under is the way to a part.
func under(path []string, name string) []string { return append(path[:len(path):len(path)], name) }

// plain reads what package json reads right by itself.
func (d *decoder) plain(raw []byte, to any, path []string, of string) {
	r := json.NewDecoder(bytes.NewReader(raw))
	if d.numbers {
		r.UseNumber()
	}
	if d.strict {
		r.DisallowUnknownFields()
	}
	if err := r.Decode(to); err != nil {
		d.save(err, path, of)
	}
}

// value reads into a place of type t; of is the name of the struct that it belongs to.
func (d *decoder) value(raw []byte, place reflect.Value, t types.Type, path []string, of string) {
	if d.failed != nil || d.methods(raw, place, t, path, of) {
		return
	}
	if d.in.reps.isOpaque(t) {
		inner := reflect.New(d.in.reps.inside(t).ReflectType()).Elem()
		if !place.IsNil() {
			inner.Set(place.Elem())
		}
		d.inside(raw, inner, t, path, of)
		if inner.IsZero() {
			place.SetZero()
		} else {
			place.Set(inner)
		}
		return
	}
	d.inside(raw, place, t, path, of)
}

// methods reads by a method of the type's own; it tells whether there is one.
func (d *decoder) methods(raw []byte, place reflect.Value, t types.Type, path []string, of string) bool {
	if !ours(t) || types.IsInterface(t) {
		return false
	}
	if _, pointer := t.Underlying().(*types.Pointer); pointer {
		return false
	}
	o, ok := d.own(place, place, t, "UnmarshalJSON")
	if ok {
		if f, ok := methodOf[func([]byte) error](o, "UnmarshalJSON"); ok {
			d.failed = f(bytes.Clone(raw))
			return true
		}
	}
	if o, ok = d.own(place, place, t, "UnmarshalText"); !ok || string(raw) == "null" {
		return ok
	}
	f, ok := methodOf[func([]byte) error](o, "UnmarshalText")
	if !ok {
		return false
	}
	var text string
	if raw[0] != '"' {
		d.mismatch(raw, t, path, of)
	} else if err := json.Unmarshal(raw, &text); err != nil {
		d.save(err, path, of)
	} else {
		d.failed = f([]byte(text))
	}
	return true
}

// inside reads into a place that holds values of type t as they are inside.
func (d *decoder) inside(raw []byte, place reflect.Value, t types.Type, path []string, of string) {
	if _, s := t.Underlying().(*types.Struct); s && raw[0] != '{' && string(raw) != "null" {
		d.mismatch(raw, t, path, of)
		return
	}
	if !d.differs(t) {
		if _, s := t.Underlying().(*types.Struct); s {
			of = ""
		}
		d.plain(raw, place.Addr().Interface(), path, cmp.Or(of, structName(t)))
		return
	}
	null := string(raw) == "null"
	switch u := t.Underlying().(type) {
	case *types.Struct:
		if null {
			return
		}
		fields := d.fields(u, rawType)
		image := reflect.New(imageType(fields))
		d.prepare(place, image.Elem(), fields)
		d.plain(raw, image.Interface(), path, structName(t))
		d.takeOver(place, image.Elem(), fields, path, structName(t))
	case *types.Pointer:
		if null {
			place.SetZero()
			return
		}
		p := place
		if place.IsNil() {
			p = reflect.New(place.Type().Elem())
			place.Set(p)
		}
		d.value(raw, p.Elem(), u.Elem(), path, of)
	case *types.Slice:
		d.slice(raw, place, u, path, of)
	case *types.Array:
		var parts []json.RawMessage
		if !d.list(raw, t, &parts, path, of) || null {
			return
		}
		for i := range place.Len() {
			if i < len(parts) {
				d.value(parts[i], place.Index(i), u.Elem(), path, of)
			} else {
				place.Index(i).SetZero()
			}
		}
	case *types.Map:
		d.table(raw, place, u, path, of)
	case *types.Interface:
		switch {
		case null:
			place.SetZero()
		case u.NumMethods() > 0:
			d.mismatch(raw, t, path, of)
		default:
			d.plain(raw, place.Addr().Interface(), path, of)
		}
	default:
		d.plain(raw, place.Addr().Interface(), path, of)
	}
}

// prepare fills a struct's image with what the struct holds.
func (d *decoder) prepare(from, image reflect.Value, fields []imageField) {
	for i, f := range fields {
		switch {
		case f.inner != nil && !f.pointer:
			d.prepare(from.Field(f.index), image.Field(i), d.fields(f.inner, rawType))
		case f.inner == nil && !f.differs:
			image.Field(i).Set(from.Field(f.index))
		}
	}
}

// takeOver fills a struct from its image.
func (d *decoder) takeOver(to, image reflect.Value, fields []imageField, path []string, of string) {
	for i, f := range fields {
		part := to.Field(f.index)
		switch {
		case f.inner != nil && f.pointer:
			if image.Field(i).IsNil() {
				continue
			}
			p := part
			for p.Kind() == reflect.Interface && !p.IsNil() {
				p = p.Elem()
			}
			if p.IsNil() || p.Kind() == reflect.Interface {
				p = reflect.New(d.in.reps.inside(f.t).ReflectType().Elem())
			}
			d.takeOver(p.Elem(), image.Field(i).Elem(), d.fields(f.inner, rawType), path, of)
			part.Set(p)
		case f.inner != nil:
			d.takeOver(part, image.Field(i), d.fields(f.inner, rawType), path, of)
		case !f.differs:
			part.Set(image.Field(i))
		default:
			if raw := image.Field(i).Bytes(); raw != nil {
				name := cmp.Or(nameOf(f.tag), f.image.Name)
				d.value(raw, part, f.t, under(path, name), of)
			}
		}
	}
}

func (e mismatchError) Error() string { return e.text }

func (e mismatchError) Unwrap() error { return e.err }

package interp

import (
	"encoding/json"
	"go/types"
	"reflect"
)

// The parts of slices, arrays and maps, which are read one by one.

// list splits an array's text; it tells whether it is one.
func (d *decoder) list(raw []byte, t types.Type, parts *[]json.RawMessage, path []string, of string) bool {
	if raw[0] != '[' && raw[0] != 'n' {
		d.mismatch(raw, t, path, of)
		return false
	}
	return json.Unmarshal(raw, parts) == nil
}

func (d *decoder) slice(raw []byte, place reflect.Value, t *types.Slice, path []string, of string) {
	var parts []json.RawMessage
	if !d.list(raw, t, &parts, path, of) {
		return
	}
	if parts == nil {
		place.SetZero()
		return
	}
	old := place.Len()
	list := place
	if len(parts) > place.Cap() || place.IsNil() {
		list = reflect.MakeSlice(place.Type(), len(parts), len(parts))
		reflect.Copy(list, place)
	} else {
		list = place.Slice(0, len(parts))
	}
	for i, p := range parts {
		if i >= old {
			list.Index(i).SetZero()
		}
		d.value(p, list.Index(i), t.Elem(), path, of)
	}
	place.Set(list)
}

func (d *decoder) table(raw []byte, place reflect.Value, t *types.Map, path []string, of string) {
	if raw[0] != '{' && raw[0] != 'n' {
		d.mismatch(raw, t, path, of)
		return
	}
	var parts map[string]json.RawMessage
	if err := json.Unmarshal(raw, &parts); err != nil {
		d.save(err, path, of)
		return
	}
	if parts == nil {
		place.SetZero()
		return
	}
	if place.IsNil() {
		place.Set(reflect.MakeMapWithSize(place.Type(), len(parts)))
	}
	for name, part := range parts {
		key := reflect.New(place.Type().Key()).Elem()
		if !d.key(name, key, t.Key(), path, of) {
			continue
		}
		elem := reflect.New(place.Type().Elem()).Elem()
		d.value(part, elem, t.Elem(), under(path, name), of)
		place.SetMapIndex(key, elem)
	}
}

// key reads a map's key.
func (d *decoder) key(name string, to reflect.Value, t types.Type, path []string, of string) bool {
	if ours(t) && d.in.has(t, "UnmarshalText") {
		text, _ := json.Marshal(name)
		return d.methods(text, to, t, path, of) && d.failed == nil
	}
	if to.Kind() == reflect.String {
		to.SetString(name)
		return true
	}
	if to.CanInt() || to.CanUint() {
		before := d.err
		d.plain([]byte(name), to.Addr().Interface(), path, of)
		return d.err == before
	}
	text, _ := json.Marshal(name) // a compiled type that reads texts
	before := d.err
	d.plain(text, to.Addr().Interface(), path, of)
	return d.err == before
}

package interp

import (
	"fmt"
	"go/types"
	"reflect"
	"strings"
)

// imageField is a field of a struct's image.
type imageField struct {
	index   int // in the struct
	t       types.Type
	tag     string
	differs bool          // from its representation
	inner   *types.Struct // of an embedded struct, or of a pointer to one
	pointer bool
	image   reflect.StructField
}

// fields are those of a struct that encoders see. Those whose image differs have the type part.
func (e *encoder) fields(s *types.Struct, part reflect.Type) (out []imageField) {
	return e.fieldsIn(s, part, map[*types.Struct]bool{})
}

func (e *encoder) fieldsIn(s *types.Struct, part reflect.Type, outer map[*types.Struct]bool) (out []imageField) {
	if outer[s] {
		return nil // embedded in itself: hidden by the outer one
	}
	outer[s] = true
	defer delete(outer, s)
	for i := range s.NumFields() {
		v := s.Field(i)
		f := imageField{index: i, t: v.Type(), tag: s.Tag(i)}
		if inner, pointer := embedded(v); inner != nil && nameOf(f.tag) == "" {
			f.inner, f.pointer = inner, pointer
			of := imageType(e.fieldsIn(inner, part, outer))
			if pointer {
				of = reflect.PointerTo(of)
			}
			f.image = reflect.StructField{Name: visible(v, i), Type: of, Anonymous: true}
			out = append(out, f)
			continue
		} else if !v.Exported() && inner == nil {
			continue
		}
		f.differs = e.differs(v.Type()) || e.zeroes(v.Type(), f.tag)
		of := part
		if !f.differs {
			of = e.in.reps.reflect(v.Type())
		}
		f.image = reflect.StructField{Name: visible(v, i), Type: of, Tag: reflect.StructTag(f.tag)}
		out = append(out, f)
	}
	return out
}

// visible is the name of a field that encoders see; they look into embedded types that are not exported.
func visible(v *types.Var, i int) string {
	if v.Exported() {
		return v.Name()
	}
	return fmt.Sprintf("Embedded%d", i)
}

func imageType(fields []imageField) reflect.Type {
	list := make([]reflect.StructField, len(fields))
	for i, f := range fields {
		list[i] = f.image
	}
	return reflect.StructOf(list)
}

// embedded is the struct that a field embeds, nil if it embeds none; pointer tells whether by a pointer.
func embedded(v *types.Var) (s *types.Struct, pointer bool) {
	if !v.Embedded() {
		return nil, false
	}
	t := v.Type()
	if p, ok := t.Underlying().(*types.Pointer); ok {
		t, pointer = p.Elem(), true
	}
	s, _ = t.Underlying().(*types.Struct)
	return s, pointer
}

// nameOf is the name that a tag gives a field.
func nameOf(tag string) string {
	name, _, _ := strings.Cut(reflect.StructTag(tag).Get("json"), ",")
	return name
}

type need struct {
	t   types.Type
	yes bool
}

// has tells whether a type, or a pointer to it, has one of some methods.
func (in *Interp) has(t types.Type, names ...string) bool {
	for _, n := range names {
		if in.typeFor(t).path(n) != nil || in.typeFor(types.NewPointer(t)).path(n) != nil {
			return true
		}
	}
	return false
}

// differs tells whether the image of a type's values may differ from their representation.
func (e *encoder) differs(t types.Type) bool {
	key := typeKey(t)
	for _, n := range e.needs[key] {
		if types.Identical(n.t, t) {
			return n.yes
		}
	}
	if e.needs == nil {
		e.needs = map[string][]need{}
	}
	e.needs[key] = append(e.needs[key], need{t, true}) // of one that refers to itself
	yes := e.find(t)
	for i, n := range e.needs[key] {
		if types.Identical(n.t, t) {
			e.needs[key][i].yes = yes
		}
	}
	return yes
}

func (e *encoder) find(t types.Type) bool {
	if n, ok := types.Unalias(t).(*types.Named); ok {
		if _, linked := e.in.reps.compiled(n); linked {
			return false
		}
		if e.in.has(t, "MarshalJSON", "MarshalText", "UnmarshalJSON", "UnmarshalText") {
			return true
		}
	}
	if e.in.reps.isOpaque(t) {
		return true
	}
	switch u := t.Underlying().(type) {
	case *types.Struct:
		for i := range u.NumFields() {
			f := u.Field(i)
			if f.Embedded() || f.Exported() && (e.differs(f.Type()) || e.zeroes(f.Type(), u.Tag(i))) {
				return true
			}
		}
	case *types.Map:
		return e.differs(u.Key()) || e.differs(u.Elem())
	case interface{ Elem() types.Type }:
		return e.differs(u.Elem())
	case *types.Interface:
		return true
	}
	return false
}

// zeroes tells whether a field is left out where its method IsZero says so.
func (e *encoder) zeroes(t types.Type, tag string) bool {
	return ours(t) && tagHas(tag, "omitzero") && e.in.has(t, "IsZero")
}

func tagHas(tag, option string) bool {
	_, options, _ := strings.Cut(reflect.StructTag(tag).Get("json"), ",")
	for o := range strings.SplitSeq(options, ",") {
		if o == option {
			return true
		}
	}
	return false
}

package interp

import (
	"encoding"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"reflect"
	"strings"
)

// What the standard library looks for in a value that it prints or writes, given to Objects: the methods String, Error,
// Format and GoString for fmt, Unwrap, Is and As for errors, MarshalJSON and MarshalText for encoders.

// Format prints an Object as fmt would print a compiled value of its type.
func (o Object) Format(s fmt.State, verb rune) {
	if f := formatter(o, verb, s.Flag('#')); f != nil {
		f(s, verb)
		return
	}
	if verb == 'T' {
		fmt.Fprint(s, typeText(o.T.Type))
		return
	}
	printer{s: s, verb: verb, in: o.T.in}.at(reflect.ValueOf(o.V), o.T.Type, 0)
}

// formatter is the method by which a value prints itself, nil if there is none.
func formatter(o Object, verb rune, sharp bool) (f func(fmt.State, rune)) {
	defer func() {
		if r := recover(); r == nilDereference { // a method of what is embedded by a nil pointer
			f = func(s fmt.State, verb rune) { fmt.Fprint(s, "<nil>") }
		} else if r != nil {
			panic(r)
		}
	}()
	if f, ok := methodOf[func(fmt.State, rune)](o, "Format"); ok {
		return f
	}
	text := func(name string, f func() string) func(fmt.State, rune) {
		return func(s fmt.State, verb rune) {
			defer func() {
				if r := recover(); r != nil {
					if passes(r) {
						panic(r)
					}
					if v := reflect.ValueOf(o.V); o.V == nil || v.Kind() == reflect.Pointer && v.IsNil() {
						fmt.Fprint(s, "<nil>")
						return
					}
					fmt.Fprintf(s, "%%!%c(PANIC=%s method: %v)", verb, name, r)
				}
			}()
			fmt.Fprintf(s, directive(s, verb), f())
		}
	}
	if sharp && verb == 'v' {
		if f, ok := methodOf[func() string](o, "GoString"); ok {
			return func(s fmt.State, _ rune) { fmt.Fprint(s, f()) }
		}
		return nil
	}
	switch verb {
	case 'v', 's', 'x', 'X', 'q':
		if f, ok := methodOf[func() string](o, "Error"); ok {
			return text("Error", f)
		}
		if f, ok := methodOf[func() string](o, "String"); ok {
			return text("String", f)
		}
	}
	return nil
}

// directive spells the flags and the verb with which a Formatter was called.
func directive(s fmt.State, verb rune) string {
	var b strings.Builder
	b.WriteByte('%')
	for _, f := range "+-# 0" {
		if s.Flag(int(f)) {
			b.WriteRune(f)
		}
	}
	if w, ok := s.Width(); ok {
		fmt.Fprint(&b, w)
	}
	if p, ok := s.Precision(); ok {
		fmt.Fprint(&b, ".", p)
	}
	b.WriteRune(verb)
	return b.String()
}

// methodOf is a method of an Object, if it has one of that name and type.
func methodOf[F any](o Object, name string) (f F, ok bool) {
	if o.T == nil || !o.has(name) {
		return f, false
	}
	m := o.method(name)
	if !m.IsValid() { // its cell did not compile
		return f, false
	}
	f, ok = m.Interface().(F)
	return f, ok
}

type stringer struct{ o Object }

func (s stringer) object() Object                 { return s.o }
func (s stringer) String() string                 { f, _ := methodOf[func() string](s.o, "String"); return f() }
func (s stringer) Format(st fmt.State, verb rune) { s.o.Format(st, verb) }

// plainError is an Object as an error; wrapping and joining also have the method that errors.Is and errors.As follow.
type plainError struct{ o Object }

func (e plainError) object() Object                 { return e.o }
func (e plainError) Error() string                  { f, _ := methodOf[func() string](e.o, "Error"); return f() }
func (e plainError) Format(st fmt.State, verb rune) { e.o.Format(st, verb) }

// Is is asked by errors.Is when the two are not equal.
func (e plainError) Is(target error) bool {
	if same(e, target) {
		return true
	}
	f, ok := methodOf[func(error) bool](e.o, "Is")
	return ok && f(target)
}

type wrappingError struct{ plainError }

func (e wrappingError) Unwrap() error { f, _ := methodOf[func() error](e.o, "Unwrap"); return f() }

type joinedError struct{ plainError }

func (e joinedError) Unwrap() []error { f, _ := methodOf[func() []error](e.o, "Unwrap"); return f() }

func asError(o Object) error {
	e := plainError{o}
	if _, ok := methodOf[func() error](o, "Unwrap"); ok {
		return wrappingError{e}
	}
	if _, ok := methodOf[func() []error](o, "Unwrap"); ok {
		return joinedError{e}
	}
	return e
}

// errorsAs is errors.As for any type of target: fits sees whether an error is of it, and set keeps that. A cell's own
// method As is given the target as boxed makes it.
func errorsAs(err error, fits func(any) bool, set func(any), target any, boxed func(any) any) bool {
	for err != nil {
		if fits(err) {
			set(err)
			return true
		}
		if h, ok := err.(holder); ok {
			if f, ok := methodOf[func(any) bool](h.object(), "As"); ok && f(boxed(target)) {
				return true
			}
		} else if a, ok := err.(interface{ As(any) bool }); ok && a.As(target) {
			return true
		}
		switch u := err.(type) {
		case interface{ Unwrap() error }:
			err = u.Unwrap()
		case interface{ Unwrap() []error }:
			for _, e := range u.Unwrap() {
				if errorsAs(e, fits, set, target, boxed) {
					return true
				}
			}
			return false
		default:
			return false
		}
	}
	return false
}

type jsonObject struct{ o Object }

func (j jsonObject) object() Object { return j.o }
func (j jsonObject) MarshalJSON() ([]byte, error) {
	if f, ok := methodOf[func() ([]byte, error)](j.o, "MarshalJSON"); ok {
		b, err := f()
		if err != nil {
			return nil, ownError{typeText(j.o.T.Type), "MarshalJSON", err}
		}
		return b, nil
	}
	b, err := j.MarshalText()
	if err != nil {
		return nil, ownError{typeText(j.o.T.Type), "MarshalText", err}
	}
	return json.Marshal(string(b))
}
func (j jsonObject) MarshalText() ([]byte, error) {
	f, ok := methodOf[func() ([]byte, error)](j.o, "MarshalText")
	if !ok {
		return nil, errors.New("no method MarshalText")
	}
	return f()
}
func (j jsonObject) Format(st fmt.State, verb rune) { j.o.Format(st, verb) }

// MarshalJSON writes an Object inside a compiled value, a slice of any for example.
func (o Object) MarshalJSON() ([]byte, error) { return marshal(o) }

var _ encoding.TextMarshaler = jsonObject{}

// printed is what package fmt is given for a value: an Object prints itself, an error must be one for %w. A list of any
// is printed by us too, which know how deep in it an Object stands: a pointer there is an address.
func (in *Interp) printed(x any) any {
	switch o := x.(type) {
	case nil:
		return nil
	case Object:
		switch {
		case o.has("Error"):
			return asError(o)
		case o.has("LogValue"):
			return o.proxy(reflect.TypeFor[slog.LogValuer]()).Interface()
		}
		return x
	}
	if t := reflect.TypeOf(x); t.Name() == "" && holdsAny(t) {
		if list, err := in.typeOf(t); err == nil {
			return Object{x, in.typeFor(list)}
		}
	}
	return x
}

func holdsAny(t reflect.Type) bool {
	switch t.Kind() {
	case reflect.Slice, reflect.Array, reflect.Map:
		return t.Elem() == anyType || t.Elem().Name() == "" && holdsAny(t.Elem()) || t.Kind() == reflect.Map && t.Key() == anyType
	}
	return false
}

// formed is the compiled form of an Object that has methods which the standard library looks for; nil where it has none.
func formed(o Object) any {
	switch {
	case o.T == nil:
		return nil
	case o.has("MarshalJSON") || o.has("MarshalText"):
		return jsonObject{o}
	case o.has("Error"):
		return asError(o)
	case o.has("String") || o.has("Format") || o.has("GoString"):
		return stringer{o}
	}
	return nil
}

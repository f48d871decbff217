package interp

import (
	"io"
	"reflect"
)

// Package io asks a reader and a writer whether they have further methods, which a proxy of io.Reader and io.Writer
// alone would hide.

type proxied struct{ o Object }

func (p proxied) object() Object { return p.o }

type (
	copyingReader struct {
		proxied
		io.Reader
		io.WriterTo
	}
	copyingWriter struct {
		proxied
		io.Writer
		io.ReaderFrom
	}
	stringWriter struct {
		proxied
		io.Writer
		io.StringWriter
	}
	copyingStringWriter struct {
		proxied
		io.Writer
		io.ReaderFrom
		io.StringWriter
	}
)

// stream is a proxy with the further methods that an Object has; the proxy itself if it has none.
func (o Object) stream(t reflect.Type, proxy reflect.Value) reflect.Value {
	switch t {
	case reflect.TypeFor[io.Reader]():
		if w, ok := another[io.WriterTo](o); ok {
			return reflect.ValueOf(copyingReader{proxied{o}, proxy.Interface().(io.Reader), w})
		}
	case reflect.TypeFor[io.Writer]():
		w := proxy.Interface().(io.Writer)
		r, reads := another[io.ReaderFrom](o)
		s, strings := another[io.StringWriter](o)
		switch {
		case reads && strings:
			return reflect.ValueOf(copyingStringWriter{proxied{o}, w, r, s})
		case reads:
			return reflect.ValueOf(copyingWriter{proxied{o}, w, r})
		case strings:
			return reflect.ValueOf(stringWriter{proxied{o}, w, s})
		}
	}
	return proxy
}

// another is an Object as an interface, if it is one.
func another[T any](o Object) (x T, ok bool) {
	t := reflect.TypeFor[T]()
	if !o.has(t.Method(0).Name) || !o.implements(t) {
		return x, false
	}
	x, ok = o.proxy(t).Interface().(T)
	return x, ok
}

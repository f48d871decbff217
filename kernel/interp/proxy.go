package interp

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"sort"
	"sync"

	"github.com/cosmos72/gomacro/imports"
	"github.com/hardneg/hardneg/kernel/interp/combine"
	"github.com/hardneg/hardneg/kernel/interp/stop"
)

// proxy is an Object as a compiled interface. That of error is kept simple, so that two of equal Objects are equal.
func (o Object) proxy(t reflect.Type) reflect.Value {
	if t == errorType {
		return reflect.ValueOf(asError(o))
	}
	if t == reflect.TypeFor[fmt.Stringer]() {
		return reflect.ValueOf(stringer{o})
	}
	if proxyOf(t) == nil {
		panic(fmt.Sprintf("a cell's type cannot become %v: it has methods that cannot be bound", t))
	}
	if c := o.combined(t); c.IsValid() {
		return c
	}
	return o.plainProxy(o.T.widest(t))
}

// combined is an Object as a combination of t and what else it is; invalid if there is none.
func (o Object) combined(t reflect.Type) reflect.Value {
	for _, c := range combine.All {
		if c.Base != t || slices.ContainsFunc(c.Further, func(f reflect.Type) bool { return !o.implements(f) }) {
			continue
		}
		p := reflect.New(c.Struct)
		p.Elem().Field(0).Set(reflect.ValueOf(o))
		p.Elem().Field(1).Set(o.plainProxy(c.Base))
		for i, f := range c.Further {
			p.Elem().Field(2 + i).Set(o.plainProxy(f))
		}
		return p
	}
	return reflect.Value{}
}

// widest is the interface with the most methods that the type has and that has those of t: a value keeps what it can
// besides, as a reader does that can be closed.
func (t *Type) widest(face reflect.Type) reflect.Type {
	t.mu.Lock()
	best, known := t.wide[face]
	t.mu.Unlock()
	if known {
		return best
	}
	best = face
	loadProxies()
	for other := range proxies.of {
		if n := other.NumMethod(); n < best.NumMethod() || n == best.NumMethod() && (best == face || other.String() >= best.String()) ||
			!other.Implements(face) || !(Object{T: t}).implements(other) {
			continue
		}
		best = other
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.wide == nil {
		t.wide = map[reflect.Type]reflect.Type{}
	}
	t.wide[face] = best
	return best
}

// plainProxy is an Object as a compiled interface alone.
func (o Object) plainProxy(t reflect.Type) reflect.Value {
	of := proxyOf(t)
	p := reflect.New(of)
	p.Elem().Field(0).Set(reflect.ValueOf(o))
	for i := 1; i < of.NumField(); i++ {
		f := of.Field(i)
		name := f.Name[:len(f.Name)-1]
		m := o.method(name)
		if !m.IsValid() {
			panic(missing(o, t))
		}
		call := func(args []reflect.Value) []reflect.Value { return castCall(m, args[1:], f.Type) }
		if n := f.Type.NumOut(); n > 0 && f.Type.Out(n-1) == errorType {
			call = o.T.in.failing(call, f.Type)
		}
		p.Elem().Field(i).Set(reflect.MakeFunc(f.Type, call))
	}
	return o.stream(t, p)
}

// failing makes a panic of a method an error, on a goroutine of compiled code, where it would end the process: os/exec
// writes to a cell's io.Writer on one.
func (in *Interp) failing(call func([]reflect.Value) []reflect.Value, t reflect.Type) func([]reflect.Value) []reflect.Value {
	return func(args []reflect.Value) (out []reflect.Value) {
		if stop.Current() == nil {
			defer func() {
				r := recover()
				if r == nil {
					return
				}
				out = nil
				for i := range t.NumOut() - 1 {
					out = append(out, reflect.Zero(t.Out(i)))
				}
				err := reflect.New(errorType).Elem()
				err.Set(reflect.ValueOf(errors.New("panic: " + panicText(r))))
				out = append(out, err)
			}()
		}
		return call(args)
	}
}

var proxies struct {
	sync.Once
	of map[reflect.Type]reflect.Type
	is map[reflect.Type]bool
}

func loadProxies() {
	proxies.Do(func() {
		proxies.of, proxies.is = map[reflect.Type]reflect.Type{}, map[reflect.Type]bool{}
		paths := make([]string, 0, len(imports.Packages))
		for path := range imports.Packages {
			paths = append(paths, path)
		}
		sort.Strings(paths)
		for _, path := range paths {
			p := imports.Packages[path]
			for name, proxy := range p.Proxies {
				if t := p.Types[name]; t != nil {
					proxies.of[t], proxies.is[proxy] = proxy, true
				}
			}
		}
		for _, c := range combine.All {
			proxies.is[c.Struct] = true
		}
	})
}

func proxyOf(t reflect.Type) reflect.Type { loadProxies(); return proxies.of[t] }
func isProxy(t reflect.Type) bool         { loadProxies(); return proxies.is[t] }

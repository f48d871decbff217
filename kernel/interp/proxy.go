package interp

import (
	"errors"
	"fmt"
	"reflect"
	"sort"
	"sync"

	"github.com/cosmos72/gomacro/imports"
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
	of := proxyOf(t)
	if of == nil {
		panic(fmt.Sprintf("a cell's type cannot become %v: it has methods that cannot be bound", t))
	}
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
	})
}

func proxyOf(t reflect.Type) reflect.Type { loadProxies(); return proxies.of[t] }
func isProxy(t reflect.Type) bool         { loadProxies(); return proxies.is[t] }

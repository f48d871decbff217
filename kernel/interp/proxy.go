package interp

import (
	"fmt"
	"reflect"
	"sort"
	"sync"

	"github.com/cosmos72/gomacro/imports"
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
		p.Elem().Field(i).Set(reflect.MakeFunc(f.Type, func(args []reflect.Value) []reflect.Value {
			return castCall(m, args[1:], f.Type)
		}))
	}
	return p
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

package interp

import (
	"fmt"
	"go/types"
	"reflect"
	"sync"
)

// Object is a value of a cell's type in an interface: reflection knows only the representation. Two are equal where Go
// says so.
type Object struct {
	V any
	T *Type
}

// Type is a type that cells have declared, while programs run.
type Type struct {
	types.Type
	in      *Interp
	mu      sync.Mutex
	methods map[string]*path // nil: it has none of that name
}

// path is the way from a receiver through embedded fields to a method.
type path struct {
	fields []int
	last   *types.Func
}

// typeFor is the one Type of a type.
func (in *Interp) typeFor(t types.Type) *Type {
	in.objects.Lock()
	defer in.objects.Unlock()
	text := typeKey(t)
	for _, x := range in.objects.types[text] {
		if types.Identical(x.Type, t) {
			return x
		}
	}
	if in.objects.types == nil {
		in.objects.types = map[string][]*Type{}
	}
	x := &Type{Type: plainly(t), in: in, methods: map[string]*path{}}
	in.objects.types[text] = append(in.objects.types[text], x)
	return x
}

// objects is what values in interfaces need while programs run.
type objects struct {
	sync.Mutex
	types map[string][]*Type
	funcs map[string]reflect.Value // compiled methods, with the receiver first, by their names here
}

// forgetMethods has all types look anew which methods they have.
func (o *objects) forgetMethods() {
	o.Lock()
	defer o.Unlock()
	for _, list := range o.types {
		for _, t := range list {
			t.mu.Lock()
			clear(t.methods)
			t.mu.Unlock()
		}
	}
}

var mainPackage = types.NewPackage(mainPath, "main")

func (t *Type) path(name string) *path {
	t.mu.Lock()
	defer t.mu.Unlock()
	if p, ok := t.methods[name]; ok {
		return p
	}
	var p *path
	if s := types.NewMethodSet(t.Type).Lookup(mainPackage, name); s != nil {
		p = &path{s.Index()[:len(s.Index())-1], s.Obj().(*types.Func)}
	}
	t.methods[name] = p
	return p
}

func (o Object) has(name string) bool { return o.T.path(name) != nil }

// method is a method bound to its receiver, as a function; invalid if there is none. What a pointer points to is looked at
// when the function is called.
func (o Object) method(name string) reflect.Value {
	p := o.T.path(name)
	if p == nil {
		return reflect.Value{}
	}
	v := reflect.ValueOf(o.V)
	if !v.IsValid() {
		v = reflect.Zero(o.T.in.reps.inside(o.T.Type).ReflectType())
	}
	holder := func() reflect.Value {
		v := v
		for _, i := range p.fields {
			v = through(v).Field(i)
		}
		return v
	}
	sig := p.last.Signature()
	recv := sig.Recv().Type()
	plain := types.NewSignatureType(nil, nil, nil, sig.Params(), sig.Results(), sig.Variadic())
	if types.IsInterface(recv) {
		t := o.T.in.reps.plain(plain).ReflectType()
		return reflect.MakeFunc(t, func(args []reflect.Value) []reflect.Value {
			return castCall(lookup(holder().Interface(), name, nil), args, t)
		})
	}
	if p.last.Pkg().Path() != mainPath && namedOf(recv).TypeArgs().Len() == 0 {
		t := o.T.in.reps.plain(plain).ReflectType()
		return reflect.MakeFunc(t, func(args []reflect.Value) []reflect.Value {
			v := holder()
			if v.Kind() != reflect.Pointer && v.CanAddr() {
				v = v.Addr()
			}
			return castCall(v.MethodByName(name), args, t)
		})
	}
	o.T.in.objects.Lock()
	f := o.T.in.objects.funcs[o.T.in.methodName(p.last)]
	o.T.in.objects.Unlock()
	if !f.IsValid() {
		return reflect.Value{}
	}
	var in, out []reflect.Type
	for i := 1; i < f.Type().NumIn(); i++ {
		in = append(in, f.Type().In(i))
	}
	for i := range f.Type().NumOut() {
		out = append(out, f.Type().Out(i))
	}
	_, pointer := recv.Underlying().(*types.Pointer)
	return reflect.MakeFunc(reflect.FuncOf(in, out, f.Type().IsVariadic()), func(args []reflect.Value) []reflect.Value {
		args = append([]reflect.Value{o.receiver(holder(), pointer, p.last, f.Type().In(0))}, args...)
		if f.Type().IsVariadic() {
			return f.CallSlice(args)
		}
		return f.Call(args)
	})
}

// receiver makes a value, or what it points to, the receiver of a compiled method, whose first parameter has type t.
func (o Object) receiver(v reflect.Value, pointer bool, f *types.Func, t reflect.Type) reflect.Value {
	switch isPointer := v.Kind() == reflect.Pointer || v.Kind() == reflect.Interface && v.Elem().Kind() == reflect.Pointer; {
	case pointer && !isPointer:
		if !v.CanAddr() {
			c := reflect.New(v.Type()).Elem()
			c.Set(v)
			v = c
		}
		v = v.Addr()
	case !pointer && isPointer:
		recv := namedOf(f.Signature().Recv().Type())
		if _, deep := recv.Underlying().(*types.Pointer); !deep {
			if v.IsNil() || v.Kind() == reflect.Interface && v.Elem().IsNil() {
				panic(nilReceiver(recv, f.Name()))
			}
			v = through(v)
		}
	}
	out := reflect.New(t).Elem()
	if v.Kind() != reflect.Pointer || !v.IsNil() || t.Kind() != reflect.Interface {
		out.Set(v)
	}
	return out
}

// through follows a pointer, also inside an interface.
func through(v reflect.Value) reflect.Value {
	for v.Kind() == reflect.Interface || v.Kind() == reflect.Pointer {
		if v.IsNil() {
			panic(nilDereference)
		}
		v = v.Elem()
	}
	if !v.IsValid() {
		panic(nilDereference)
	}
	return v
}

var (
	anyType   = reflect.TypeFor[any]()
	errorType = reflect.TypeFor[error]()
)

// open takes the value out of what an interface may hold: a proxy becomes the Object in it.
func open(x any) any {
	switch p := x.(type) {
	case holder:
		return p.object()
	case nil, Object:
		return x
	}
	if v := reflect.ValueOf(x); v.Kind() == reflect.Pointer && !v.IsNil() && v.Elem().Kind() == reflect.Struct && isProxy(v.Elem().Type()) {
		if o, ok := v.Elem().Field(0).Interface().(Object); ok {
			return o
		}
	}
	return x
}

// holder is a compiled form of an Object.
type holder interface{ object() Object }

// naked is an Object's value.
func naked(x any) any {
	if o, ok := x.(Object); ok {
		return o.V
	}
	return x
}

// bare is what compiled code is given where it looks at a value by reflection: the representation, or the proxy with
// those methods of the Object that the standard library looks for.
func bare(x any) any {
	o, ok := x.(Object)
	if !ok {
		return x
	}
	if f := formed(o); f != nil {
		return f
	}
	return o.V
}

// implements tells whether a value has the methods of an interface.
func (in *Interp) implements(x any, t *types.Interface) bool {
	switch x := open(x).(type) {
	case nil:
		return false
	case Object:
		return types.Implements(x.T.Type, t)
	default:
		v := reflect.TypeOf(x)
		for i := range t.NumMethods() {
			if _, ok := v.MethodByName(t.Method(i).Name()); !ok {
				return false
			}
		}
		return true
	}
}

// same compares what two interfaces hold.
func same(a, b any) bool {
	a, b = open(a), open(b)
	if x, ok := a.(Object); ok {
		if y, ok := b.(Object); ok && x.T == y.T && !types.Comparable(x.T.Type) {
			panic(typeError("runtime error: comparing uncomparable type " + typeText(x.T.Type)))
		}
	}
	return a == b
}

// lookup is a method of an interface's value, bound to it.
func lookup(x any, name string, t reflect.Type) reflect.Value {
	switch x := open(x).(type) {
	case nil:
		panic(nilDereference)
	case Object:
		if f := x.method(name); f.IsValid() {
			return f
		}
		panic(missing(x, reflect.TypeFor[any]()))
	default:
		f := reflect.ValueOf(x).MethodByName(name)
		if !f.IsValid() {
			panic(fmt.Sprintf("%T has no method %s", x, name))
		}
		if t == nil || f.Type() == t {
			return f
		}
		return adapt(f, t)
	}
}

// adapt makes a function look as if it had type t, whose parameters and results have the same values.
func adapt(f reflect.Value, t reflect.Type) reflect.Value {
	return reflect.MakeFunc(t, func(args []reflect.Value) []reflect.Value { return castCall(f, args, t) })
}

// castCall calls f with args, which have f's types or ones of the same values, and gives the results the types of t's.
func castCall(f reflect.Value, args []reflect.Value, t reflect.Type) []reflect.Value {
	in := make([]reflect.Value, len(args))
	for i, a := range args {
		in[i] = cast(a, f.Type().In(i))
	}
	call := f.Call
	if f.Type().IsVariadic() {
		call = f.CallSlice
	}
	out := call(in)
	for i := range out {
		out[i] = cast(out[i], t.Out(i))
	}
	return out
}

// cast gives a value a type that it fits, in or out of an interface.
func cast(v reflect.Value, t reflect.Type) reflect.Value {
	if v.Type() == t {
		return v
	}
	if v.Kind() == reflect.Interface {
		if v.IsNil() {
			return reflect.Zero(t)
		}
		if t.Kind() == reflect.Interface {
			return faced(v.Interface(), t)
		}
		x := v.Elem()
		if o, ok := x.Interface().(Object); ok {
			x = reflect.ValueOf(o.V)
		}
		v = x
	}
	if t.Kind() == reflect.Interface && !v.Type().Implements(t) {
		return faced(v.Interface(), t)
	}
	if t == anyType && (v.Kind() == reflect.Pointer || v.Kind() == reflect.Map || v.Kind() == reflect.Slice || v.Kind() == reflect.Func) && v.IsNil() {
		return reflect.Zero(t)
	}
	return v.Convert(t)
}

// faced makes what an interface holds a value of a compiled interface.
func faced(x any, t reflect.Type) reflect.Value {
	out := reflect.New(t).Elem()
	switch x := open(x).(type) {
	case nil:
	case Object:
		if t == anyType {
			out.Set(reflect.ValueOf(x))
			break
		}
		out.Set(x.proxy(t))
	default:
		v := reflect.ValueOf(x)
		if !v.Type().Implements(t) {
			panic(missing(x, t))
		}
		out.Set(v)
	}
	return out
}

func missing(x any, t reflect.Type) error {
	name := fmt.Sprintf("%T", x)
	if o, ok := x.(Object); ok {
		name = typeText(o.T.Type)
	}
	for i := range t.NumMethod() {
		if o, ok := x.(Object); ok && o.has(t.Method(i).Name) {
			continue
		}
		return typeError(fmt.Sprintf("interface conversion: %s is not %s: missing method %s", name, t, t.Method(i).Name))
	}
	return typeError(fmt.Sprintf("interface conversion: %s is not %s", name, t))
}

// typeError is a runtime.Error, as Go panics with for a failed type assertion.
type typeError string

func (e typeError) Error() string { return string(e) }
func (e typeError) RuntimeError() {}

// nilReceiver is the panic of a method of a value, called with a nil pointer in an interface.
func nilReceiver(t *types.Named, method string) typeError {
	return typeError(fmt.Sprintf("value method %s.%s called using nil *%s pointer", typeText(t), method, t.Obj().Name()))
}

const nilDereference = typeError("runtime error: invalid memory address or nil pointer dereference")

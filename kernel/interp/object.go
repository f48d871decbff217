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
	methods map[string]*path              // nil: it has none of that name
	wide    map[reflect.Type]reflect.Type // what widest has found
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
			clear(t.wide)
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
		return apply(f, args)
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

// typeError is a runtime.Error, as Go panics with for a failed type assertion.
type typeError string

func (e typeError) Error() string { return string(e) }

func (e typeError) RuntimeError() {}

// nilReceiver is the panic of a method of a value, called with a nil pointer in an interface.
func nilReceiver(t *types.Named, method string) typeError {
	return typeError(fmt.Sprintf("value method %s.%s called using nil *%s pointer", typeText(t), method, t.Obj().Name()))
}

const nilDereference = typeError("runtime error: invalid memory address or nil pointer dereference")

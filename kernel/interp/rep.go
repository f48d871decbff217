package interp

import (
	"errors"
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"reflect"

	"github.com/cosmos72/gomacro/imports"
	"github.com/cosmos72/gomacro/xreflect"
)

// The interpreter knows types by reflection alone, which can make neither a named type nor one that refers to itself.
// All that names and methods mean is therefore settled before, by the checker's types, and each type has a
// representation without names: that of its underlying type. An interface that cells write is `any`, one that compiled
// code declares is itself. A type through which another refers to itself is opaque: `any` too, around the value as it
// would be otherwise. Pointers are made opaque first, then slices, maps, channels and functions.

// reps remembers representations.
type reps struct {
	in     *Interp
	types  []repOf             // by identity of types
	byText map[string][]int    // their indices, by text
	idents map[string]bool     // the names that the interpreter has for them
	opaque map[types.Type]bool // by pointer, a cache
}

type repOf struct {
	t     types.Type
	id    int
	x     xreflect.Type
	inner xreflect.Type // of an opaque type, as it is inside
}

func newReps(in *Interp) *reps {
	return &reps{in: in, byText: map[string][]int{}, idents: map[string]bool{}, opaque: map[types.Type]bool{}}
}

// refused is what lowering gives up with, by a panic that lower recovers.
type refused struct{ err error }

// index is the entry of a type.
func (r *reps) index(t types.Type) *repOf {
	text := typeKey(t)
	for _, i := range r.byText[text] {
		if types.Identical(r.types[i].t, t) {
			return &r.types[i]
		}
	}
	r.types = append(r.types, repOf{t: t, id: len(r.types)})
	r.byText[text] = append(r.byText[text], len(r.types)-1)
	return &r.types[len(r.types)-1]
}

// of is the representation of a type.
func (r *reps) of(t types.Type) xreflect.Type {
	id := r.index(t).id
	if x := r.types[id].x; x != nil {
		return x
	}
	var x xreflect.Type
	if r.isOpaque(t) {
		x = r.in.ir.Comp.TypeOfInterface()
	} else {
		x = r.plain(t)
	}
	r.types[id].x = x
	return x
}

// inside is the representation of what an opaque type holds, that of any other type.
func (r *reps) inside(t types.Type) xreflect.Type {
	if !r.isOpaque(t) {
		return r.of(t)
	}
	id := r.index(t).id
	if r.types[id].inner == nil {
		x := r.plain(t)
		r.types[id].inner = x
	}
	return r.types[id].inner
}

func (r *reps) reflect(t types.Type) reflect.Type { return r.of(t).ReflectType() }

// compiled is the reflected type of a named type of a linked package.
func (r *reps) compiled(n *types.Named) (reflect.Type, bool) {
	o := n.Obj()
	if o.Pkg() == nil {
		return reflect.TypeFor[error](), true // the only one but comparable
	}
	if o.Pkg().Path() == mainPath || n.TypeArgs().Len() > 0 {
		return nil, false
	}
	if o.Pkg().Path() == "unsafe" {
		return nil, false
	}
	t, ok := imports.Packages[o.Pkg().Path()].Types[o.Name()]
	return t, ok
}

func (r *reps) plain(t types.Type) xreflect.Type {
	u := r.in.ir.Comp.Universe
	switch t := types.Unalias(t).(type) {
	case *types.Named:
		if c, ok := r.compiled(t); ok {
			return r.exact(u.FromReflectType(c), c)
		}
		if p := t.Obj().Pkg(); p.Path() != mainPath {
			if t.TypeArgs().Len() == 0 || r.in.overlay(t.Obj()) == nil {
				if missingGeneric(t.Obj()) {
					panic(refused{errors.New(genericText(t.Obj()))})
				}
				if _, ok := t.Underlying().(*types.Struct); ok {
					panic(refused{fmt.Errorf("the type %s is not linked into the kernel", types.TypeString(t, nil))})
				}
			}
		}
		return r.plain(t.Underlying())
	case *types.Basic:
		if t.Kind() == types.UnsafePointer {
			return u.BasicTypes[reflect.UnsafePointer]
		}
		if t.Kind() == types.UntypedNil {
			return r.in.ir.Comp.TypeOfInterface()
		}
		b := types.Default(t).(*types.Basic)
		return u.BasicTypes[kinds[b.Kind()]]
	case *types.Pointer:
		return r.exact(u.PtrTo(r.of(t.Elem())), reflect.PointerTo(r.reflect(t.Elem())))
	case *types.Slice:
		return r.exact(u.SliceOf(r.of(t.Elem())), reflect.SliceOf(r.reflect(t.Elem())))
	case *types.Array:
		return r.exact(u.ArrayOf(int(t.Len()), r.of(t.Elem())), reflect.ArrayOf(int(t.Len()), r.reflect(t.Elem())))
	case *types.Map:
		return r.exact(u.MapOf(r.of(t.Key()), r.of(t.Elem())), reflect.MapOf(r.reflect(t.Key()), r.reflect(t.Elem())))
	case *types.Chan:
		dir := map[types.ChanDir]reflect.ChanDir{types.SendRecv: reflect.BothDir, types.SendOnly: reflect.SendDir, types.RecvOnly: reflect.RecvDir}[t.Dir()]
		return r.exact(u.ChanOf(dir, r.of(t.Elem())), reflect.ChanOf(dir, r.reflect(t.Elem())))
	case *types.Signature:
		in, out := r.tuple(t.Params()), r.tuple(t.Results())
		return r.exact(u.FuncOf(in, out, t.Variadic()), reflect.FuncOf(reflected(in), reflected(out), t.Variadic()))
	case *types.Struct:
		pkg := u.LoadPackage(mainPath)
		fields := make([]xreflect.StructField, t.NumFields())
		for i := range fields {
			f := t.Field(i)
			fields[i] = xreflect.StructField{Name: fieldName(f, i), Pkg: pkg, Type: r.of(f.Type()), Tag: tagOf(t, i)}
		}
		return u.StructOf(fields)
	case *types.Interface:
		return r.in.ir.Comp.TypeOfInterface()
	case *types.TypeParam:
		panic(refused{fmt.Errorf("the type parameter %s is not known here", t)})
	}
	panic(refused{fmt.Errorf("type %v is not supported in cells", t)})
}

// exact is x with its reflected type. A linked type that refers to itself may have been met on the way to another: the
// interpreter then takes it for unfinished for ever, and what is made of it for slices, pointers and so on of a type that
// it does not know.
func (r *reps) exact(x xreflect.Type, t reflect.Type) xreflect.Type {
	return r.in.ir.Comp.Universe.MakeType(x.GoType(), t, xreflect.OptDefault)
}

func (r *reps) tuple(t *types.Tuple) (out []xreflect.Type) {
	for i := range t.Len() {
		out = append(out, r.of(t.At(i).Type()))
	}
	return out
}

func reflected(list []xreflect.Type) (out []reflect.Type) {
	for _, t := range list {
		out = append(out, t.ReflectType())
	}
	return out
}

// tagOf is the tag of a field. One that is not exported has a name here that looks so to encoders, which must not see it.
func tagOf(t *types.Struct, i int) reflect.StructTag {
	if f := t.Field(i); !f.Exported() && !f.Embedded() {
		return `json:"-" xml:"-"`
	}
	return reflect.StructTag(t.Tag(i))
}

// fieldName is the name of a struct's field in its representation; blank ones must differ.
func fieldName(f *types.Var, i int) string {
	if f.Name() == "_" {
		return fmt.Sprintf("blank%d", i)
	}
	return f.Name()
}

var kinds = map[types.BasicKind]reflect.Kind{
	types.Bool: reflect.Bool, types.Int: reflect.Int, types.Int8: reflect.Int8, types.Int16: reflect.Int16,
	types.Int32: reflect.Int32, types.Int64: reflect.Int64, types.Uint: reflect.Uint, types.Uint8: reflect.Uint8,
	types.Uint16: reflect.Uint16, types.Uint32: reflect.Uint32, types.Uint64: reflect.Uint64, types.Uintptr: reflect.Uintptr,
	types.Float32: reflect.Float32, types.Float64: reflect.Float64, types.Complex64: reflect.Complex64,
	types.Complex128: reflect.Complex128, types.String: reflect.String,
}

// ident is an expression that the interpreter reads as the representation of a type.
func (r *reps) ident(t types.Type, at token.Pos) ast.Expr { return r.name(r.of(t), t, "", at) }

// insideIdent is the same for what an opaque type holds.
func (r *reps) insideIdent(t types.Type, at token.Pos) ast.Expr {
	return r.name(r.inside(t), t, "in·", at)
}

func (r *reps) name(x xreflect.Type, t types.Type, prefix string, at token.Pos) ast.Expr {
	if b, ok := types.Unalias(t).(*types.Basic); ok && kinds[b.Kind()] != 0 {
		return &ast.Ident{NamePos: at, Name: b.Name()}
	}
	name := fmt.Sprintf("type·%s%d", prefix, r.index(t).id)
	if !r.idents[name] {
		r.idents[name] = true
		outer := r.in.ir.Comp.Outer
		if outer.Types == nil {
			outer.Types = map[string]xreflect.Type{}
		}
		outer.Types[name] = x
	}
	return &ast.Ident{NamePos: at, Name: name}
}

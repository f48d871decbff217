package interp

import (
	"fmt"
	"go/ast"
	"go/types"
	"reflect"
)

// asType takes a value of type t out of an interface's value; ok tells whether it is one. A value that comes from
// reflection has lost its name, and is of any type of a cell that it fits.
func (in *Interp) asType(x any, t types.Type, rt reflect.Type, own *Type, nameless bool) (v reflect.Value, ok bool) {
	if i, isInterface := t.Underlying().(*types.Interface); isInterface {
		if !in.implements(x, i) {
			return reflect.Zero(rt), false
		}
		if rt == anyType {
			return some(open(x)), true
		}
		if o := open(x); rt.Kind() == reflect.Interface {
			if _, isObject := o.(Object); !isObject && !reflect.TypeOf(o).Implements(rt) {
				return reflect.Zero(rt), false
			}
		}
		return faced(x, rt), true
	}
	switch x := open(x).(type) {
	case nil:
		return reflect.Zero(rt), false
	case Object:
		if x.T != own {
			return reflect.Zero(rt), false
		}
		if x.V == nil {
			return reflect.Zero(rt), true
		}
		return cast(reflect.ValueOf(x.V), rt), true
	default:
		vt := reflect.TypeOf(x)
		if own != nil && (!nameless || isBasicKind(vt.Kind())) {
			return reflect.Zero(rt), false
		}
		if vt == rt || rt == anyType && own != nil && vt == in.reps.inside(t).ReflectType() {
			if rt == anyType {
				return some(x), true
			}
			return reflect.ValueOf(x), true
		}
		return reflect.Zero(rt), false
	}
}

func isBasicKind(k reflect.Kind) bool { return k <= reflect.Complex128 || k == reflect.String }

// reflects tells a call of reflect.Value's method Interface.
func (l *lowerer) reflects(e ast.Expr) bool {
	c, ok := ast.Unparen(e).(*ast.CallExpr)
	if !ok {
		return false
	}
	sel, ok := ast.Unparen(c.Fun).(*ast.SelectorExpr)
	if !ok {
		return false
	}
	f, ok := l.object(sel.Sel).(*types.Func)
	return ok && f.FullName() == "(reflect.Value).Interface"
}

// assert is x.(t) with one value.
func (l *lowerer) assert(x ast.Expr, t types.Type, from types.Type, nameless bool) ast.Expr {
	in, rt, own := l.in, l.in.reps.reflect(t), l.own(t)
	name := fmt.Sprintf("as·%d·%t", in.reps.index(t).id, nameless)
	must := func(v reflect.Value) reflect.Value {
		out, ok := in.asType(inner(v), t, rt, own, nameless)
		if !ok {
			panic(badAssertion(inner(v), t, from))
		}
		return out
	}
	if l.isBasic(t) {
		f := reflect.MakeFunc(reflect.FuncOf([]reflect.Type{anyType}, []reflect.Type{rt}, false), func(a []reflect.Value) []reflect.Value {
			return []reflect.Value{must(a[0])}
		})
		return l.function(name, f, x.Pos(), x)
	}
	return l.op(name, in.reps.of(t), must, x)
}

func badAssertion(x any, t, from types.Type) error {
	switch o := open(x).(type) {
	case nil:
		return typeError(fmt.Sprintf("interface conversion: %s is nil, not %s", nilFace(from, t), typeText(t)))
	case Object:
		if i, ok := t.Underlying().(*types.Interface); ok {
			m, _ := types.MissingMethod(o.T.Type, i, true)
			if m != nil {
				return typeError(fmt.Sprintf("interface conversion: %s is not %s: missing method %s", typeText(o.T.Type), typeText(t), m.Name()))
			}
		}
		return typeError(fmt.Sprintf("interface conversion: %s is %s, not %s", typeText(from), typeText(o.T.Type), typeText(t)))
	default:
		if i, ok := t.Underlying().(*types.Interface); ok {
			for k := range i.NumMethods() {
				if _, ok := reflect.TypeOf(o).MethodByName(i.Method(k).Name()); !ok {
					return typeError(fmt.Sprintf("interface conversion: %T is not %s: missing method %s", o, typeText(t), i.Method(k).Name()))
				}
			}
		}
		return typeError(fmt.Sprintf("interface conversion: %s is %T, not %s", typeText(from), o, typeText(t)))
	}
}

// nilFace is how Go names an interface that holds nothing; only a conversion to an interface does not say which.
func nilFace(from, to types.Type) string {
	if types.IsInterface(to) {
		return "interface"
	}
	return typeText(from)
}

// maybe is x.(t) with two values.
func (l *lowerer) maybe(x ast.Expr, t types.Type, nameless bool) ast.Expr {
	in, rt, own := l.in, l.in.reps.reflect(t), l.own(t)
	f := reflect.MakeFunc(reflect.FuncOf([]reflect.Type{anyType}, []reflect.Type{rt, reflect.TypeFor[bool]()}, false), func(a []reflect.Value) []reflect.Value {
		out, ok := in.asType(inner(a[0]), t, rt, own, nameless)
		return []reflect.Value{out, reflect.ValueOf(ok)}
	})
	return l.functionOf(fmt.Sprintf("maybe·%d·%t", in.reps.index(t).id, nameless), f, in.reps.of(t), x.Pos(), x)
}

// isOf tells whether an interface's value has type t.
func (l *lowerer) isOf(x ast.Expr, t types.Type, nameless bool) ast.Expr {
	in, rt, own := l.in, l.in.reps.reflect(t), l.own(t)
	return l.truth(fmt.Sprintf("is·%d·%t", in.reps.index(t).id, nameless), func(v reflect.Value) bool {
		_, ok := in.asType(inner(v), t, rt, own, nameless)
		return ok
	}, x)
}

// own is the Type of a type that only cells have.
func (l *lowerer) own(t types.Type) *Type {
	if types.IsInterface(t) || !ours(t) {
		return nil
	}
	return l.in.typeFor(t)
}

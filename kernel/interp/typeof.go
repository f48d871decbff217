package interp

import (
	"fmt"
	"go/token"
	"go/types"
	"reflect"
)

// typeOf is the checker's form of a compiled type.
func (in *Interp) typeOf(t reflect.Type) (types.Type, error) {
	if t.Name() != "" && t.PkgPath() != "" {
		p, err := in.data.Import(t.PkgPath())
		if err != nil {
			return nil, err
		}
		o := p.Scope().Lookup(t.Name())
		if o == nil {
			return nil, fmt.Errorf("no type %s in %s", t.Name(), t.PkgPath())
		}
		return o.Type(), nil
	}
	if t.Name() != "" {
		if o := types.Universe.Lookup(t.Name()); o != nil {
			return o.Type(), nil
		}
	}
	elem := func(make func(types.Type) types.Type) (types.Type, error) {
		e, err := in.typeOf(t.Elem())
		if err != nil {
			return nil, err
		}
		return make(e), nil
	}
	switch t.Kind() {
	case reflect.Pointer:
		return elem(func(e types.Type) types.Type { return types.NewPointer(e) })
	case reflect.Slice:
		return elem(func(e types.Type) types.Type { return types.NewSlice(e) })
	case reflect.Array:
		return elem(func(e types.Type) types.Type { return types.NewArray(e, int64(t.Len())) })
	case reflect.Map:
		k, err := in.typeOf(t.Key())
		if err != nil {
			return nil, err
		}
		return elem(func(e types.Type) types.Type { return types.NewMap(k, e) })
	case reflect.Interface:
		if t.NumMethod() == 0 {
			return types.Universe.Lookup("any").Type(), nil
		}
	case reflect.Func:
		var tuples [2]*types.Tuple
		for i, n := range []int{t.NumIn(), t.NumOut()} {
			var vars []*types.Var
			for k := range n {
				r := t.In
				if i == 1 {
					r = t.Out
				}
				v, err := in.typeOf(r(k))
				if err != nil {
					return nil, err
				}
				vars = append(vars, types.NewParam(token.NoPos, nil, "", v))
			}
			tuples[i] = types.NewTuple(vars...)
		}
		return types.NewSignatureType(nil, nil, nil, tuples[0], tuples[1], t.IsVariadic()), nil
	}
	return nil, fmt.Errorf("no type for %v", t)
}

package interp

import (
	"fmt"
	"go/types"
	"slices"
)

// typeKey is a text that identical types share, whatever aliases they are written with.
func typeKey(t types.Type) string {
	switch t := types.Unalias(t).(type) {
	case *types.Named:
		text := t.Obj().Name()
		for i := range t.TypeArgs().Len() {
			text += "," + typeKey(t.TypeArgs().At(i))
		}
		return text
	case *types.Pointer:
		return "*" + typeKey(t.Elem())
	case *types.Slice:
		return "[]" + typeKey(t.Elem())
	case *types.Array:
		return "[" + fmt.Sprint(t.Len()) + "]" + typeKey(t.Elem())
	case *types.Map:
		return "map " + typeKey(t.Key()) + " " + typeKey(t.Elem())
	case *types.Chan:
		return "chan " + typeKey(t.Elem())
	case *types.Signature:
		return fmt.Sprint("func ", t.Params().Len(), t.Results().Len())
	case *types.Struct:
		return fmt.Sprint("struct ", t.NumFields())
	case *types.Interface:
		return fmt.Sprint("interface ", t.NumMethods())
	default:
		return t.String()
	}
}

// plainly writes a type without aliases.
func plainly(t types.Type) types.Type {
	switch t := types.Unalias(t).(type) {
	case *types.Pointer:
		return types.NewPointer(plainly(t.Elem()))
	case *types.Slice:
		return types.NewSlice(plainly(t.Elem()))
	case *types.Array:
		return types.NewArray(plainly(t.Elem()), t.Len())
	case *types.Map:
		return types.NewMap(plainly(t.Key()), plainly(t.Elem()))
	case *types.Chan:
		return types.NewChan(t.Dir(), plainly(t.Elem()))
	default:
		return t
	}
}

// ours tells whether a type mentions one that a cell declares, so that reflection alone does not know it.
func ours(t types.Type) bool {
	switch t := types.Unalias(t).(type) {
	case *types.Named:
		return t.Obj().Pkg() != nil && (t.Obj().Pkg().Path() == mainPath || t.TypeArgs().Len() > 0)
	case *types.Struct:
		for i := range t.NumFields() {
			if f := t.Field(i); !f.Exported() || f.Embedded() {
				return true
			}
		}
	case *types.Interface:
		return t.NumMethods() > 0
	}
	return slices.ContainsFunc(components(types.Unalias(t)), ours)
}

// components are the types that a type without a name is written with.
func components(t types.Type) (out []types.Type) {
	switch t := t.(type) {
	case interface{ Elem() types.Type }: // pointer, slice, array, channel, map
		if m, ok := t.(*types.Map); ok {
			out = append(out, m.Key())
		}
		out = append(out, t.Elem())
	case *types.Signature:
		for _, list := range []*types.Tuple{t.Params(), t.Results()} {
			for v := range list.Variables() {
				out = append(out, v.Type())
			}
		}
	case *types.Struct:
		for f := range t.Fields() {
			out = append(out, f.Type())
		}
	}
	return out
}

package interp

import (
	"go/types"
	"slices"
)

// isOpaque tells types through which a type refers to itself.
func (r *reps) isOpaque(t types.Type) bool {
	rank := opaqueRank(t)
	if rank == 0 {
		return false
	}
	if o, ok := r.opaque[t]; ok {
		return o
	}
	o := reaches(t, t, rank, r, 0)
	r.opaque[t] = o
	return o
}

// opaqueRank orders the kinds of types that can be opaque: those of a smaller rank are made so first.
func opaqueRank(t types.Type) int {
	if n, ok := types.Unalias(t).(*types.Named); ok && n.Obj().Pkg() != nil && n.Obj().Pkg().Path() != mainPath && n.TypeArgs().Len() == 0 {
		return 0 // compiled
	}
	switch t.Underlying().(type) {
	case *types.Pointer:
		return 1
	case *types.Slice:
		return 2
	case *types.Map:
		return 3
	case *types.Chan:
		return 4
	case *types.Signature:
		return 5
	}
	return 0
}

// reaches tells whether the type goal is met among the parts of t, without passing through types of a smaller rank that
// are opaque themselves.
func reaches(goal, t types.Type, rank int, r *reps, depth int) bool {
	seen := map[types.Type]bool{}
	var walk func(t types.Type) bool
	part := func(t types.Type) bool {
		if types.Identical(goal, t) {
			return true
		}
		if k := opaqueRank(t); k > 0 && k < rank && r.isOpaque(t) {
			return false
		}
		return walk(t)
	}
	walk = func(t types.Type) bool {
		t = types.Unalias(t)
		if n, ok := t.(*types.Named); ok {
			if seen[n] || n.Obj().Pkg() == nil {
				return false
			}
			if p := n.Obj().Pkg().Path(); p != mainPath && n.TypeArgs().Len() == 0 {
				return false
			}
			for s := range seen {
				if types.Identical(s, n) {
					return false
				}
			}
			if len(seen) > 200 {
				return false
			}
			seen[n] = true
			t = n.Underlying()
		}
		return slices.ContainsFunc(components(t), part)
	}
	return walk(t)
}

package interp

import "go/types"

// mention is a variable or a constant for another step than the one that declares it. The checker's own knows the scope
// that it was first put into, and that scope all that its step has mentioned: kept for each cell, they would take more
// memory than the variables themselves. Types and functions stay what they are, by which they are known.
func mention(o types.Object) types.Object {
	switch o := o.(type) {
	case *types.Var:
		return types.NewVar(o.Pos(), mainPackage, o.Name(), o.Type())
	case *types.Const:
		return types.NewConst(o.Pos(), mainPackage, o.Name(), o.Type(), o.Val())
	}
	return o
}

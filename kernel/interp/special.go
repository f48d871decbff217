package interp

import (
	"fmt"
	"go/ast"
	"go/types"
	"reflect"
)

// special lowers calls of linked functions that look at types by reflection, which does not know those of cells.
func (l *lowerer) special(e *ast.CallExpr, fun ast.Expr) ast.Expr {
	sel, ok := fun.(*ast.SelectorExpr)
	if !ok {
		return nil
	}
	f, ok := l.object(sel.Sel).(*types.Func)
	if !ok || f.Pkg() == nil || f.Signature().Recv() != nil {
		return nil
	}
	switch f.FullName() {
	case "errors.As":
		p, ok := l.typeOf(e.Args[1]).Underlying().(*types.Pointer)
		if !ok || l.in.reps.isOpaque(l.typeOf(e.Args[1])) {
			return nil
		}
		t := p.Elem()
		in, rt, own := l.in, l.in.reps.reflect(t), l.own(t)
		boxed := func(target any) any { return target }
		if own != nil {
			pointer := in.typeFor(l.typeOf(e.Args[1]))
			boxed = func(target any) any { return Object{target, pointer} }
		}
		g := reflect.MakeFunc(reflect.FuncOf([]reflect.Type{errorType, reflect.PointerTo(rt)}, []reflect.Type{reflect.TypeFor[bool]()}, false), func(a []reflect.Value) []reflect.Value {
			var found reflect.Value
			err, _ := a[0].Interface().(error)
			ok := errorsAs(err, func(x any) bool {
				v, ok := in.asType(x, t, rt, own, false)
				if ok {
					found = v
				}
				return ok
			}, func(any) { a[1].Elem().Set(found) }, a[1].Interface(), boxed)
			return []reflect.Value{reflect.ValueOf(ok)}
		})
		return l.function(fmt.Sprintf("errors.As·%d", in.reps.index(t).id), g, e.Pos(), l.value(e.Args[0], types.Universe.Lookup("error").Type()), l.expr(e.Args[1]))
	}
	return nil
}

package interp

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"

	"github.com/cosmos72/gomacro/fast"
	"github.com/cosmos72/gomacro/xreflect"
)

// slice lowers x[low:high:max]. Slices of slices and arrays are cut by a built-in of our own, which panics in Go's words;
// gomacro's own cuts strings.
func (l *lowerer) slice(e *ast.SliceExpr) ast.Expr {
	x, t := l.unrolled(e.X), l.typeOf(e.X)
	out := &ast.SliceExpr{X: x, Lbrack: e.Lbrack, Low: l.integer(e.Low), High: l.integer(e.High), Max: l.integer(e.Max), Slice3: e.Slice3, Rbrack: e.Rbrack}
	switch t.Underlying().(type) {
	case *types.Basic:
		return l.rolled(out, l.typeOf(e))
	case *types.Array:
		x = &ast.UnaryExpr{OpPos: e.Pos(), Op: token.AND, X: x}
	}
	l.declare(cutName, fast.Builtin{ArgMin: 4, ArgMax: 4, Compile: compileCut})
	args := []ast.Expr{x, out.Low, out.High, out.Max}
	for i, a := range args {
		if a == nil {
			args[i] = ident("nil", e.Rbrack)
		}
	}
	return l.rolled(&ast.CallExpr{Fun: ident(cutName, e.Pos()), Lparen: e.Lbrack, Args: args, Rparen: e.Rbrack}, l.typeOf(e))
}

// allOf is p[:], for a lowered pointer to an array.
func (l *lowerer) allOf(p ast.Expr) ast.Expr {
	l.declare(cutName, fast.Builtin{ArgMin: 4, ArgMax: 4, Compile: compileCut})
	none := ident("nil", p.Pos())
	return callOf(ident(cutName, p.Pos()), p, none, none, none)
}

const cutName = "slice·cut"

// compileCut compiles a slice of a slice or of what a pointer to an array points to. A bound that is left out is nil.
func compileCut(c *fast.Comp, sym fast.Symbol, node *ast.CallExpr) *fast.Call {
	x := c.Expr1(node.Args[0], nil)
	get, t, array := x.AsX1(), x.Type, false
	if t.Kind() == xreflect.Ptr {
		t, array = t.Elem(), true
	}
	var bounds [3]func(*fast.Env) int
	for i := range bounds {
		if id, ok := node.Args[i+1].(*ast.Ident); ok && id.Name == "nil" {
			continue
		}
		b := c.Expr1(node.Args[i+1], nil)
		if b.Const() {
			b.ConstTo(c.TypeOfInt())
		}
		f, ok := b.WithFun().(func(*fast.Env) int)
		if !ok {
			c.Errorf("invalid argument: index %v must be integer", node.Args[i+1])
		}
		bounds[i] = f
	}
	low, high, most := bounds[0], bounds[1], bounds[2]
	of := func(env *fast.Env) xreflect.Value {
		v := get(env)
		if array {
			if v = v.Elem(); !v.IsValid() {
				panic(nilDereference)
			}
		}
		i, j := 0, -1
		if low != nil {
			i = low(env)
		}
		if high != nil {
			if j = high(env); most != nil {
				k := most(env)
				if uint(i) > uint(j) || uint(j) > uint(k) || uint(k) > uint(v.Cap()) {
					panic(badSlice3(i, j, k, v.Cap(), array))
				}
				return v.Slice3(i, j, k)
			}
			if uint(i) > uint(j) || uint(j) > uint(v.Cap()) {
				panic(badSlice(i, j, v.Cap(), array))
			}
			return v.Slice(i, j)
		}
		n := v.Len()
		if uint(i) > uint(n) {
			panic(badSlice(i, n, n, array))
		}
		return v.Slice(i, n)
	}
	out := c.Universe.SliceOf(t.Elem())
	if !array {
		out = t
	}
	arg := &fast.Expr{Lit: fast.Lit{Type: out}, Fun: of}
	return unary(c, sym, arg, out, func(v xreflect.Value) xreflect.Value { return v })
}

func extent(array bool) string {
	if array {
		return "length"
	}
	return "capacity"
}

func badBounds(format string, a ...any) error {
	return typeError("runtime error: slice bounds out of range " + fmt.Sprintf(format, a...))
}

// badSlice is the runtime's error for x[i:j].
func badSlice(i, j, n int, array bool) error {
	switch {
	case j < 0:
		return badBounds("[:%d]", j)
	case j > n:
		return badBounds("[:%d] with %s %d", j, extent(array), n)
	case i < 0:
		return badBounds("[%d:]", i)
	}
	return badBounds("[%d:%d]", i, j)
}

// badSlice3 is the runtime's error for x[i:j:k].
func badSlice3(i, j, k, n int, array bool) error {
	switch {
	case k < 0:
		return badBounds("[::%d]", k)
	case k > n:
		return badBounds("[::%d] with %s %d", k, extent(array), n)
	case j < 0:
		return badBounds("[:%d:]", j)
	case j > k:
		return badBounds("[:%d:%d]", j, k)
	case i < 0:
		return badBounds("[%d::]", i)
	}
	return badBounds("[%d:%d:]", i, j)
}

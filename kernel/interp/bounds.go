package interp

import (
	"fmt"
	"go/ast"
	"strconv"
	"unsafe"

	"github.com/cosmos72/gomacro/fast"
	"github.com/cosmos72/gomacro/xreflect"
)

// boundsName is the built-in around an index: of the index and of what is indexed. It panics in Go's words, with both
// numbers, where the interpreter would say only that an index is out of range.
const boundsName = "index·within"

func (l *lowerer) within(i, x ast.Expr) ast.Expr {
	l.declare(boundsName, fast.Builtin{ArgMin: 2, ArgMax: 2, Compile: compileWithin})
	return callOf(&ast.Ident{NamePos: i.Pos(), Name: boundsName}, i, x)
}

// compileWithin makes the check a part of the index's own evaluation.
func compileWithin(c *fast.Comp, sym fast.Symbol, node *ast.CallExpr) *fast.Call {
	x := c.Expr1(node.Args[1], nil).AsX1()
	return checkedIndex(c, sym, node.Args[0], func(env *fast.Env) (n int, ok bool) {
		v := x(env)
		if !v.IsValid() {
			return 0, false
		}
		if v.Kind() == xreflect.Ptr {
			v = v.Elem()
		}
		return v.Len(), true
	})
}

// checkedIndex is an index that panics where it is not below what length tells. Of the built-ins that gomacro knows, only
// len of a string yields an int without an allocation: the index travels as the length of a string that nobody reads.
func checkedIndex(c *fast.Comp, sym fast.Symbol, index ast.Expr, length func(*fast.Env) (int, bool)) *fast.Call {
	e := c.Expr1(index, nil)
	if e.Const() {
		e.ConstTo(c.TypeOfInt())
	}
	f, ok := e.WithFun().(func(*fast.Env) int)
	if !ok {
		c.Errorf("invalid argument: index %v must be integer", index)
	}
	text := &fast.Expr{Lit: fast.Lit{Type: c.TypeOfString()}, Fun: func(env *fast.Env) string {
		i := f(env)
		if n, ok := length(env); ok && uint(i) >= uint(n) {
			panic(outOfRange(i, n))
		}
		return *(*string)(unsafe.Pointer(&header{&nothingAtAll, max(i, 0)}))
	}}
	sym.Name = "len"
	return builtinCall(c, sym, func(s string) int { return len(s) }, []*fast.Expr{text}, c.TypeOfInt())
}

const (
	holdingName  = "index·holding"
	heldName     = "index·held"
	withHeldName = "index·with"
)

// holding is the slice x where it has an element number i, which is constant.
func (l *lowerer) holding(x, i ast.Expr) ast.Expr {
	l.declare(holdingName, fast.Builtin{ArgMin: 2, ArgMax: 2, Compile: func(c *fast.Comp, sym fast.Symbol, node *ast.CallExpr) *fast.Call {
		x, i := c.Expr1(node.Args[0], nil), c.Expr1(node.Args[1], nil)
		i.ConstTo(c.TypeOfInt())
		n, get := i.Value.(int), x.AsX1()
		arg := &fast.Expr{Lit: fast.Lit{Type: x.Type}, Fun: func(env *fast.Env) xreflect.Value {
			v := get(env)
			if v.Len() <= n {
				panic(outOfRange(n, v.Len()))
			}
			return v
		}}
		return unary(c, sym, arg, x.Type, func(v xreflect.Value) xreflect.Value { return v })
	}})
	return callOf(ident(holdingName, x.Pos()), x, i)
}

// withinHeld makes an index of the slice x, where x may be evaluated once only, one that is checked. How long x was lies
// in a place that the expression has for itself, which is enough at the top of a cell, where nothing runs twice at a time.
func (l *lowerer) withinHeld(x, i ast.Expr) (ast.Expr, ast.Expr) {
	in := l.in
	l.declare(heldName, fast.Builtin{ArgMin: 2, ArgMax: 2, Compile: func(c *fast.Comp, sym fast.Symbol, node *ast.CallExpr) *fast.Call {
		x, held := c.Expr1(node.Args[0], nil), in.heldAt(node.Args[1])
		return unary(c, sym, x, x.Type, func(v xreflect.Value) xreflect.Value {
			*held = v.Len()
			return v
		})
	}})
	l.declare(withHeldName, fast.Builtin{ArgMin: 2, ArgMax: 2, Compile: func(c *fast.Comp, sym fast.Symbol, node *ast.CallExpr) *fast.Call {
		held := in.heldAt(node.Args[1])
		return checkedIndex(c, sym, node.Args[0], func(*fast.Env) (int, bool) { return *held, true })
	}})
	in.held = append(in.held, new(int))
	n := len(in.held) - 1
	return callOf(ident(heldName, x.Pos()), x, intLit(n, x.Pos())), callOf(ident(withHeldName, i.Pos()), i, intLit(n, i.Pos()))
}

func (in *Interp) heldAt(number ast.Expr) *int {
	n, _ := strconv.Atoi(number.(*ast.BasicLit).Value)
	return in.held[n]
}

// outsideFunctions tells whether what is lowered is a part of no function, and runs on the goroutine of cells alone.
func (l *lowerer) outsideFunctions() bool {
	for _, t := range l.targets {
		if t.function != nil {
			return false
		}
	}
	return l.results == nil
}

// header is how Go lays out a string.
type header struct {
	data *byte
	len  int
}

var nothingAtAll byte

func outOfRange(i, n int) error {
	if i < 0 {
		return typeError(fmt.Sprintf("runtime error: index out of range [%d]", i))
	}
	return typeError(fmt.Sprintf("runtime error: index out of range [%d] with length %d", i, n))
}

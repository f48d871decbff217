package interp

import (
	"fmt"
	"go/ast"
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

// compileWithin makes the check a part of the index's own evaluation. Of the built-ins that gomacro knows, only len of a
// string yields an int without an allocation: the index travels as the length of a string that nobody reads.
func compileWithin(c *fast.Comp, sym fast.Symbol, node *ast.CallExpr) *fast.Call {
	i, x := c.Expr1(node.Args[0], nil), c.Expr1(node.Args[1], nil).AsX1()
	if i.Const() {
		i.ConstTo(c.TypeOfInt())
	}
	index, ok := i.WithFun().(func(*fast.Env) int)
	if !ok {
		c.Errorf("invalid argument: index %v must be integer", node.Args[0])
	}
	text := &fast.Expr{Lit: fast.Lit{Type: c.TypeOfString()}, Fun: func(env *fast.Env) string {
		i, v := index(env), x(env)
		if v.IsValid() {
			if v.Kind() == xreflect.Ptr {
				v = v.Elem()
			}
			if n := v.Len(); uint(i) >= uint(n) {
				panic(outOfRange(i, n))
			}
		}
		return *(*string)(unsafe.Pointer(&header{&nothingAtAll, max(i, 0)}))
	}}
	sym.Name = "len"
	call := builtinCall(c, sym, func(s string) int { return len(s) }, []*fast.Expr{text}, c.TypeOfInt())
	return call
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

package interp

import (
	"fmt"
	"go/ast"
	"go/token"
	"unsafe"

	"github.com/cosmos72/gomacro/fast"
	"github.com/cosmos72/gomacro/gls"
)

// A stack that grows beyond a gigabyte is a fatal error of Go's, which ends the process. Every function of a cell that
// calls another therefore starts with enterName, which looks at how much of the stack is used. What compiled code calls
// back, as sort.Slice does, counts too: it is the same stack.
const enterName = "func·enter"

// maxStack is how many bytes of stack the functions of a cell may use: some 300,000 calls of a small one. Go doubles a
// stack when it is full, so that this one has 256 MiB by then, and compiled code has the rest of them, and once more as
// much, before Go's own limit.
const maxStack = 192 << 20

// lookEvery is at how many calls within each other the stack is looked at once.
const lookEvery = 32

// tooDeep is the panic of functions that call each other without end.
type tooDeep struct{ calls int }

func (t tooDeep) String() string {
	return fmt.Sprintf("the functions of this cell called each other %d deep, and filled %d MiB of stack; "+
		"what the cell had done so far is kept", t.calls, maxStack>>20)
}

// used is how many bytes of stack the calling goroutine uses.
func used() uintptr {
	var here byte
	g := gls.GoID() // the address of the runtime's record of the goroutine, which starts with the stack's bounds
	bounds := *(**[2]uintptr)(unsafe.Pointer(&g))
	return bounds[1] - uintptr(unsafe.Pointer(&here))
}

// enter is the built-in of that name: it adds a statement of its own to the function that is being compiled, cheaper
// than a call, and stands for nothing.
func enter(c *fast.Comp, sym fast.Symbol, node *ast.CallExpr) *fast.Call {
	c.Append(func(env *fast.Env) (fast.Stmt, *fast.Env) {
		if env.CallDepth%lookEvery == 0 && used() > maxStack {
			panic(tooDeep{env.CallDepth})
		}
		env.IP++
		return env.Code[env.IP], env
	}, node.Pos())
	return nothing(c, sym)
}

// nothing is what a built-in that has compiled all by itself returns: a constant, which as a statement does nothing.
func nothing(c *fast.Comp, sym fast.Symbol) *fast.Call {
	value := c.Expr1(&ast.BasicLit{Kind: token.INT, Value: "0"}, nil).Value
	t := c.Universe.FuncOf(nil, nil, false)
	sym.Type = t
	return &fast.Call{Fun: &fast.Expr{Lit: fast.Lit{Type: t, Value: value}, Sym: &sym}, OutTypes: nil}
}

// entered adds the built-in to a function that calls anything.
func entered(body *ast.BlockStmt) {
	if body == nil || !calls(body) {
		return
	}
	at := body.Lbrace
	look := &ast.CallExpr{Fun: &ast.Ident{NamePos: at, Name: enterName}, Lparen: at, Rparen: at}
	body.List = append([]ast.Stmt{&ast.ExprStmt{X: look}}, body.List...)
}

// calls tells whether a function calls anything itself; the functions written in it look for themselves.
func calls(body ast.Node) bool {
	found := false
	ast.Inspect(body, func(n ast.Node) bool {
		switch n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.CallExpr:
			found = true
		}
		return !found
	})
	return found
}

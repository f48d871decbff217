package interp

import (
	"fmt"
	"go/ast"
	"go/token"
	"sync"
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
	return fmt.Sprintf("the functions of this cell called each other %d deep, and there is no room for more; "+
		"what the cell had done so far is kept", t.calls)
}

// used is how many bytes of stack the calling goroutine uses.
func used() uintptr {
	var here byte
	g := gls.GoID() // the address of the runtime's record of the goroutine, which starts with the stack's bounds
	bounds := *(**[2]uintptr)(unsafe.Pointer(&g))
	return bounds[1] - uintptr(unsafe.Pointer(&here))
}

// maxDefers is how many functions with a defer may be called within each other. A panic takes a time that grows with
// their number squared, since the interpreter recovers and panics again in each: one or two seconds for so many.
const maxDefers = 3000

// enter is the built-in of that name: it adds a statement of its own to the function that is being compiled, cheaper
// than a call, and stands for nothing. Its operand is 1 for a function with a defer.
func enter(c *fast.Comp, sym fast.Symbol, node *ast.CallExpr) *fast.Call {
	if node.Args[0].(*ast.BasicLit).Value == "1" {
		c.Append(enterDeferring(), node.Pos())
		return nothing(c, sym)
	}
	c.Append(func(env *fast.Env) (fast.Stmt, *fast.Env) {
		if env.CallDepth%lookEvery == 0 && used() > maxStack {
			panic(tooDeep{env.CallDepth})
		}
		env.IP++
		return env.Code[env.IP], env
	}, node.Pos())
	return nothing(c, sym)
}

// enterDeferring is the statement for a function with a defer. Where much of the stack is used it counts the functions
// of its kind among the callers, which it knows by their code.
func enterDeferring() fast.Stmt {
	var known sync.Once
	return func(env *fast.Env) (fast.Stmt, *fast.Env) {
		known.Do(func() { deferring.Store(&env.Code[0], true) })
		if env.CallDepth%lookEvery == 0 {
			if n := used(); n > maxStack || n > maxDefers*256 && defers(env) > maxDefers {
				panic(tooDeep{env.CallDepth})
			}
		}
		env.IP++
		return env.Code[env.IP], env
	}
}

// deferring has the first statement of each function with a defer that was called.
var deferring sync.Map

// defers is how many of a function's callers have a defer.
func defers(env *fast.Env) (n int) {
	for env != nil {
		if len(env.Code) > 0 {
			if _, ok := deferring.Load(&env.Code[0]); ok {
				n++
			}
		}
		for env != nil && env.Caller == nil {
			env = env.Outer
		}
		if env != nil {
			env = env.Caller
		}
	}
	return n
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
	if body == nil {
		return
	}
	calls, defers := false, 0
	ast.Inspect(body, func(n ast.Node) bool {
		switch n.(type) {
		case *ast.FuncLit:
			return false // looks for itself
		case *ast.CallExpr:
			calls = true
		case *ast.DeferStmt:
			defers = 1
		}
		return true
	})
	if calls {
		at := body.Lbrace
		body.List = append([]ast.Stmt{&ast.ExprStmt{X: call(enterName, number(at, defers))}}, body.List...)
	}
}

package interp

import (
	"fmt"
	"go/ast"
	"reflect"
	"sync"

	"github.com/cosmos72/gomacro/base"
	"github.com/cosmos72/gomacro/fast"
	"github.com/cosmos72/gomacro/xreflect"
)

// A panic in a goroutine would end the process. `go f(x)` is therefore compiled as `go guard(f)(x)`, where guard wraps
// f in a function of the same type that recovers. The arguments are still evaluated where Go evaluates them.
const guardName = "go·guard"

// failures holds the goroutines that run, and what became of those that panicked.
type failures struct {
	mu      sync.Mutex
	running map[*fast.Env]bool
	report  func(text string)
	owners  owners
}

// OnTrouble says who is told what no cell's error can say: that a goroutine has panicked, or that an interrupted cell
// does not stop. By default nobody is.
func (in *Interp) OnTrouble(report func(text string)) {
	in.goroutines.mu.Lock()
	defer in.goroutines.mu.Unlock()
	in.goroutines.report = report
}

func (g *failures) add(env *fast.Env) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.running == nil {
		g.running = map[*fast.Env]bool{}
	}
	g.running[env] = true
}

func (g *failures) remove(env *fast.Env) {
	g.mu.Lock()
	defer g.mu.Unlock()
	delete(g.running, env)
}

func (g *failures) interrupt() {
	g.mu.Lock()
	defer g.mu.Unlock()
	for env := range g.running {
		env.Run.Signals.Async = base.SigInterrupt
	}
}

func (g *failures) panicked(r any) {
	if interrupted(r) {
		return
	}
	g.tell(fmt.Sprintf("panic in a goroutine: %s\n", panicText(r)))
}

func (g *failures) tell(text string) {
	g.mu.Lock()
	report := g.report
	g.mu.Unlock()
	if report != nil {
		report(text)
	}
}

// guard is the built-in of that name. Its operand is evaluated with the environment that gomacro makes for the new
// goroutine, so the environment's Run is by then the goroutine's own, and Interrupt can reach it.
func (in *Interp) guard() fast.Builtin {
	compile := func(c *fast.Comp, sym fast.Symbol, node *ast.CallExpr) *fast.Call {
		arg := c.Expr1(node.Args[0], nil)
		if arg.Type.Kind() != reflect.Func {
			c.Errorf("cannot call %v <%v> in a goroutine: it is no function", node.Args[0], arg.Type)
		}
		f := arg.AsX1()
		pair := &fast.Expr{Lit: fast.Lit{Type: arg.Type}, Fun: func(env *fast.Env) xreflect.Value {
			return xreflect.ValueOf(in.guarded(env, f(env).ReflectValue()))
		}}
		return unary(c, sym, pair, arg.Type, func(v xreflect.Value) xreflect.Value {
			return xreflect.MakeValue(reflect.ValueOf(v.Interface()))
		})
	}
	return fast.Builtin{Compile: compile, ArgMin: 1, ArgMax: 1}
}

func (in *Interp) guarded(env *fast.Env, f reflect.Value) any {
	owner := in.Owner() // evaluated by the goroutine that starts the new one
	return reflect.MakeFunc(f.Type(), func(args []reflect.Value) (out []reflect.Value) {
		in.goroutines.add(env)
		defer in.goroutines.own(owner)()
		defer func() {
			in.goroutines.remove(env)
			if r := recover(); r != nil {
				in.goroutines.panicked(r)
				for i := range f.Type().NumOut() {
					out = append(out, reflect.Zero(f.Type().Out(i)))
				}
			}
		}()
		if f.Type().IsVariadic() {
			return f.CallSlice(args)
		}
		return f.Call(args)
	}).Interface()
}

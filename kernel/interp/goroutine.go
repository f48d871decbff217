package interp

import (
	"go/ast"
	"go/token"
	"reflect"
	"strings"
	"sync"

	"github.com/cosmos72/gomacro/fast"
	"github.com/cosmos72/gomacro/xreflect"
	"github.com/hardneg/hardneg/kernel/interp/stop"
)

// A panic in a goroutine would end the process. `go f(x)` is therefore compiled as `go guard(f)(x)`, where guard wraps
// f in a function of the same type that recovers. The arguments are still evaluated where Go evaluates them.
const guardName = "go·guard"

// failures tells what became of goroutines that panicked.
type failures struct {
	mu     sync.Mutex
	report func(text string)
	owners owners
}

// OnTrouble says who is told what no cell's error can say: that a goroutine has panicked, or that an interrupted cell
// does not stop. By default nobody is.
func (in *Interp) OnTrouble(report func(text string)) {
	in.goroutines.mu.Lock()
	defer in.goroutines.mu.Unlock()
	in.goroutines.report = report
}

func (g *failures) tell(text string) {
	g.mu.Lock()
	report := g.report
	g.mu.Unlock()
	if report != nil {
		report(text)
	}
}

// panicked tells of a goroutine that ended by a panic, with its place.
func (in *Interp) panicked(r any, env *fast.Env) {
	if interrupted(r) {
		return
	}
	e := Error{Name: "panic in a goroutine", Value: panicText(r), Frames: in.frames(env, token.NoPos)}
	in.goroutines.tell(strings.Join(e.Traceback(), "\n") + "\n")
}

// guard is the built-in of that name. Its operand is evaluated with the environment that gomacro makes for the new
// goroutine, but on the goroutine that starts it: the new one works for the same turn.
func (in *Interp) guard() fast.Builtin {
	compile := func(c *fast.Comp, sym fast.Symbol, node *ast.CallExpr) *fast.Call {
		arg := c.Expr1(node.Args[0], nil)
		if arg.Type.Kind() != reflect.Func {
			c.Errorf("cannot call %v <%v> in a goroutine: it is no function", node.Args[0], arg.Type)
		}
		f, t := arg.AsX1(), arg.Type
		if len(node.Args) > 1 {
			t = unspread(c, t)
		}
		pair := &fast.Expr{Lit: fast.Lit{Type: t}, Fun: func(env *fast.Env) xreflect.Value {
			return xreflect.ValueOf(in.guarded(env, t.ReflectType(), f(env).ReflectValue(), in.turn()))
		}}
		return unary(c, sym, pair, t, func(v xreflect.Value) xreflect.Value {
			return xreflect.MakeValue(reflect.ValueOf(v.Interface()))
		})
	}
	return fast.Builtin{Compile: compile, ArgMin: 1, ArgMax: 2}
}

// unspread is the type of a function that takes its last arguments as the slice that they are in: gomacro forgets the
// three dots of `go f(s...)`, which the lowerer therefore leaves out; a second argument of guard says so.
func unspread(c *fast.Comp, t xreflect.Type) xreflect.Type {
	var ins, outs []xreflect.Type
	for i := range t.NumIn() {
		ins = append(ins, t.In(i))
	}
	for i := range t.NumOut() {
		outs = append(outs, t.Out(i))
	}
	return c.Universe.FuncOf(ins, outs, false)
}

// turn is that of the calling goroutine. One that compiled code has started has none, and starts others for the cell
// that runs, or for none that ends.
func (in *Interp) turn() *stop.Turn {
	if t := stop.Current(); t != nil {
		return t
	}
	in.mu.Lock()
	defer in.mu.Unlock()
	if in.now != nil {
		return in.now
	}
	t := stop.NewTurn()
	in.keep(t)
	return t
}

// guarded is f as a function of the type as, with its panics caught.
func (in *Interp) guarded(env *fast.Env, as reflect.Type, f reflect.Value, t *stop.Turn) any {
	owner := in.Owner() // evaluated by the goroutine that starts the new one
	return reflect.MakeFunc(as, func(args []reflect.Value) (out []reflect.Value) {
		defer in.goroutines.own(owner)()
		leave := t.Enter(env.Run) // by now the new goroutine's own
		in.revive(t)
		defer func() {
			r := recover()
			leave()
			in.forget(t)
			if r != nil {
				in.panicked(r, env.Run.CurrEnv)
			}
			for i := range f.Type().NumOut() { // a result is of no use, but the function has its type
				out = append(out[:i], reflect.Zero(f.Type().Out(i)))
			}
		}()
		return apply(f, args)
	}).Interface()
}

// starter makes the function that starts a function in a goroutine as a cell's `go f()` does.
func (in *Interp) starter() func(f func()) {
	tree, err := parse(in.ir.Comp.Fileset, "prelude", "func(f func()) { go f() }")
	if err == nil {
		err = in.checkStep(&tree.steps[0], newScope())
	}
	if err != nil {
		panic(err) // the text is a constant
	}
	steps, err := in.build(tree)
	if err != nil {
		panic(err)
	}
	v, _ := in.ir.RunExpr1(steps[0].expr)
	return v.Interface().(func(func()))
}

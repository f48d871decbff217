package interp

import (
	"context"
	"errors"
	"go/ast"
	"go/token"
	"go/types"
	"strings"

	"github.com/cosmos72/gomacro/base"
	"github.com/cosmos72/gomacro/fast"
	"github.com/cosmos72/gomacro/xreflect"
	"github.com/hardneg/hardneg/kernel/interp/stop"
)

// Cell is what a front end sends.
type Cell struct {
	Code   string
	Number int // the execution count, by which errors name the cell

	// Show, if there is one, is called with the values while the cell still runs, so that an interrupt stops it too. Its
	// error is the cell's.
	Show func([]Value) error
}

// Value is one value of a cell's last expression.
type Value struct {
	Any  any
	Type types.Type // as the checker knows it
}

// Run compiles the whole cell, then executes it, and returns the values of the last expression; none for a statement,
// a call without results, or a cell that ends with a semicolon. The error is an *Error. A cell that does not compile
// leaves no declaration behind; one that panics or is interrupted leaves what it has done.
func (in *Interp) Run(ctx context.Context, c Cell) (values []Value, err error) {
	turn := in.begin()
	defer in.end(turn)
	defer clear(in.reps.opaque) // each type in it keeps the scopes of its cell
	src := c.Code
	name := in.cells.add(c.Number, src)
	fail := func(err error) error {
		var e *Error
		if errors.As(err, &e) {
			for i := range e.Frames {
				in.cells.fill(&e.Frames[i], c.Number)
			}
			if len(e.Frames) > 0 && (e.Name == "syntax error" || strings.HasPrefix(e.Value, "undefined: ")) {
				e.Value += noGo(e.Frames[0].Source)
			}
		}
		return err
	}
	tree, err := in.cells.parse(in.ir.Comp.Fileset, name, src)
	if err != nil {
		return nil, fail(err)
	}
	sc := in.scope.clone()
	if err := in.checkImports(tree.imports, sc); err != nil {
		return nil, fail(err)
	}
	for i := range tree.steps {
		if err := in.checkStep(&tree.steps[i], sc); err != nil {
			in.rollBack()
			return nil, fail(err)
		}
	}
	restore := in.snapshot()
	steps, err := in.build(tree)
	if err != nil {
		restore()
		in.rollBack()
		return nil, fail(err)
	}
	in.undos = nil
	in.scope = sc
	in.cells.declare(tree.steps)
	return in.execute(ctx, turn, steps, tree, c.Show)
}

// execute runs the steps of a cell and, when they have ended, what they have deferred.
func (in *Interp) execute(ctx context.Context, turn *stop.Turn, steps []compiled, tree *parsed, show func([]Value) error) (values []Value, err error) {
	run := in.ir.PrepareEnv().Run
	ctx, leave := in.enter(ctx, turn, run)
	defer leave()
	in.laters, in.queue = laters{}, nil
	at := token.NoPos
	var failure any
	failed := false
	failing := func(f func()) {
		defer func() {
			if r := recover(); r != nil && r != any(endOfCell{}) {
				failure, failed = r, true
			}
		}()
		f()
	}
	failing(func() { values = in.steps(ctx, run, steps, tree, &at) })
	if !failed && show != nil {
		failing(func() { err = show(values) })
	}
	var frames []Frame
	if failed {
		frames = in.frames(run.CurrEnv, at)
	}
	if len(in.laters.calls) > 0 {
		run.CurrEnv = nil
		var fresh bool
		if failure, failed, fresh = in.laters.unwind(run, failure, failed); fresh {
			frames = in.frames(run.CurrEnv, at)
		}
	}
	if !failed && turn.Stopped() {
		failure, failed = base.SigInterrupt, true // the last call ended because of it
	}
	if failed {
		values, err = nil, in.runtimeError(failure, frames)
		run.ExecFlags, run.Panic, run.PanicFun, run.DeferOfFun, run.InstallDefer = 0, nil, nil, nil, nil
		run.Interrupt = nil
	}
	run.CurrEnv = nil
	return values, err
}

// steps runs the steps of a cell, and returns the values of the last. at is the step that it is at.
func (in *Interp) steps(ctx context.Context, run *fast.Run, steps []compiled, tree *parsed, at *token.Pos) (values []Value) {
	for i, s := range steps {
		if ctx.Err() != nil {
			panic(base.SigInterrupt)
		}
		*at = s.pos
		in.reach(s.pos)
		if s.expr == nil {
			continue
		}
		env := in.ir.PrepareEnv()
		run.CurrEnv = env
		env.DebugPos = nil
		if s.expr.Untyped() {
			s.expr.ConstTo(s.expr.DefaultType())
		}
		first, rest := s.expr.AsXV(fast.COptKeepUntyped)(env)
		in.publish(s.methods)
		if end := len(steps) - i; end <= max(1, tree.list) && !tree.quiet {
			if of := tree.steps[len(tree.steps)-end]; shown(of) {
				values = append(values, in.collect(s.expr, first, rest, of)...)
			}
		}
	}
	return values
}

// shown tells whether a step has a result: only an expression has, and one that only prints has none.
func shown(s step) bool {
	e, ok := s.stmt.(*ast.ExprStmt)
	if !ok {
		return false
	}
	call, ok := unparen(e.X).(*ast.CallExpr)
	if !ok {
		return true
	}
	var name *ast.Ident
	switch f := call.Fun.(type) {
	case *ast.SelectorExpr:
		name = f.Sel
	case *ast.Ident: // import . "fmt"
		name = f
	default:
		return true
	}
	f, ok := s.info.Uses[name].(*types.Func)
	return !ok || f.Pkg() == nil || f.Pkg().Path() != "fmt" || !printers[f.Name()]
}

var printers = map[string]bool{
	"Print": true, "Printf": true, "Println": true, "Fprint": true, "Fprintf": true, "Fprintln": true,
	"Scan": true, "Scanf": true, "Scanln": true,
}

func unparen(e ast.Expr) ast.Expr {
	for {
		p, ok := e.(*ast.ParenExpr)
		if !ok {
			return e
		}
		e = p.X
	}
}

// collect pairs the values of an expression with their types. A last error that is nil says only that all is well,
// and is left out.
func (in *Interp) collect(e *fast.Expr, first xreflect.Value, rest []xreflect.Value, s step) (out []Value) {
	all := rest
	if len(rest) == 0 {
		all = []xreflect.Value{first}
	}
	if e.NumOut() == 0 {
		return nil
	}
	all = all[:min(len(all), e.NumOut())]
	t := s.info.TypeOf(s.stmt.(*ast.ExprStmt).X)
	if _, ok := t.(*types.Tuple); !ok {
		all = all[:1] // an element of a map comes with a second value, which only an assignment asks for
	}
	for i, v := range all {
		x := Value{Type: t}
		if tuple, ok := t.(*types.Tuple); ok {
			if i >= tuple.Len() {
				break
			}
			x.Type = tuple.At(i).Type()
		}
		if v.IsValid() && v.CanInterface() {
			x.Any = open(v.Interface())
		}
		if x.Any == nil && i == len(all)-1 && isError(x.Type) {
			break
		}
		if b, ok := x.Type.(*types.Basic); ours(x.Type) && !types.IsInterface(x.Type) && (!ok || b != nil) {
			x.Any = Object{x.Any, in.typeFor(x.Type)}
		}
		out = append(out, x)
	}
	return out
}

package interp

import (
	"context"
	"errors"
	"go/ast"
	"go/token"
	"reflect"

	"github.com/cosmos72/gomacro/ast2"
	"github.com/cosmos72/gomacro/base"
	"github.com/cosmos72/gomacro/fast"
	"github.com/cosmos72/gomacro/xreflect"
	"github.com/hardneg/hardneg/kernel/interp/stop"
)

// Cell is what a front end sends.
type Cell struct {
	Code   string
	Number int // the execution count, by which errors name the cell
}

// Value is one value of a cell's last expression.
type Value struct {
	Any  any
	Type xreflect.Type // as the interpreter knows it: a type declared in a cell has its methods here only
}

// Run compiles the whole cell, then executes it, and returns the values of the last expression; none for a statement,
// a call without results, or a cell that ends with a semicolon. The error is an *Error. A cell that does not compile
// leaves no declaration behind; one that panics or is interrupted leaves what it has done.
func (in *Interp) Run(ctx context.Context, c Cell) (values []Value, err error) {
	turn := in.begin()
	defer in.end(turn)
	src := c.Code
	name := in.cells.add(c.Number, src)
	fail := func(err error) error {
		var e *Error
		if errors.As(err, &e) {
			for i := range e.Frames {
				in.cells.fill(&e.Frames[i], c.Number)
			}
		}
		return err
	}
	tree, err := parse(in.ir.Comp.Fileset, name, src)
	if err != nil {
		return nil, fail(err)
	}
	sc := in.scope.clone()
	if err := in.checkImports(tree.imports, sc); err != nil {
		return nil, fail(err)
	}
	if err := in.refuse(tree); err != nil {
		return nil, fail(err)
	}
	for i := range tree.steps {
		if err := in.checkStep(&tree.steps[i], sc); err != nil {
			return nil, fail(err)
		}
	}
	if err := in.rewrite(tree); err != nil {
		return nil, fail(err)
	}
	restore := in.snapshot()
	steps, err := in.compile(tree)
	if err != nil {
		restore()
		return nil, fail(err)
	}
	in.scope = sc
	in.cells.declare(tree.steps)
	return in.execute(ctx, turn, steps, tree)
}

// compiled is a step that can run.
type compiled struct {
	expr *fast.Expr
	pos  token.Pos
}

func (in *Interp) compile(tree *parsed) (steps []compiled, err error) {
	at := token.NoPos
	defer func() {
		if r := recover(); r != nil {
			err = in.compileError(r, at)
		}
	}()
	c := in.ir.Comp
	if len(tree.imports) > 0 {
		at = tree.imports[0].Pos()
		for _, d := range tree.imports {
			c.CompileNode(d)
		}
	}
	for _, s := range tree.steps {
		at = s.pos()
		var e *fast.Expr
		if s.stmt != nil {
			e = in.ir.CompileAst(ast2.ToAst(s.stmt))
		} else {
			first, then := byNeed(s.decls)
			steps = append(steps, compiled{in.declarations(first), at})
			in.forward(then)
			e = in.declarations(then)
		}
		steps = append(steps, compiled{e, at})
	}
	return steps, nil
}

func (in *Interp) declarations(list []ast.Decl) *fast.Expr {
	if len(list) == 0 {
		return nil
	}
	return in.ir.CompileAst(ast2.File{X: &ast.File{Name: ast.NewIdent("main"), Decls: list}})
}

// byNeed parts types and constants, which need nothing else, from variables and functions.
func byNeed(list []ast.Decl) (first, then []ast.Decl) {
	for _, d := range list {
		if g, ok := d.(*ast.GenDecl); ok && g.Tok != token.VAR {
			first = append(first, d)
		} else {
			then = append(then, d)
		}
	}
	return first, then
}

// forward makes functions known before any is compiled, so that two may call each other. gomacro sorts declarations by
// what they need, which a circle has no order for. A method becomes known by a body that is replaced before it runs.
func (in *Interp) forward(list []ast.Decl) {
	c := in.ir.Comp
	for _, d := range list {
		f, ok := d.(*ast.FuncDecl)
		switch {
		case !ok || f.Name.Name == "_":
		case f.Recv != nil && in.recursive(f.Recv):
			c.ErrorAt(f.Pos(), "methods of a type that refers to itself are not supported in cells: write %s as a function", f.Name.Name)
		case f.Recv == nil:
			t, _, _ := c.TypeFunction(f.Type)
			c.NewBind(f.Name.Name, fast.FuncBind, t)
		case f.Recv != nil && len(f.Recv.List) == 1 && len(list) > 1:
			at := f.Body.Lbrace
			stub := call("panic", &ast.BasicLit{ValuePos: at, Kind: token.STRING, Value: `"not compiled yet"`})
			c.CompileNode(&ast.FuncDecl{Recv: f.Recv, Name: f.Name, Type: f.Type,
				Body: &ast.BlockStmt{Lbrace: at, List: []ast.Stmt{&ast.ExprStmt{X: stub}}, Rbrace: f.Body.Rbrace}})
		}
	}
}

// recursive tells whether a receiver's type refers to itself. gomacro stands an interface in for such a type, and then
// does not find its methods.
func (in *Interp) recursive(recv *ast.FieldList) bool {
	if len(recv.List) != 1 {
		return false
	}
	c := in.ir.Comp
	t := c.Types[typeName(recv.List[0].Type)]
	return t != nil && c.Universe.PtrTo(t).ReflectType() == reflect.TypeFor[xreflect.Forward]()
}

func (in *Interp) execute(ctx context.Context, turn *stop.Turn, steps []compiled, tree *parsed) (values []Value, err error) {
	env := in.ir.PrepareEnv()
	run := env.Run
	ctx, leave := in.enter(ctx, turn, run)
	defer leave()
	at := token.NoPos
	defer func() {
		if r := recover(); r != nil {
			err = in.runtimeError(r, run, at)
			values = nil
			run.ExecFlags, run.Panic, run.PanicFun, run.DeferOfFun, run.InstallDefer = 0, nil, nil, nil, nil
			run.Interrupt = nil
		}
		run.CurrEnv = nil
	}()
	for i, s := range steps {
		if ctx.Err() != nil {
			panic(base.SigInterrupt)
		}
		at = s.pos
		in.reach(at)
		if s.expr == nil {
			continue
		}
		env = in.ir.PrepareEnv()
		run.CurrEnv = env
		env.DebugPos = nil
		if s.expr.Untyped() {
			s.expr.ConstTo(s.expr.DefaultType())
		}
		first, rest := s.expr.AsXV(fast.COptKeepUntyped)(env)
		if i == len(steps)-1 && !tree.quiet && shown(tree.steps[len(tree.steps)-1]) {
			values = collect(s.expr, first, rest)
			if isReceive(tree.steps[len(tree.steps)-1]) {
				values = values[:min(len(values), 1)]
			}
		}
	}
	if turn.Stopped() {
		panic(base.SigInterrupt) // the last call ended because of it
	}
	return values, nil
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
	if sel, ok := call.Fun.(*ast.SelectorExpr); ok {
		if pkg, ok := sel.X.(*ast.Ident); ok && pkg.Name == "fmt" && printers[sel.Sel.Name] {
			return false
		}
	}
	return true
}

// isReceive tells `<-ch`, which gomacro compiles with the second value that only an assignment asks for.
func isReceive(s step) bool {
	e, ok := s.stmt.(*ast.ExprStmt)
	if !ok {
		return false
	}
	u, ok := unparen(e.X).(*ast.UnaryExpr)
	return ok && u.Op == token.ARROW
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
func collect(e *fast.Expr, first xreflect.Value, rest []xreflect.Value) (out []Value) {
	all := rest
	if len(rest) == 0 {
		all = []xreflect.Value{first}
	}
	if e.NumOut() == 0 {
		return nil
	}
	for i, v := range all {
		if i >= e.NumOut() {
			break
		}
		t := e.Out(i)
		x := Value{Type: t}
		if v.IsValid() && v.CanInterface() {
			x.Any = v.Interface()
		}
		if x.Any == nil && i == len(all)-1 && t != nil && t.String() == "error" {
			break
		}
		out = append(out, x)
	}
	return out
}

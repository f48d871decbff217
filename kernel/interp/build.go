package interp

import (
	"go/ast"
	"go/token"
	"go/types"

	"github.com/cosmos72/gomacro/ast2"
	"github.com/cosmos72/gomacro/fast"
)

// compiled is a part of a step that can run.
type compiled struct {
	expr    *fast.Expr
	pos     token.Pos
	methods []string // the functions that it declares which are methods
}

// build lowers the checked steps of a cell and compiles them.
func (in *Interp) build(tree *parsed) (steps []compiled, err error) {
	at := token.NoPos
	in.held = nil
	defer func() {
		if r := recover(); r != nil {
			err = in.compileError(r, at)
		}
	}()
	for i := range tree.steps {
		at = tree.steps[i].pos()
		low, err := in.lower(&tree.steps[i])
		if err != nil {
			return nil, err
		}
		steps = append(steps, in.compile(low)...)
	}
	return steps, nil
}

// compile makes a lowered step runnable. Functions are known before any is compiled, so that two may call each other.
func (in *Interp) compile(s *lowered) (out []compiled) {
	c := in.ir.Comp
	stopping := in.stoppable()
	var funcs compiled
	for _, f := range s.funcs {
		f.decl = stopping(f.decl).(*ast.FuncDecl)
		t, _, _ := c.TypeFunction(f.decl.Type)
		name := f.decl.Name.Name
		if b := c.Binds[name]; b != nil && (b.Desc.Class() != fast.FuncBind || b.Type.ReflectType() != t.ReflectType()) {
			delete(c.Binds, name)
		}
		if name != "_" {
			c.NewBind(name, fast.FuncBind, t)
		}
		if f.method {
			funcs.methods = append(funcs.methods, name)
		}
	}
	for _, x := range s.first {
		out = append(out, compiled{expr: in.ir.CompileAst(ast2.ToAst(stopping(x))), pos: s.pos})
	}
	in.forgetTypes(s.defines)
	var vars []compiled
	for _, v := range s.vars {
		vars = append(vars, compiled{expr: in.ir.CompileAst(ast2.ToAst(stopping(v))), pos: v.Pos()})
	}
	for _, f := range s.funcs {
		out = append(out, compiled{expr: in.ir.CompileAst(ast2.ToAst(f.decl)), pos: f.decl.Pos()})
	}
	if len(out) > 0 {
		out[len(out)-1].methods = funcs.methods
	}
	out = append(out, vars...)
	for _, name := range s.inits {
		out = append(out, compiled{expr: in.ir.CompileAst(ast2.ToAst(callOf(ident(name, s.pos)))), pos: s.pos})
	}
	for _, x := range s.stmts {
		if l, ok := x.(*ast.LabeledStmt); ok { // so that what replaces it has a parent
			x = &ast.BlockStmt{Lbrace: l.Pos(), List: []ast.Stmt{l}, Rbrace: l.End()}
		}
		out = append(out, compiled{expr: in.ir.CompileAst(ast2.ToAst(stopping(x))), pos: s.pos})
	}
	return out
}

// forgetTypes takes away variables that are declared anew with another type: the interpreter would use their place for it,
// under the eyes of functions that know the old type.
func (in *Interp) forgetTypes(list []types.Object) {
	c := in.ir.Comp
	for _, o := range list {
		if in.forgets(o) {
			delete(c.Binds, bindName(o, o.Name()))
		}
	}
}

// forgets tells whether a definition gives a name another type than it has.
func (in *Interp) forgets(o types.Object) bool {
	b := in.ir.Comp.Binds[bindName(o, o.Name())]
	if b == nil {
		return false
	}
	k := b.Desc.Class()
	return k != fast.VarBind && k != fast.IntBind || b.Type.ReflectType() != in.reps.reflect(o.Type())
}

// publish makes compiled methods known to values in interfaces.
func (in *Interp) publish(names []string) {
	if len(names) == 0 {
		return
	}
	in.objects.Lock()
	defer in.objects.Unlock()
	for _, name := range names {
		in.objects.funcs[name] = in.ir.ValueOf(name).ReflectValue()
	}
}

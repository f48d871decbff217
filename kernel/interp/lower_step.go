package interp

import (
	"errors"
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
)

// lower lowers a checked step.
func (in *Interp) lower(s *step) (out *lowered, err error) {
	defer func() {
		switch r := recover().(type) {
		case nil:
		case refused:
			err = r.err
			var e *Error
			if !errors.As(err, &e) {
				err = in.errorAt("not supported", s.pos(), err.Error())
			}
		default:
			panic(r)
		}
	}()
	out = &lowered{pos: s.pos()}
	l := &lowerer{in: in, info: s.info, rename: map[types.Object]string{}, whole: s.stmt, fresh: &in.temps, funcs: &out.funcs, first: &out.first, defines: &out.defines}
	if s.stmt != nil {
		out.stmts = l.stmt(s.stmt, "")
		return out, nil
	}
	inits := 0
	for _, d := range s.decls {
		f, ok := d.(*ast.FuncDecl)
		if !ok {
			continue
		}
		method := f.Recv != nil
		if f.Name.Name == "_" || f.Type.TypeParams != nil || method && genericReceiver(f.Recv.List[0].Type) {
			continue
		}
		name := f.Name.Name
		if method {
			decl := f
			if s.late[f] != nil {
				decl = s.late[f]
			}
			sig := s.info.Defs[decl.Name].(*types.Func).Signature()
			recv := sig.Recv()
			if s.late[f] != nil {
				recv = sig.Params().At(0)
			}
			name = in.typeName(namedOf(recv.Type()).Obj()) + "." + f.Name.Name
			f = decl
		} else if name == "init" {
			inits++
			name = fmt.Sprintf("init·%d", inits)
			out.inits = append(out.inits, name)
		}
		in.lowerFunc(l, f, s.info, name, method)
	}
	out.vars = l.variables(s)
	return out, nil
}

// lowered is a step for the interpreter.
type lowered struct {
	pos     token.Pos
	funcs   []*function
	vars    []ast.Stmt
	first   []ast.Stmt // compiled while the variables are known that stmts define anew
	stmts   []ast.Stmt
	inits   []string
	defines []types.Object // variables
}

// variables lowers the declarations of variables, each after what it needs.
func (l *lowerer) variables(s *step) (out []ast.Stmt) {
	specs := map[types.Object]*ast.ValueSpec{}
	var order []*ast.ValueSpec
	for _, d := range s.decls {
		if g, ok := d.(*ast.GenDecl); ok && g.Tok == token.VAR {
			for _, spec := range g.Specs {
				v := spec.(*ast.ValueSpec)
				order = append(order, v)
				for _, id := range v.Names {
					if o := l.info.Defs[id]; o != nil {
						specs[o] = v
					}
				}
				var left []ast.Expr
				for _, id := range v.Names {
					left = append(left, id)
				}
				l.redefine(left)
			}
		}
	}
	done := map[*ast.ValueSpec]bool{}
	emit := func(v *ast.ValueSpec) {
		if v == nil || done[v] {
			return
		}
		done[v] = true
		out = append(out, l.variable(v, func(v *ast.ValueSpec) ast.Stmt {
			return &ast.DeclStmt{Decl: &ast.GenDecl{TokPos: v.Pos(), Tok: token.VAR, Specs: []ast.Spec{v}}}
		})...)
	}
	for _, v := range order {
		if len(v.Values) == 0 {
			emit(v)
		}
	}
	for _, i := range l.info.InitOrder {
		for _, v := range i.Lhs {
			emit(specs[v])
		}
	}
	for _, v := range order {
		emit(v)
	}
	return out
}

// redefine notes the variables that a step declares.
func (l *lowerer) redefine(left []ast.Expr) {
	for _, e := range left {
		if id, ok := e.(*ast.Ident); ok && id.Name != "_" {
			if o := l.info.Defs[id]; o != nil {
				*l.defines = append(*l.defines, o)
			}
		}
	}
}

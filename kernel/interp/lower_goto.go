package interp

import (
	"go/ast"
	"go/token"
	"go/types"
)

// gomacro's goto leaves variables behind. A list of statements to whose labels a goto leads therefore becomes a loop over
// its parts, which the labels begin:
//
//	state := 0
//	again: for {
//		switch state {
//		case 0: ...; fallthrough
//		case 1: ...            // the label
//		}
//		break
//	}
//
// and the goto is `state = 1; continue again`. What the list declares is declared before, since all parts have it.

// jump is where a goto to a label leads.
type jump struct {
	state, again string
	part         int
	depth        int // how many targets of break and continue are outside
}

// jumpedTo are the labels of a list to which a goto in it leads, by the index of their statement.
func jumpedTo(list []ast.Stmt) (at map[int][]string) {
	labels := map[string]int{}
	for i, s := range list {
		for l, ok := s.(*ast.LabeledStmt); ok; l, ok = l.Stmt.(*ast.LabeledStmt) {
			labels[l.Label.Name] = i
		}
	}
	if len(labels) == 0 {
		return nil
	}
	for _, s := range list {
		ast.Inspect(s, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.FuncLit:
				return false
			case *ast.BranchStmt:
				if n.Tok != token.GOTO {
					break
				}
				if i, ok := labels[n.Label.Name]; ok {
					if at == nil {
						at = map[int][]string{}
					}
					at[i] = append(at[i], n.Label.Name)
				}
			}
			return true
		})
	}
	return at
}

// parts lowers a list to whose labels a goto leads.
func (l *lowerer) parts(list []ast.Stmt, labels map[int][]string) []ast.Stmt {
	at := list[0].Pos()
	state, again := l.temp(at, "state").Name, l.temp(at, "again").Name
	out, names := l.hoist(list)
	outer := l.jumps
	l.jumps = map[string]jump{}
	for name, j := range outer {
		l.jumps[name] = j
	}
	n := 0
	for i := range list {
		if i > 0 && labels[i] != nil {
			n++
		}
		for _, name := range labels[i] {
			l.jumps[name] = jump{state, again, n, len(l.targets)}
		}
	}
	leave := l.enter(target{parts: true})
	var clauses []ast.Stmt
	clause := &ast.CaseClause{Case: at, List: []ast.Expr{intLit(0, at)}, Colon: at}
	for i, s := range list {
		if i > 0 && labels[i] != nil {
			clause.Body = append(clause.Body, &ast.BranchStmt{TokPos: s.Pos(), Tok: token.FALLTHROUGH})
			clauses = append(clauses, clause)
			clause = &ast.CaseClause{Case: s.Pos(), List: []ast.Expr{intLit(len(clauses), s.Pos())}, Colon: s.Pos()}
		}
		for _, low := range l.stmt(s, "") {
			clause.Body = append(clause.Body, l.assigned(low, names)...)
		}
	}
	clauses = append(clauses, clause)
	leave()
	l.jumps = outer
	end := list[len(list)-1].End()
	loop := &ast.ForStmt{For: at, Body: &ast.BlockStmt{Lbrace: at, List: []ast.Stmt{
		&ast.SwitchStmt{Switch: at, Tag: ident(state, at), Body: &ast.BlockStmt{Lbrace: at, List: clauses, Rbrace: end}},
		&ast.BranchStmt{TokPos: end, Tok: token.BREAK},
	}, Rbrace: end}}
	return append(out, define(state, intLit(0, at)), labeled(again, loop))
}

// hoist declares the variables of a list, under names of their own.
func (l *lowerer) hoist(list []ast.Stmt) (out []ast.Stmt, names map[string]bool) {
	names = map[string]bool{}
	add := func(id *ast.Ident) {
		o, ok := l.info.Defs[id].(*types.Var)
		if !ok || id.Name == "_" {
			return
		}
		for _, s := range list {
			if l.keepsIn(s, o) {
				l.refuse(id, "goto is not supported in cells where a function keeps a variable beside the label, as one keeps %s: use a loop", id.Name)
			}
		}
		name := l.temp(id.Pos(), id.Name).Name
		l.rename[o], names[name] = name, true
		out = append(out, &ast.DeclStmt{Decl: &ast.GenDecl{TokPos: id.Pos(), Tok: token.VAR, Specs: []ast.Spec{
			&ast.ValueSpec{Names: []*ast.Ident{ident(name, id.Pos())}, Type: l.typ(o.Type(), id.Pos())}}}})
	}
	for _, s := range list {
		for labeled, ok := s.(*ast.LabeledStmt); ok; labeled, ok = s.(*ast.LabeledStmt) {
			s = labeled.Stmt
		}
		switch s := s.(type) {
		case *ast.AssignStmt:
			for _, e := range s.Lhs {
				if id, ok := e.(*ast.Ident); ok && s.Tok == token.DEFINE {
					add(id)
				}
			}
		case *ast.DeclStmt:
			for _, spec := range s.Decl.(*ast.GenDecl).Specs {
				if v, ok := spec.(*ast.ValueSpec); ok {
					for _, id := range v.Names {
						add(id)
					}
				}
			}
		}
	}
	return out, names
}

// assigned makes a lowered declaration of hoisted variables an assignment.
func (l *lowerer) assigned(s ast.Stmt, names map[string]bool) []ast.Stmt {
	at := s.Pos()
	switch s := s.(type) {
	case *ast.AssignStmt:
		if s.Tok != token.DEFINE {
			break
		}
		first := &ast.AssignStmt{TokPos: s.TokPos, Tok: token.DEFINE, Rhs: s.Rhs}
		second := &ast.AssignStmt{TokPos: s.TokPos, Tok: token.ASSIGN}
		for _, e := range s.Lhs {
			if id := e.(*ast.Ident); names[id.Name] {
				v := l.temp(id.Pos(), "v")
				first.Lhs = append(first.Lhs, v)
				second.Lhs, second.Rhs = append(second.Lhs, id), append(second.Rhs, ident(v.Name, id.Pos()))
				continue
			}
			first.Lhs = append(first.Lhs, e)
		}
		if len(second.Lhs) > 0 {
			return []ast.Stmt{first, second}
		}
	case *ast.DeclStmt:
		spec, ok := s.Decl.(*ast.GenDecl).Specs[0].(*ast.ValueSpec)
		if !ok || !names[spec.Names[0].Name] {
			break
		}
		set := &ast.AssignStmt{Lhs: []ast.Expr{spec.Names[0]}, TokPos: at, Tok: token.ASSIGN, Rhs: spec.Values}
		if len(spec.Values) > 0 {
			return []ast.Stmt{set}
		}
		zero := *spec
		zero.Names = []*ast.Ident{l.temp(at, "zero")}
		set.Rhs = []ast.Expr{zero.Names[0]}
		return []ast.Stmt{&ast.DeclStmt{Decl: &ast.GenDecl{TokPos: at, Tok: token.VAR, Specs: []ast.Spec{&zero}}}, set}
	}
	return []ast.Stmt{s}
}

// jump lowers a goto.
func (l *lowerer) jump(s *ast.BranchStmt) []ast.Stmt {
	j, ok := l.jumps[s.Label.Name]
	if !ok {
		l.refuse(s, "goto is not supported here in cells: use a loop, or a function that returns early")
	}
	for _, t := range l.targets[j.depth:] {
		if t.function != nil {
			l.refuse(s, "goto out of a loop over a function is not supported in cells: use break with a label")
		}
	}
	at := s.Pos()
	return []ast.Stmt{&ast.BlockStmt{Lbrace: at, List: []ast.Stmt{
		&ast.AssignStmt{Lhs: []ast.Expr{ident(j.state, at)}, TokPos: at, Tok: token.ASSIGN, Rhs: []ast.Expr{intLit(j.part, at)}},
		&ast.BranchStmt{TokPos: at, Tok: token.CONTINUE, Label: ident(j.again, at)},
	}, Rbrace: at}}
}

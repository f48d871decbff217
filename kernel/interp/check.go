package interp

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"regexp"
	"runtime"
	"sort"
	"strings"
)

// ownNames is how the checker qualifies what an earlier step has declared.
var ownNames = regexp.MustCompile(`\bmain\.`)

// check is one step on its way through Go's checker.
type check struct {
	in    *Interp
	scope scope
	pkg   *types.Package
	info  *types.Info
	file  *ast.File
	errs  []types.Error
}

// mainPath is the package path of all that cells declare. Each step is a package of its own, since nothing can be
// declared twice in one; that they have one path makes an unexported name of one step that of the others.
const mainPath = "main"

// checkStep types a step, and declares in scope what the step declares. The error is the first that Go's compiler would
// report; that a variable or a label is not used is none, a later cell may use it.
func (in *Interp) checkStep(s *step, sc scope) (err error) {
	defer func() {
		if r := recover(); r != nil { // a defect of the checker's, or of what it is given here
			err = in.errorAt("compile error", s.pos(), fmt.Sprintf("the checker fails at this: %v", r))
		}
	}()
	c := &check{in: in, scope: sc, pkg: types.NewPackage(mainPath, "main"), info: newInfo()}
	s.info = c.info
	file := &ast.File{Name: ast.NewIdent("main"), Package: s.pos()}
	if s.stmt == nil {
		if file.Decls, err = c.lateMethods(s); err != nil {
			return err
		}
	} else {
		file.Decls = []ast.Decl{wrap(s.stmt)}
	}
	c.file = file
	run := func() {
		c.see(file, map[string]bool{})
		c.types(file, &in.ir.Comp.Fileset.FileSet)
	}
	run()
	if c.nameFields() {
		c.pkg, c.info, c.errs = types.NewPackage(mainPath, "main"), newInfo(), nil
		s.info = c.info
		run()
	}
	if err := c.failure(s.stmt); err != nil {
		return err
	}
	if err := c.refuseGenericTypes(); err != nil {
		return err
	}
	c.promote(s)
	return nil
}

// types has Go's checker fill in c.info; what is wrong comes to collect.
func (c *check) types(file *ast.File, set *token.FileSet) {
	conf := &types.Config{Error: c.collect, Sizes: types.SizesFor("gc", runtime.GOARCH)}
	_ = types.NewChecker(conf, set, c.pkg, c.info).Files([]*ast.File{file})
}

func (c *check) collect(err error) {
	if e, ok := err.(types.Error); ok && !(e.Soft && strings.Contains(e.Msg, " and not used")) {
		c.errs = append(c.errs, e)
	}
}

func newInfo() *types.Info {
	return &types.Info{
		Types:      map[ast.Expr]types.TypeAndValue{},
		Instances:  map[*ast.Ident]types.Instance{},
		Defs:       map[*ast.Ident]types.Object{},
		Uses:       map[*ast.Ident]types.Object{},
		Implicits:  map[ast.Node]types.Object{},
		Selections: map[*ast.SelectorExpr]*types.Selection{},
	}
}

// wrap sets a statement into a function. The value of an expression counts as used.
func wrap(s ast.Stmt) *ast.FuncDecl {
	at := s.Pos()
	if e, ok := s.(*ast.ExprStmt); ok {
		if _, call := ast.Unparen(e.X).(*ast.CallExpr); !call {
			s = &ast.AssignStmt{Lhs: []ast.Expr{&ast.Ident{NamePos: at, Name: "_"}}, TokPos: at, Tok: token.ASSIGN, Rhs: []ast.Expr{e.X}}
		}
	}
	return &ast.FuncDecl{
		Name: &ast.Ident{NamePos: at, Name: "_"},
		Type: &ast.FuncType{Func: at, Params: &ast.FieldList{Opening: at, Closing: at}},
		Body: &ast.BlockStmt{Lbrace: at, List: []ast.Stmt{s}, Rbrace: s.End()},
	}
}

// see puts into the package what the step mentions of earlier ones, and does not declare anew itself.
func (c *check) see(file *ast.File, own map[string]bool) {
	for _, d := range file.Decls {
		for _, id := range declared(d) {
			own[id.Name] = true
		}
	}
	for _, d := range file.Decls { // the checker looks for cycles among names, and panics at one that is not declared here
		if g, ok := d.(*ast.GenDecl); ok && g.Tok == token.TYPE {
			for _, s := range g.Specs {
				s := s.(*ast.TypeSpec)
				if id, ok := s.Type.(*ast.Ident); ok && !own[id.Name] && c.scope.objects[id.Name] != nil {
					s.Type = &ast.ParenExpr{Lparen: id.Pos(), X: id, Rparen: id.End()}
				}
			}
		}
	}
	ast.Inspect(file, func(n ast.Node) bool {
		id, ok := n.(*ast.Ident)
		if !ok || own[id.Name] {
			return true
		}
		own[id.Name] = true
		if o := c.scope.objects[id.Name]; o != nil {
			c.pkg.Scope().Insert(mention(o))
		} else if p := c.scope.packages[id.Name]; p != nil {
			c.pkg.Scope().Insert(types.NewPkgName(token.NoPos, c.pkg, id.Name, p))
		}
		return true
	})
}

// declared are the names that a declaration puts into the package's scope.
func declared(d ast.Decl) (out []*ast.Ident) {
	switch d := d.(type) {
	case *ast.FuncDecl:
		if d.Recv == nil && d.Name.Name != "_" {
			out = append(out, d.Name)
		}
	case *ast.GenDecl:
		for _, s := range d.Specs {
			switch s := s.(type) {
			case *ast.TypeSpec:
				out = append(out, s.Name)
			case *ast.ValueSpec:
				out = append(out, s.Names...)
			}
		}
	}
	return out
}

// failure is the first error, in the order of the text.
func (c *check) failure(stmt ast.Stmt) error {
	sort.SliceStable(c.errs, func(i, j int) bool { return c.errs[i].Pos < c.errs[j].Pos })
	for _, e := range c.errs {
		if x, ok := stmt.(*ast.ExprStmt); ok && strings.HasSuffix(e.Msg, "is not used") && e.Pos <= x.X.End() && unusedCall(x, e.Pos) {
			continue // the value of a conversion or of a built-in function is shown
		}
		if strings.HasPrefix(e.Msg, "\t") {
			continue // belongs to another
		}
		if _, ok := stmt.(*ast.ExprStmt); ok && strings.HasPrefix(e.Msg, "use of untyped nil in assignment") {
			e.Msg = "use of untyped nil"
		}
		if _, ok := stmt.(*ast.ExprStmt); ok {
			e.Msg = strings.ReplaceAll(e.Msg, " in assignment to _ identifier", "")
		}
		if stmt != nil && strings.HasPrefix(e.Msg, "label ") && goesTo(stmt, e.Pos) {
			return c.in.errorAt("not supported", e.Pos, "goto at the top of a cell: use a loop")
		}
		return c.in.errorAt("compile error", e.Pos, ownNames.ReplaceAllString(e.Msg, "")+c.advice(e))
	}
	return nil
}

// goesTo tells whether a statement has a goto to the label that is named at a position.
func goesTo(s ast.Stmt, at token.Pos) (found bool) {
	ast.Inspect(s, func(n ast.Node) bool {
		b, ok := n.(*ast.BranchStmt)
		found = found || ok && b.Tok == token.GOTO && b.Label.Pos() == at
		return !found
	})
	return found
}

// unusedCall tells whether the checker's complaint is about the whole of an expression statement.
func unusedCall(x *ast.ExprStmt, at token.Pos) bool {
	found := false
	ast.Inspect(x.X, func(n ast.Node) bool {
		if _, inner := n.(*ast.FuncLit); inner {
			found = found || n.Pos() <= at && at < n.End()
		}
		return true
	})
	return !found
}

func (in *Interp) errorAt(name string, pos token.Pos, text string) *Error {
	e := &Error{Name: name, Value: text}
	if pos.IsValid() {
		at := in.ir.Comp.Fileset.Position(pos)
		e.Frames = []Frame{{Line: at.Line, Column: at.Column}}
	}
	return e
}

// promote makes what a step declares known to later ones. Variables that a statement defines would end with the
// function that it was set into.
func (c *check) promote(s *step) {
	if s.stmt == nil {
		defer c.keepGenerics(s)
		for _, d := range s.decls {
			for _, id := range declared(d) {
				if o := c.info.Defs[id]; o != nil && id.Name != "_" && id.Name != "init" {
					c.scope.declare(mention(o))
				}
			}
		}
		return
	}
	a, ok := s.stmt.(*ast.AssignStmt)
	if !ok || a.Tok != token.DEFINE {
		return
	}
	for _, l := range a.Lhs {
		id, ok := l.(*ast.Ident)
		if !ok || id.Name == "_" {
			continue
		}
		if v, ok := c.info.Defs[id].(*types.Var); ok {
			c.scope.declare(mention(v))
		}
	}
}

// keepGenerics remembers the declarations of generic functions and methods, which are compiled where they are used.
func (c *check) keepGenerics(s *step) {
	for _, d := range s.decls {
		f, ok := d.(*ast.FuncDecl)
		if !ok || f.Type.TypeParams == nil && (f.Recv == nil || !genericReceiver(f.Recv.List[0].Type)) {
			continue
		}
		if o, ok := c.info.Defs[f.Name].(*types.Func); ok {
			c.in.generics.sources[o] = &source{f, c.scope.of(f)}
			c.in.undo(func() { delete(c.in.generics.sources, o) })
		}
	}
}

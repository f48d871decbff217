package interp

import (
	"fmt"
	"go/ast"
	"go/token"

	"golang.org/x/tools/go/ast/astutil"
)

// rewrite changes a cell's trees, which are Go 1.26's, into what gomacro compiles to the same effect, and refuses by
// name what it would get wrong without a word.
func (in *Interp) rewrite(p *parsed) error {
	in.stoppable(p)
	generic := in.genericNames(p)
	var refused error
	refuse := func(n ast.Node, format string, args ...any) {
		if refused == nil {
			at := in.ir.Comp.Fileset.Position(n.Pos())
			refused = &Error{Name: "not supported", Value: fmt.Sprintf(format, args...),
				Frames: []Frame{{Line: at.Line, Column: at.Column}}}
		}
	}
	enter := func(c *astutil.Cursor) bool {
		refuseNode(c.Node(), refuse)
		if s, ok := c.Node().(ast.Stmt); ok && c.Index() >= 0 {
			if block := deferred(s); block != nil {
				c.Replace(block)
			}
		}
		return true
	}
	leave := func(c *astutil.Cursor) bool {
		switch n := c.Node().(type) {
		case *ast.RangeStmt:
			if !neverInt(n.X) {
				n.X = call(rangeName, n.X)
			}
			perIteration(n.Body, n.Tok == token.DEFINE, []ast.Expr{n.Key, n.Value}, refuse, false)
		case *ast.ForStmt:
			if a, ok := n.Init.(*ast.AssignStmt); ok {
				perIteration(n.Body, a.Tok == token.DEFINE, a.Lhs, refuse, true)
			}
		case *ast.GoStmt:
			if id, ok := n.Call.Fun.(*ast.Ident); !ok || !generic[id.Name] {
				n.Call.Fun = call(guardName, n.Call.Fun)
			}
		case *ast.CallExpr:
			nestMinMax(n)
		case *ast.FuncDecl:
			genericFunc(n)
		case *ast.TypeSpec:
			genericType(n)
		case *ast.IndexListExpr:
			c.Replace(&ast.IndexExpr{X: n.X, Lbrack: n.Lbrack, Index: &ast.CompositeLit{Elts: n.Indices}, Rbrack: n.Rbrack})
		case *ast.IndexExpr:
			if id, ok := n.X.(*ast.Ident); ok && generic[id.Name] {
				if _, done := n.Index.(*ast.CompositeLit); !done {
					n.Index = &ast.CompositeLit{Elts: []ast.Expr{n.Index}}
				}
			}
		}
		return true
	}
	for i, s := range p.steps {
		if s.stmt != nil {
			if block := deferred(s.stmt); block != nil {
				s.stmt = block
			}
			p.steps[i].stmt = astutil.Apply(s.stmt, enter, leave).(ast.Stmt)
			continue
		}
		for k, d := range s.decls {
			s.decls[k] = astutil.Apply(d, enter, leave).(ast.Decl)
		}
	}
	return refused
}

// refuse names what belongs into a function, before the checker, which sees statements in functions, says it otherwise.
func (in *Interp) refuse(p *parsed) error {
	var refused error
	for _, s := range p.steps {
		if s.stmt == nil {
			continue
		}
		outside(s.stmt, func(n ast.Node, format string, args ...any) {
			if refused == nil {
				refused = in.errorAt("not supported", n.Pos(), fmt.Sprintf(format, args...))
			}
		})
	}
	return refused
}

// outside refuses, in a statement at the top of a cell, what belongs into a function.
func outside(s ast.Stmt, refuse func(ast.Node, string, ...any)) {
	ast.Inspect(s, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.ReturnStmt:
			refuse(n, "return outside a function")
		case *ast.DeferStmt:
			refuse(n, "defer outside a function: a cell is none, so it would run at once")
		}
		return true
	})
}

// refuseNode names what gomacro compiles to something that does not do what Go does.
func refuseNode(n ast.Node, refuse func(ast.Node, string, ...any)) {
	switch n := n.(type) {
	case *ast.BranchStmt:
		if n.Tok == token.GOTO {
			refuse(n, "goto is not supported in cells: use a loop, or a function that returns early")
		}
	case *ast.FuncDecl:
		if n.Recv != nil && len(n.Recv.List) == 1 && genericReceiver(n.Recv.List[0].Type) {
			refuse(n, "methods of generic types are not supported in cells: write a generic function")
		}
	case *ast.TypeSpec:
		if i, ok := n.Type.(*ast.InterfaceType); ok && isConstraint(i) {
			refuse(n, "constraints are not supported in cells: write any, operators work on it here")
		}
	}
}

func genericReceiver(e ast.Expr) bool {
	if s, ok := e.(*ast.StarExpr); ok {
		e = s.X
	}
	switch e.(type) {
	case *ast.IndexExpr, *ast.IndexListExpr:
		return true
	}
	return false
}

// isConstraint tells an interface of types from one of methods.
func isConstraint(i *ast.InterfaceType) bool {
	for _, f := range i.Methods.List {
		switch t := f.Type.(type) {
		case *ast.UnaryExpr:
			return true
		case *ast.BinaryExpr:
			return true
		case *ast.Ident:
			if len(f.Names) == 0 && t.Name == "comparable" {
				return true
			}
		}
	}
	return false
}

func call(name string, args ...ast.Expr) *ast.CallExpr {
	at := args[0].Pos()
	return &ast.CallExpr{Fun: &ast.Ident{NamePos: at, Name: name}, Lparen: at, Args: args, Rparen: args[len(args)-1].End()}
}

// neverInt tells operands of range that need no look at their type.
func neverInt(e ast.Expr) bool {
	switch e := unparen(e).(type) {
	case *ast.CompositeLit, *ast.SliceExpr:
		return true
	case *ast.BasicLit:
		return e.Kind == token.STRING
	}
	return false
}

// nestMinMax writes min(a, b, c) as min(min(a, b), c), and min(a) as a.
func nestMinMax(n *ast.CallExpr) {
	id, ok := n.Fun.(*ast.Ident)
	if !ok || id.Name != "min" && id.Name != "max" || n.Ellipsis.IsValid() {
		return
	}
	for len(n.Args) > 2 {
		n.Args = append([]ast.Expr{call(id.Name, n.Args[0], n.Args[1])}, n.Args[2:]...)
	}
}

var predeclared = map[string]bool{
	"append": true, "cap": true, "clear": true, "close": true, "complex": true, "copy": true, "delete": true, "imag": true,
	"len": true, "make": true, "max": true, "min": true, "new": true, "panic": true, "print": true, "println": true,
	"real": true, "recover": true,
}

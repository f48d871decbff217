package interp

import (
	"go/ast"
	"go/scanner"
	"go/token"
	"go/types"
	"maps"
	"strings"

	"github.com/cosmos72/gomacro/go/etoken"
)

// spot is what the checker knows of a place in a cell that is being written.
type spot struct {
	owner types.Object            // of the name at the place: what stands before the dot, if it is a package
	of    types.Type              // likewise, if it is a value or a type; nil where there is no dot
	seen  map[string]types.Object // all that can be named there
	keys  []*types.Var            // the fields of the struct whose literal the place is in
}

// marker stands for the name at the place. No cell has such a name.
const marker = "ꓸplace"

// spot checks a cell as far as it is written. The name at the place begins at the byte offset start; nil where the text
// before it cannot be completed to Go.
func (in *Interp) spot(code string, start int) *spot {
	head := code[:start] + marker
	closers := closing(head)
	for _, filler := range []string{"", " {}", "()", ":", " int"} {
		set := etoken.NewFileSet()
		if tree, err := parse(set, "", head+filler+closers); err == nil {
			return in.spotIn(tree, set)
		}
	}
	return nil
}

// closing are the brackets that a text lacks.
func closing(head string) string {
	var s scanner.Scanner
	set := token.NewFileSet()
	s.Init(set.AddFile("", -1, len(head)), []byte(head), func(token.Position, string) {}, 0)
	pairs := map[token.Token]string{token.LPAREN: ")", token.LBRACK: "]", token.LBRACE: "}"}
	var open []string
	for {
		_, tok, _ := s.Scan()
		switch tok {
		case token.EOF:
			out := ""
			for _, c := range open {
				out = c + out
			}
			return out
		case token.LPAREN, token.LBRACK, token.LBRACE:
			open = append(open, pairs[tok])
		case token.RPAREN, token.RBRACK, token.RBRACE:
			open = open[:max(0, len(open)-1)]
		}
	}
}

func (in *Interp) spotIn(tree *parsed, set *etoken.FileSet) *spot {
	sc := in.scope.clone()
	_ = in.checkImports(tree.imports, sc) // what is wrong elsewhere does not matter here
	for i := range tree.steps {
		c, file := in.checkLoosely(&tree.steps[i], sc, set)
		if at := in.marked(c, file); at != nil {
			maps.Copy(at.seen, sc.objects)
			for name, p := range sc.packages {
				at.seen[name] = types.NewPkgName(token.NoPos, p, name, p)
			}
			maps.Copy(at.seen, c.local(at.seen[marker].Pos()))
			delete(at.seen, marker)
			return at
		}
	}
	return nil
}

// checkLoosely types a step whatever is wrong with it, and declares in scope what it declares, but nothing else.
func (in *Interp) checkLoosely(s *step, sc scope, set *etoken.FileSet) (*check, *ast.File) {
	c := &check{in: in, scope: sc, pkg: types.NewPackage(mainPath, "main"), info: newInfo()}
	c.info.Scopes = map[ast.Node]*types.Scope{}
	file := &ast.File{Name: ast.NewIdent("main"), Package: s.pos()}
	if s.stmt != nil {
		file.Decls = []ast.Decl{wrap(s.stmt)}
	}
	own := map[string]bool{}
	for _, d := range s.decls {
		for _, id := range declared(d) {
			own[id.Name] = true
		}
	}
	for _, d := range s.decls {
		if f, ok := d.(*ast.FuncDecl); ok && f.Recv != nil && len(f.Recv.List) == 1 && !own[typeName(f.Recv.List[0].Type)] {
			d = receiverFirst(f) // a method of an earlier cell's type
		}
		file.Decls = append(file.Decls, d)
	}
	c.see(file, map[string]bool{})
	c.types(file, &set.FileSet)
	for id, o := range c.info.Defs {
		if o == nil || id.Name == "_" {
			continue
		}
		if a, ok := s.stmt.(*ast.AssignStmt); ok && a.Tok == token.DEFINE {
			for _, e := range a.Lhs {
				if e == ast.Expr(id) {
					sc.declare(o)
				}
			}
		} else if o.Parent() == c.pkg.Scope() {
			sc.declare(o)
		}
	}
	return c, file
}

// marked is what is known where the marker stands, nil if it stands elsewhere.
func (in *Interp) marked(c *check, file *ast.File) (at *spot) {
	var way []ast.Node
	ast.Inspect(file, func(n ast.Node) bool {
		if n == nil {
			way = way[:len(way)-1]
			return false
		}
		if id, ok := n.(*ast.Ident); ok && id.Name == marker {
			at = &spot{seen: map[string]types.Object{marker: types.NewLabel(id.Pos(), nil, marker)}}
			if len(way) > 0 {
				c.around(at, id, way[len(way)-1])
			}
		}
		way = append(way, n)
		return true
	})
	return at
}

// around fills in what the marker's parent tells.
func (c *check) around(at *spot, id *ast.Ident, parent ast.Node) {
	switch p := parent.(type) {
	case *ast.SelectorExpr:
		if p.Sel != id {
			return
		}
		if x, ok := ast.Unparen(p.X).(*ast.Ident); ok {
			if o, ok := c.info.Uses[x].(*types.PkgName); ok {
				at.owner = o
				return
			}
		}
		at.of = types.Typ[types.Invalid]
		if tv, ok := c.info.Types[p.X]; ok && tv.Type != nil {
			at.of = tv.Type
			if t, ok := at.of.(*types.Tuple); ok && t.Len() > 0 {
				at.of = t.At(0).Type()
			}
		}
	case *ast.CompositeLit:
		if tv, ok := c.info.Types[p]; ok && tv.Type != nil && p.Type != ast.Expr(id) {
			if s, ok := deref(tv.Type).Underlying().(*types.Struct); ok {
				for f := range s.Fields() {
					at.keys = append(at.keys, f)
				}
			}
		}
	}
}

// local are the names that functions have declared around a position, and before it.
func (c *check) local(pos token.Pos) map[string]types.Object {
	out := map[string]types.Object{}
	for s := c.pkg.Scope().Innermost(pos); s != nil && s != c.pkg.Scope(); s = s.Parent() {
		for _, name := range s.Names() {
			if o := s.Lookup(name); out[name] == nil && o.Pos() < pos && !strings.HasPrefix(name, marker) {
				out[name] = o
			}
		}
	}
	return out
}

// within tells where in a text its end stands: in a comment, or in a string or rune.
func within(head string) (comment, text bool) {
	var s scanner.Scanner
	set := token.NewFileSet()
	file := set.AddFile("", -1, len(head))
	broken := ""
	s.Init(file, []byte(head), func(_ token.Position, msg string) { broken = msg }, scanner.ScanComments)
	for {
		broken = ""
		pos, tok, lit := s.Scan()
		switch {
		case tok == token.EOF:
			return false, false
		case tok == token.COMMENT:
			ends := file.Offset(pos)+len(lit) >= len(head)
			if ends && (strings.HasPrefix(lit, "//") || !strings.HasSuffix(lit, "*/") || broken != "") {
				return true, false
			}
		case strings.HasSuffix(broken, "not terminated"):
			return strings.HasPrefix(broken, "comment"), !strings.HasPrefix(broken, "comment")
		}
	}
}

package interp

import (
	"go/ast"
	"go/types"
	"strings"
)

// nameFields gives the values of struct literals their fields' names, where the checker has refused unexported fields of
// an earlier step's type, which it takes for those of another package. It tells whether it has found such a literal.
func (c *check) nameFields() (found bool) {
	refused := false
	for _, e := range c.errs {
		refused = refused || strings.HasPrefix(e.Msg, "implicit assignment to unexported field")
	}
	if !refused {
		return false
	}
	for e, tv := range c.info.Types {
		lit, ok := e.(*ast.CompositeLit)
		if !ok || tv.Type == nil {
			continue
		}
		s, ok := tv.Type.Underlying().(*types.Struct)
		if p, isPointer := tv.Type.Underlying().(*types.Pointer); isPointer {
			s, ok = p.Elem().Underlying().(*types.Struct)
		}
		if !ok || len(lit.Elts) != s.NumFields() {
			continue
		}
		var named []ast.Expr
		for i, v := range lit.Elts {
			f := s.Field(i)
			if _, named := v.(*ast.KeyValueExpr); named || f.Pkg().Path() != mainPath {
				break
			}
			if found = true; f.Name() != "_" { // which nobody can name, nor look at
				named = append(named, &ast.KeyValueExpr{Key: &ast.Ident{NamePos: v.Pos(), Name: f.Name()}, Colon: v.Pos(), Value: v})
			}
		}
		if len(named) > 0 {
			lit.Elts = named
		}
	}
	return found
}

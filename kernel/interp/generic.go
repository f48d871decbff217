package interp

import (
	"go/ast"

	"github.com/cosmos72/gomacro/fast"
)

// gomacro has generic functions, and generic types without methods, in a notation of its own: the parameters are a
// second receiver of a function, and a composite literal around a type. Constraints are not looked at.

func genericFunc(f *ast.FuncDecl) {
	if f.Type.TypeParams == nil || f.Recv != nil {
		return
	}
	f.Recv = &ast.FieldList{List: []*ast.Field{nil, {Type: parameters(f.Type.TypeParams, nil)}}}
	f.Type.TypeParams = nil
}

func genericType(t *ast.TypeSpec) {
	if t.TypeParams == nil {
		return
	}
	t.Type = parameters(t.TypeParams, t.Type)
	t.TypeParams = nil
}

func parameters(list *ast.FieldList, of ast.Expr) *ast.CompositeLit {
	c := &ast.CompositeLit{Type: of, Lbrace: list.Opening, Rbrace: list.Closing}
	for _, f := range list.List {
		for _, n := range f.Names {
			c.Elts = append(c.Elts, &ast.Ident{NamePos: n.NamePos, Name: n.Name})
		}
	}
	return c
}

// genericNames are the names for which x[T] is an instance, not an element: those of this cell and of earlier ones.
func (in *Interp) genericNames(p *parsed) map[string]bool {
	names := map[string]bool{}
	for name, b := range in.ir.Comp.Binds {
		if k := b.Desc.Class(); k == fast.GenericFuncBind || k == fast.GenericTypeBind {
			names[name] = true
		}
	}
	for _, s := range p.steps {
		for _, d := range s.decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				if d.Recv == nil {
					names[d.Name.Name] = d.Type.TypeParams != nil
				}
			case *ast.GenDecl:
				for _, spec := range d.Specs {
					if t, ok := spec.(*ast.TypeSpec); ok {
						names[t.Name.Name] = t.TypeParams != nil
					}
				}
			}
		}
	}
	return names
}

package interp

import (
	"go/ast"
	"go/types"
	"maps"
)

// scope is what cells have declared so far, as Go's own checker sees it.
type scope struct {
	objects  map[string]types.Object   // variables, constants, functions and types, by their name
	packages map[string]*types.Package // imported, by the name that cells use
}

func newScope() scope {
	return scope{map[string]types.Object{}, map[string]*types.Package{}}
}

func (s scope) clone() scope { return scope{maps.Clone(s.objects), maps.Clone(s.packages)} }

// of is the part of a scope that a declaration can mention.
func (s scope) of(d ast.Node) scope {
	part := newScope()
	ast.Inspect(d, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok {
			if o := s.objects[id.Name]; o != nil {
				part.objects[id.Name] = o
			}
			if p := s.packages[id.Name]; p != nil {
				part.packages[id.Name] = p
			}
		}
		return true
	})
	return part
}

// declare makes an object known; it hides an import of its name.
func (s scope) declare(o types.Object) {
	delete(s.packages, o.Name())
	s.objects[o.Name()] = o
}

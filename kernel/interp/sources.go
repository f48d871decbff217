package interp

import (
	"fmt"
	"go/ast"
	"go/token"
	"strconv"
	"strings"
)

// sources remembers the text of cells, by which an error names the line.
type sources struct {
	text  map[int][]string // lines of each cell, by its number
	funcs []span           // the functions that cells declare
}

type span struct {
	from, to token.Pos
	name     string
}

// keep is how many cells' texts are remembered.
const keep = 500

func (s *sources) add(number int, src string) (name string) {
	if s.text == nil {
		s.text = map[int][]string{}
	}
	s.text[number] = strings.Split(src, "\n")
	delete(s.text, number-keep)
	return cellName(number)
}

func cellName(number int) string { return fmt.Sprintf("cell %d", number) }

// declare remembers where functions begin and end.
func (s *sources) declare(steps []step) {
	for _, st := range steps {
		for _, d := range st.decls {
			f, ok := d.(*ast.FuncDecl)
			if !ok {
				continue
			}
			name := f.Name.Name
			if f.Recv != nil && len(f.Recv.List) == 1 {
				name = typeName(f.Recv.List[0].Type) + "." + name
			}
			s.funcs = append(s.funcs, span{f.Pos(), f.End(), name})
		}
	}
	if extra := len(s.funcs) - 10*keep; extra > 0 {
		s.funcs = s.funcs[extra:]
	}
}

func typeName(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.StarExpr:
		return typeName(e.X)
	case *ast.Ident:
		return e.Name
	case *ast.ParenExpr:
		return typeName(e.X)
	case *ast.IndexExpr:
		return typeName(e.X)
	case *ast.IndexListExpr:
		return typeName(e.X)
	}
	return "?"
}

// frame describes a position.
func (s *sources) frame(p token.Position, at token.Pos) Frame {
	f := Frame{Line: p.Line, Column: p.Column}
	f.Cell, _ = strconv.Atoi(strings.TrimPrefix(p.Filename, "cell "))
	for _, fn := range s.funcs {
		if fn.from <= at && at < fn.to {
			f.In = fn.name
		}
	}
	s.fill(&f, f.Cell)
	return f
}

// fill adds cell and text to a frame that has a line only.
func (s *sources) fill(f *Frame, number int) {
	f.Cell = number
	if lines := s.text[number]; f.Line >= 1 && f.Line <= len(lines) {
		f.Source = lines[f.Line-1]
	}
}

package interp

import (
	"fmt"
	"go/ast"
	"go/token"
	"strconv"
	"strings"
	"sync"

	"github.com/cosmos72/gomacro/go/etoken"
)

// sources remembers the text of cells, by which an error names the line.
type sources struct {
	mu    sync.Mutex       // a goroutine that panics asks for its place while the next cell is read
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
	s.mu.Lock()
	defer s.mu.Unlock()
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
	s.mu.Lock()
	defer s.mu.Unlock()
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

// parse is parse, during which no goroutine can ask for a place: a set of files has no lock of its own.
func (s *sources) parse(set *etoken.FileSet, name, src string) (*parsed, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return parse(set, name, src)
}

// frame describes a position.
func (s *sources) frame(set *etoken.FileSet, at token.Pos) Frame {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := set.Position(at)
	f := Frame{Line: p.Line, Column: p.Column}
	f.Cell, _ = strconv.Atoi(strings.TrimPrefix(p.Filename, "cell "))
	for _, fn := range s.funcs {
		if fn.from <= at && at < fn.to {
			f.In = fn.name
		}
	}
	s.put(&f, f.Cell)
	return f
}

// fill adds cell and text to a frame that has a line only.
func (s *sources) fill(f *Frame, number int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.put(f, number)
}

func (s *sources) put(f *Frame, number int) {
	f.Cell = number
	if lines := s.text[number]; f.Line >= 1 && f.Line <= len(lines) {
		f.Source = lines[f.Line-1]
	}
}

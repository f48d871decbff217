package interp

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/scanner"
	"go/token"
	"go/types"
	"regexp"
	"strings"

	"github.com/cosmos72/gomacro/go/etoken"
)

// parsed is a cell as trees, in the order in which they run.
type parsed struct {
	imports []ast.Decl
	steps   []step
	quiet   bool // the last expression is not shown
	list    int  // how many expressions are, if several
}

// step is a run of declarations, which may refer to each other in any order, or one statement.
type step struct {
	decls []ast.Decl
	stmt  ast.Stmt
	info  *types.Info                     // what the checker found; nil before
	late  map[*ast.FuncDecl]*ast.FuncDecl // methods of earlier steps' types, as the checker has seen them
}

func (s step) pos() token.Pos {
	if s.stmt != nil {
		return s.stmt.Pos()
	}
	return s.decls[0].Pos()
}

// wrapper is the function into which a statement is set for the parser. No cell has one of that name.
const wrapper = "ꓸstatement"

// parse reads a cell with Go's own parser. The pieces are set into a file that Go accepts, imports first and each
// statement in a function of its own, with line directives by which all positions are those of the cell.
func parse(set *etoken.FileSet, name, src string) (*parsed, error) {
	c := split([]byte(src))
	tree, err := c.parse(set, name, src)
	if err != nil && len(c.pieces) > 0 { // a cell may end with several expressions, as no Go does
		last := &c.pieces[len(c.pieces)-1]
		if end := listEnd(src[last.start:last.end]); end > 0 && last.kind == statement {
			last.kind, last.end = expressions, last.start+end
			return c.parse(set, name, src)
		}
	}
	return tree, err
}

// parse has the parser read the pieces of src.
func (c cut) parse(set *etoken.FileSet, name, src string) (*parsed, error) {
	if c.shut >= 0 {
		line, column := lineColumn(src, c.shut)
		return nil, &Error{Name: "syntax error", Value: "this bracket closes nothing", Frames: []Frame{{Line: line, Column: column}}}
	}
	if at := embeds(src, c.pieces); at >= 0 {
		line, column := lineColumn(src, at)
		return nil, &Error{Name: "not supported", Value: "//go:embed in a cell: read the file, by os.ReadFile", Frames: []Frame{{Line: line, Column: column}}}
	}
	var text bytes.Buffer
	type directive struct{ offset, end, line, column int }
	var where []directive
	put := func(before string, p piece, after string) {
		text.WriteString(before)
		line, column := lineColumn(src, p.start)
		where = append(where, directive{text.Len(), text.Len() + p.end - p.start, line, column})
		text.WriteString(src[p.start:p.end])
		text.WriteString(after)
	}
	text.WriteString("package main\n")
	for _, p := range c.pieces {
		if p.kind == importDecl {
			put("", p, "\n")
		}
	}
	several := false
	for _, p := range c.pieces {
		switch p.kind {
		case declaration:
			put("", p, "\n")
		case statement:
			put("func "+wrapper+"() { ", p, "\n}\n")
		case expressions:
			several = true
			put("func "+wrapper+"() { "+listName+"(", p, ")\n}\n")
		}
	}
	if at, ok := program(src, c.pieces); ok { // main runs where it stands
		before := text.Len()
		text.WriteString("func " + wrapper + "() { main()\n}\n")
		line, column := lineColumn(src, at)
		where = append(where, directive{before + len("func "+wrapper+"() { "), before + len("func "+wrapper+"() { main()"), line, column})
	}
	outer := set.AddFile(name, -1, text.Len(), 0)
	inner := token.NewFileSet()
	if outer.Base() > 1 {
		inner.AddFile("", 1, outer.Base()-2) // so that positions in both sets are the same numbers
	}
	file, err := parser.ParseFile(inner, name, text.Bytes(), parser.SkipObjectResolution|parser.AllErrors)
	if parsedFile := inner.File(token.Pos(outer.Base())); parsedFile != nil {
		outer.SetLines(parsedFile.Lines())
	} else {
		outer.SetLinesForContent(text.Bytes())
	}
	for _, d := range where {
		outer.AddLineColumnInfo(d.offset, name, d.line, d.column)
	}
	if err != nil {
		e := syntaxError(outer, err, func(offset int) (end int) {
			for _, d := range where {
				if d.offset <= offset {
					end = d.end
				}
			}
			return end
		})
		if c.open >= 0 && strings.HasSuffix(e.Value, ending) {
			line, column := lineColumn(src, c.open)
			e.Value, e.Frames = "this bracket is not closed", []Frame{{Line: line, Column: column}}
		}
		return nil, e
	}
	tree := assemble(file, c.quiet)
	if several {
		tree.apart()
	}
	return tree, nil
}

// listName stands before the expressions of a cell that ends with several: `a, b`. No cell has such a name.
const listName = "ꓸlist"

// listEnd is where several expressions end, of which a text consists but for a comment; 0 where it does not.
func listEnd(text string) int {
	if !strings.Contains(text, ",") {
		return 0
	}
	for _, end := range []int{len(text), strings.LastIndex(text, "//")} {
		if end <= 0 {
			continue
		}
		x, err := parser.ParseExpr("f(" + text[:end] + ")")
		if call, ok := x.(*ast.CallExpr); err == nil && ok && len(call.Args) > 1 && !call.Ellipsis.IsValid() {
			return end
		}
	}
	return 0
}

// apart makes each of the expressions at the end a step of its own.
func (p *parsed) apart() {
	last := len(p.steps) - 1
	call := p.steps[last].stmt.(*ast.ExprStmt).X.(*ast.CallExpr)
	p.steps, p.list = p.steps[:last], len(call.Args)
	for _, x := range call.Args {
		p.steps = append(p.steps, step{stmt: &ast.ExprStmt{X: x}})
	}
}

// assemble takes the statements out of their functions again.
func assemble(file *ast.File, quiet bool) *parsed {
	p := &parsed{quiet: quiet}
	for _, d := range file.Decls {
		if g, ok := d.(*ast.GenDecl); ok && g.Tok == token.IMPORT {
			p.imports = append(p.imports, d)
			continue
		}
		if f, ok := d.(*ast.FuncDecl); ok && f.Recv == nil && f.Name.Name == wrapper {
			for _, s := range f.Body.List {
				if _, empty := s.(*ast.EmptyStmt); !empty {
					p.steps = append(p.steps, step{stmt: s})
				}
			}
			continue
		}
		if n := len(p.steps); n > 0 && p.steps[n-1].stmt == nil {
			p.steps[n-1].decls = append(p.steps[n-1].decls, d)
			continue
		}
		p.steps = append(p.steps, step{decls: []ast.Decl{d}})
	}
	return p
}

var mainFunc = regexp.MustCompile(`^func\s+main\s*\(\s*\)`)

// program tells whether a cell is a whole program, as one that is pasted: a package clause, declarations, and main, which
// begins at offset at.
func program(src string, pieces []piece) (at int, ok bool) {
	clause, found := false, false
	for _, p := range pieces {
		switch p.kind {
		case packageClause:
			clause = true
		case statement, expressions:
			return 0, false
		case declaration:
			if mainFunc.MatchString(src[p.start:p.end]) {
				at, found = p.start, true
			}
		}
	}
	return at, clause && found
}

// embeds is the offset of a variable with a directive that embeds a file, -1 if there is none.
func embeds(src string, pieces []piece) int {
	for _, p := range pieces {
		above := strings.TrimRight(src[:p.start], "\n\r")
		if p.kind == declaration && strings.HasPrefix(above[strings.LastIndexByte(above, '\n')+1:], "//go:embed") {
			return p.start
		}
	}
	return -1
}

const ending = "found the end of the statement"

// syntaxError turns the parser's list into one error at the first place, in Go's words. pieceEnd tells where the piece of
// the cell ends in which an offset lies: beyond it stand our own brackets.
func syntaxError(file *etoken.File, err error, pieceEnd func(offset int) int) *Error {
	list, ok := err.(scanner.ErrorList)
	if !ok || len(list) == 0 {
		return &Error{Name: "syntax error", Value: err.Error()}
	}
	offset, msg := list[0].Pos.Offset, list[0].Msg
	if end := pieceEnd(offset); offset >= end {
		offset = end
		if i := strings.LastIndex(msg, "found "); i >= 0 {
			msg = msg[:i] + ending
		}
	}
	at := file.Position(file.Pos(min(offset, file.Size())))
	return &Error{Name: "syntax error", Value: msg, Frames: []Frame{{Line: at.Line, Column: at.Column}}}
}

func lineColumn(src string, offset int) (line, column int) {
	head := src[:offset]
	return 1 + strings.Count(head, "\n"), offset - strings.LastIndexByte(head, '\n')
}

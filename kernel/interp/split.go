package interp

import (
	"go/parser"
	"go/scanner"
	"go/token"
	"strings"
)

// kind is what a piece of a cell is.
type kind int

const (
	statement kind = iota
	declaration
	importDecl
	packageClause
	expressions // several, at the end of a cell
)

// piece is one declaration or statement of a cell: the bytes from start to end.
type piece struct {
	kind       kind
	start, end int
}

// cut is a cell in pieces.
type cut struct {
	pieces []piece
	quiet  bool // the cell ends with a written semicolon, by which its result is not shown
	open   int  // where a bracket stands that is never closed, -1 if there is none
	depth  int  // how many such brackets there are
	shut   int  // where one stands that was never opened, -1 if there is none
	text   bool // a string, rune or comment is not closed
}

// split cuts a cell at the semicolons, written or implied, that stand outside all brackets.
// It never fails: what it cannot tell apart the parser will, with a better message.
func split(src []byte) cut {
	var s scanner.Scanner
	c := cut{open: -1, shut: -1}
	fset := token.NewFileSet()
	file := fset.AddFile("", fset.Base(), len(src))
	s.Init(file, src, func(_ token.Position, msg string) {
		c.text = c.text || strings.HasSuffix(msg, "not terminated")
	}, 0)
	var brackets []int
	var head []lexeme // the tokens of the piece
	start := -1
	flush := func(end int) {
		if start >= 0 {
			c.pieces = append(c.pieces, piece{classify(head), start, end})
		}
		start, head = -1, head[:0]
	}
	for {
		pos, tok, lit := s.Scan()
		at := file.Offset(pos)
		switch tok {
		case token.EOF:
			flush(trimmed(src, len(src)))
			if len(brackets) > 0 {
				c.open, c.depth = brackets[len(brackets)-1], len(brackets)
			}
			return c
		case token.LPAREN, token.LBRACK, token.LBRACE:
			brackets = append(brackets, at)
		case token.RPAREN, token.RBRACK, token.RBRACE:
			if len(brackets) == 0 && c.shut < 0 {
				c.shut = at
			}
			brackets = brackets[:max(0, len(brackets)-1)]
		case token.SEMICOLON:
			if len(brackets) == 0 && !inHeader(head, src, start, at) {
				if start >= 0 || lit == ";" {
					c.quiet = lit == ";"
				}
				flush(at)
				continue
			}
		}
		if start < 0 {
			start = at
		}
		head = append(head, lexeme{tok, len(brackets)})
	}
}

func trimmed(src []byte, end int) int {
	for end > 0 && (src[end-1] == ' ' || src[end-1] == '\n' || src[end-1] == '\t' || src[end-1] == '\r') {
		end--
	}
	return end
}

// inHeader tells whether a semicolon after these tokens stands in the head of a for, if or switch: such a statement
// ends with its body's bracket.
func inHeader(head []lexeme, src []byte, start, end int) bool {
	i := 0
	for i+1 < len(head) && head[i].tok == token.IDENT && head[i+1].tok == token.COLON {
		i += 2 // a label
	}
	if i >= len(head) {
		return false
	}
	switch head[i].tok {
	case token.FOR, token.IF, token.SWITCH:
		last := head[len(head)-1]
		if last.tok != token.RBRACE || last.depth != 0 {
			return true
		}
		if !hasLiteral(head) {
			return false
		}
		// the bracket may be that of a literal in the head, as in `if f := func() int { return 2 }; f() == 2 {`
		_, err := parser.ParseFile(token.NewFileSet(), "", "package p; func _() { "+string(src[start:end])+"\n}", parser.SkipObjectResolution)
		return err != nil
	}
	return false
}

// hasLiteral tells whether a literal of a function, slice, map or struct may stand outside of all brackets.
func hasLiteral(head []lexeme) bool {
	for _, x := range head {
		if x.depth == 0 && (x.tok == token.FUNC || x.tok == token.STRUCT || x.tok == token.RBRACK) {
			return true
		}
	}
	return false
}

type lexeme struct {
	tok   token.Token
	depth int // after the token
}

// classify tells a piece from its tokens. `func (p P) Area()` declares a method, `func(x int) int {...}(3)` is an
// expression: only the method has a name and a bracket after the first pair of brackets.
func classify(head []lexeme) kind {
	if len(head) == 0 {
		return statement
	}
	switch head[0].tok {
	case token.PACKAGE:
		return packageClause
	case token.IMPORT:
		return importDecl
	case token.CONST, token.TYPE, token.VAR:
		return declaration
	case token.FUNC:
	default:
		return statement
	}
	if len(head) > 1 && head[1].tok == token.IDENT {
		return declaration
	}
	for i := 1; i < len(head); i++ {
		if head[i].tok == token.RPAREN && head[i].depth == 0 {
			if i+2 < len(head) && head[i+1].tok == token.IDENT && head[i+2].tok == token.LPAREN {
				return declaration
			}
			break
		}
	}
	return statement
}

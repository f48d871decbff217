package interp

import (
	"fmt"
	"strings"
)

// Error is why a cell did not run, or not to its end.
type Error struct {
	Name   string // what kind: "syntax error", "compile error", "panic", "interrupted", "import"
	Value  string // what is wrong, in Go's words
	Frames []Frame
}

// Frame is a place in a cell, innermost first.
type Frame struct {
	Cell   int    // 0: the cell itself
	Line   int    // from 1
	Column int    // from 1; 0: not known
	In     string // the function, "" at the top of a cell
	Source string // the line's text
}

func (e *Error) Error() string { return e.Name + ": " + e.Value }

// Traceback is the error as Jupyter shows it: one line for the error, then each place with its text and a caret.
func (e *Error) Traceback() []string {
	out := []string{e.Error()}
	for _, f := range e.Frames {
		at := fmt.Sprintf("  cell [%d], line %d", f.Cell, f.Line)
		if f.In != "" {
			at += ", in " + f.In
		}
		out = append(out, at)
		if f.Source == "" {
			continue
		}
		text := strings.TrimLeft(f.Source, " \t")
		out = append(out, "      "+text)
		if cut := len(f.Source) - len(text); f.Column > cut {
			out = append(out, "      "+strings.Repeat(" ", f.Column-1-cut)+"^")
		}
	}
	return out
}

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
		text, caret := f.excerpt()
		out = append(out, "      "+text)
		if caret >= 0 {
			out = append(out, "      "+strings.Repeat(" ", caret)+"^")
		}
	}
	return out
}

// around is how many letters of a long line are shown before the place, and after it.
const around = 80

// excerpt is the frame's line without its indent, of a long one what is around the place; caret is how many letters stand
// before the place, -1 where it is not known.
func (f Frame) excerpt() (text string, caret int) {
	text = strings.TrimLeft(f.Source, " \t\r")
	column := f.Column - 1 - (len(f.Source) - len(text))
	text = strings.TrimRight(text, " \t\r")
	if column > len(text) || column < 0 {
		column, caret = min(max(column, 0), len(text)), -1
	}
	before, after := []rune(text[:column]), []rune(text[column:])
	if n := len(before) - around; n > 0 {
		before = append([]rune("… "), before[n:]...)
	}
	if len(after) > around {
		after = append(after[:around:around], []rune(" …")...)
	}
	if caret == 0 {
		caret = len(before)
	}
	return string(before) + string(after), caret
}

package interp

import (
	"context"
	"errors"
	"fmt"
	"go/token"
	"go/types"
	"regexp"
	"runtime"
	"strconv"
	"strings"

	"github.com/cosmos72/gomacro/base"
	"github.com/cosmos72/gomacro/fast"
)

// prefixed is how gomacro writes a position in front of its words.
var prefixed = regexp.MustCompile(`^cell (\d+):(\d+):(\d+): `)

// compileError is gomacro's refusal of a tree; at is the step that it was compiling.
func (in *Interp) compileError(r any, at token.Pos) error {
	if e, ok := r.(*Error); ok {
		return e
	}
	e := &Error{Name: "compile error", Value: fmt.Sprint(r)}
	if _, ok := r.(runtime.Error); ok {
		e.Value = "the interpreter cannot compile this (" + e.Value + ")"
	}
	if m := prefixed.FindStringSubmatch(e.Value); m != nil {
		e.Value = e.Value[len(m[0]):]
		line, _ := strconv.Atoi(m[2])
		column, _ := strconv.Atoi(m[3])
		e.Frames = []Frame{{Line: line, Column: column}}
	} else if at.IsValid() {
		p := in.ir.Comp.Fileset.Position(at)
		e.Frames = []Frame{{Line: p.Line, Column: p.Column}}
	}
	e.Value = in.plainNames(spoken(e.Value))
	return e
}

// ownWords are names that lowered code has and no cell can write: of packages, types, built-ins and variables.
var ownWords = struct{ pkg, typ, call, number *regexp.Regexp }{
	regexp.MustCompile(`pkg·(?:[\w.-]+/)*([\w.-]+)`), regexp.MustCompile(`\btype·(?:in·)?(\d+)`),
	regexp.MustCompile(`[\w.]+·[\w·.\[\]*]*\(`), regexp.MustCompile(`·\d*`),
}

// plainNames writes what a cell has written in place of the names that lowered code has for it.
func (in *Interp) plainNames(s string) string {
	s = strings.ReplaceAll(ownWords.pkg.ReplaceAllString(s, "$1"), "own·", "")
	s = ownWords.typ.ReplaceAllStringFunc(s, func(name string) string {
		i, _ := strconv.Atoi(ownWords.typ.FindStringSubmatch(name)[1])
		if i >= len(in.reps.types) {
			return "?"
		}
		return types.TypeString(in.reps.types[i].t, func(p *types.Package) string {
			if p.Path() == mainPath {
				return ""
			}
			return p.Name()
		})
	})
	s = ownWords.call.ReplaceAllString(s, "(")
	return ownWords.number.ReplaceAllString(s, "")
}

// phrases are gomacro's commonest ones, and those of the Go compiler.
var phrases = []struct {
	gomacro *regexp.Regexp
	goes    string
}{
	{regexp.MustCompile(`^undefined identifier: (\S+)$`), "undefined: $1"},
	{regexp.MustCompile(`^undefined "(\w+)" in .*$`), "undefined: $1"},
	{regexp.MustCompile(`^not a type: (\w+\.\w+) <\*ast\.SelectorExpr>$`), "undefined: $1"},
	{regexp.MustCompile(`^not a package: "(\w+)" in \w+\.(\w+) <\*ast\.SelectorExpr>$`), "$1.$2 undefined: $1 has no field or method $2"},
	{regexp.MustCompile(`(?s)^.*cannot convert untyped constant \{(\w+) (.*)\} to <(.*)>$`), "cannot use $2 (untyped $1 constant) as $3 value"},
	{regexp.MustCompile(`^expression returns (\d+) values?, expecting (\d+): (.*)$`), "assignment mismatch: $2 variables but $3 returns $1"},
	{regexp.MustCompile(` <\*ast\.\w+>$`), ""},
}

// spoken turns gomacro's words into those of the Go compiler, where they have a counterpart.
func spoken(s string) string {
	for _, p := range phrases {
		s = p.gomacro.ReplaceAllString(s, p.goes)
	}
	return s
}

// runtimeError describes a panic of a cell by the user's own frames.
func (in *Interp) runtimeError(r any, frames []Frame) error {
	e := &Error{Name: "panic", Value: panicText(r)}
	if prefixed.MatchString(fmt.Sprint(r)) { // gomacro's own
		e.Value = in.plainNames(e.Value)
	}
	if deep, ok := r.(tooDeep); ok {
		e.Name, e.Value = "stack overflow", deep.String()
	}
	if cause := in.cause(); cause != nil || interrupted(r) {
		// what else a cell panics with by then, a cancelled context as an error say, comes from the interrupt
		e.Name, e.Value = "interrupted", "the cell was stopped; what it had done so far is kept"
		var own *Error
		if errors.As(cause, &own) {
			e.Name, e.Value = own.Name, own.Value
		}
	}
	e.Frames = frames
	return e
}

func interrupted(r any) bool {
	if r == any(base.SigInterrupt) {
		return true
	}
	err, ok := r.(error)
	return ok && errors.Is(err, context.Canceled) && errors.Is(err, ErrInterrupted)
}

// panicText is the value of a panic as Go prints it; where gomacro indexes by reflection, in Go's words.
func panicText(r any) string {
	r = spokenPanic(r)
	s := fmt.Sprint(r)
	switch v := r.(type) {
	case Object:
		if f, ok := methodOf[func() string](v, "Error"); ok {
			return f()
		}
		if f, ok := methodOf[func() string](v, "String"); ok {
			return f()
		}
		return fmt.Sprintf("%#v", v)
	case error:
		s = v.Error()
	case string:
		s = v
	}
	switch s {
	case "reflect: slice index out of range", "reflect: array index out of range", "reflect: string index out of range":
		return "runtime error: index out of range"
	case "reflect.Value.Slice: slice index out of bounds", "reflect.Value.Slice3: slice index out of bounds", "reflect.Value.Slice: string slice index out of bounds":
		return "runtime error: slice bounds out of range"
	case "assignment to entry in nil map":
		return "assignment to entry in nil map"
	}
	if m := prefixed.FindString(s); m != "" {
		s = s[len(m):]
	}
	return s
}

// frames walks the interpreter's calls from the innermost; the last is the step at the top of the cell.
func (in *Interp) frames(env *fast.Env, top token.Pos) (out []Frame) {
	set := in.ir.Comp.Fileset
	add := func(pos token.Pos) {
		if !pos.IsValid() || len(out) >= 32 {
			return
		}
		f := in.cells.frame(set, pos)
		if n := len(out); f.Line > 0 && (n == 0 || out[n-1] != f) {
			out = append(out, f)
		}
	}
	for env != nil {
		if env.IP >= 0 && env.IP < len(env.DebugPos) {
			add(env.DebugPos[env.IP])
		}
		for env != nil && env.Caller == nil {
			env = env.Outer
		}
		if env != nil {
			env = env.Caller
		}
	}
	if len(out) == 0 || out[len(out)-1].In != "" {
		add(top)
	}
	return out
}

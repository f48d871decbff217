// Package interp runs Go cells: it keeps their state, stops them, and says what went wrong in Go's own words.
//
// The way of a cell: split (split.go) cuts it into imports, declarations and statements; parse (parse.go) hands those
// to Go's own parser and keeps every position that of the cell; check (check.go) has go/types check each step among all
// that earlier ones have declared; the lowerer (lower*.go) writes the checked tree anew in words that gomacro gets
// right, and refuses by name what cannot be had; build (build.go) has gomacro compile it, and run (run.go)
// executes the steps in order. The value of the last expression is the cell's result.
//
// Where things are: a function that Go itself has, lower_builtin.go; one of a linked package that must see the types of its
// arguments, special.go; one that cells get another of, override.go; what lowered code calls, ops.go; interfaces and
// assertions, object.go, face.go and assert.go; generic functions, mono.go, those of slices and maps in internal/std; what
// waits and can be interrupted, stoppable.go and waiting.go; what gomacro cannot defer, laters.go; what fmt prints of a
// cell's types, format.go, printer.go and verbs.go; their JSON, encode.go and decode.go.
//
// An Interp belongs to the goroutine that made it: Run must be called there, or an interrupt does not reach the
// loops inside interpreted functions. Interrupt may be called from anywhere.
package interp

import (
	"context"
	"fmt"
	"go/build"
	"go/token"
	"go/types"
	"io"
	"maps"
	"reflect"

	"github.com/cosmos72/gomacro/base"
	"github.com/cosmos72/gomacro/fast"
	"github.com/cosmos72/gomacro/imports"
	"github.com/cosmos72/gomacro/xreflect"
	"github.com/hardneg/hardneg/kernel/bindings/typedata"
)

func init() {
	// gomacro asks `go list -export` for the types of every package it meets, and panics on the aliases that Go
	// reports since 1.23. Without a GOROOT to ask it falls back on reflection: 300 ms faster, and no tool chain needed.
	build.Default.GOROOT = "/nonexistent"
}

// Interp holds what cells have declared so far.
type Interp struct {
	ir    *fast.Interp
	cells sources
	data  *typedata.Set // the types of what can be imported
	scope scope

	reps     *reps
	objects  objects
	generics generics
	undos    []func() // what to take back of a cell that does not compile
	temps    int      // how many temporary variables have names
	held     []*int   // lengths of slices whose indices are checked, while a cell is compiled

	queue  []reflect.Value // what waits for the variables that it is to be in
	laters laters          // the deferred functions of the cell that runs

	turns
	goroutines failures

	presents map[string][]reflect.Type   // what packages and declared functions ask values for
	declared map[string]*types.Signature // compiled functions that cells know without an import
	given    context.Context             // the last ctx
	selects  int                         // how many were compiled
	received map[string]xreflect.Type    // what their cases receive, by number and case
}

// New makes an interpreter without any declaration but `ctx` and the built-in functions.
func New() *Interp {
	in := &Interp{ir: fast.New(), scope: newScope(), received: map[string]xreflect.Type{},
		presents: map[string][]reflect.Type{}, declared: map[string]*types.Signature{}}
	in.presentLinked()
	in.reps, in.generics = newReps(in), newGenerics()
	in.objects.funcs = map[string]reflect.Value{}
	in.data = typedata.NewSet(&in.ir.Comp.Fileset.FileSet)
	c := in.ir.Comp
	c.Options &^= base.OptShowPrompt | base.OptTrapPanic | base.OptModuleImport
	c.Stdout, c.Stderr = io.Discard, io.Discard // gomacro's own warnings ("redefined identifier") are not the cell's
	in.declareChannels()
	in.declareBuiltins()
	in.declareNumbers()
	in.setContext(context.Background())
	in.override()
	return in
}

// Declare makes a compiled function known to cells under a name that needs no import.
// Its types must be those of linked packages.
func (in *Interp) Declare(name string, function any) {
	t, err := in.typeOf(reflect.TypeOf(function))
	if err != nil {
		panic(fmt.Sprintf("interp: declare %s: %v", name, err)) // the program's own mistake
	}
	in.ir.DeclFunc(name, function)
	in.declared[name] = t.(*types.Signature)
	in.scope.declare(types.NewFunc(token.NoPos, types.NewPackage(mainPath, "main"), name, t.(*types.Signature)))
}

// Import makes a linked package known to cells without an import of their own.
func (in *Interp) Import(path string) error {
	p, ok := imports.Packages[path]
	if !ok {
		return in.unknownPackage(path)
	}
	t, err := in.data.Import(path)
	if err != nil {
		return err
	}
	in.scope.packages[p.Name] = t
	return nil
}

// setContext puts ctx where cells find it, unless they have made `ctx` something else.
func (in *Interp) setContext(ctx context.Context) {
	c := in.ir.Comp
	t := c.Universe.TypeOf((*context.Context)(nil)).Elem()
	sym := c.TryResolve("ctx")
	switch {
	case sym == nil:
		in.ir.DeclVar("ctx", t, ctx)
		if t, err := in.typeOf(reflect.TypeFor[context.Context]()); err == nil {
			in.scope.declare(types.NewVar(token.NoPos, types.NewPackage(mainPath, "main"), "ctx", t))
		}
	case sym.Type != nil && sym.Type.ReflectType() == t.ReflectType() && sym.Desc.Settable():
		v := in.ir.ValueOf("ctx")
		if v.Interface() != any(in.given) {
			return // a cell's own
		}
		v.Set(xreflect.ValueOf(ctx))
	}
	in.given = ctx
}

// snapshot remembers the declarations, to take back those of a cell that does not compile.
func (in *Interp) snapshot() (restore func()) {
	c := in.ir.Comp
	binds, types := maps.Clone(c.Binds), maps.Clone(c.Types)
	return func() { c.Binds, c.Types = binds, types }
}

// Package std stands in for generic functions of the standard library, which cannot be bound: as text, to be interpreted
// for the types that a cell uses, and compiled for the commonest.
package std

import (
	"cmp"
	"embed"
	"maps"
	"slices"
)

//go:embed slices/slices.go maps/maps.go cmp/cmp.go iter/iter.go sync/sync.go errors/errors.go rand/rand.go reflect/reflect.go
var files embed.FS

var paths = map[string]string{"slices": "slices/slices.go", "maps": "maps/maps.go", "cmp": "cmp/cmp.go", "iter": "iter/iter.go",
	"sync": "sync/sync.go", "errors": "errors/errors.go", "math/rand/v2": "rand/rand.go", "reflect": "reflect/reflect.go"}

// Source is the Go text of what stands in for an import path, "" if there is none.
func Source(path string) string {
	b, _ := files.ReadFile(paths[path]) // embedded
	return string(b)
}

// Path is where cells find the compiled functions: a package of which no cell knows.
const Path = "std·fast"

// Compiled are functions for one type of element, by their full name and that type.
func Compiled() map[string]any {
	out := map[string]any{}
	add[int](out, "int")
	add[float64](out, "float64")
	add[string](out, "string")
	add[byte](out, "uint8")
	return out
}

func add[E cmp.Ordered](out map[string]any, name string) {
	for f, g := range map[string]any{
		"slices.BinarySearch": slices.BinarySearch[[]E], "slices.Clip": slices.Clip[[]E], "slices.Clone": slices.Clone[[]E],
		"slices.Compact": slices.Compact[[]E], "slices.Compare": slices.Compare[[]E], "slices.Concat": slices.Concat[[]E],
		"slices.Contains": slices.Contains[[]E], "slices.Delete": slices.Delete[[]E], "slices.Equal": slices.Equal[[]E],
		"slices.Grow": slices.Grow[[]E], "slices.Index": slices.Index[[]E], "slices.Insert": slices.Insert[[]E],
		"slices.IsSorted": slices.IsSorted[[]E], "slices.Max": slices.Max[[]E], "slices.Min": slices.Min[[]E],
		"slices.Repeat": slices.Repeat[[]E], "slices.Replace": slices.Replace[[]E], "slices.Reverse": slices.Reverse[[]E],
		"slices.Sort": slices.Sort[[]E], "cmp.Compare": cmp.Compare[E], "cmp.Less": cmp.Less[E], "cmp.Or": cmp.Or[E],
		"maps.Clone": maps.Clone[map[string]E], "maps.Equal": maps.Equal[map[string]E, map[string]E],
	} {
		out[f+"["+name+"]"] = g
	}
}

package interp

import (
	"testing"

	"github.com/hardneg/hardneg/kernel/interp/stop"
)

// The methods of package testing that end the calling goroutine, which may be that of cells.

type endsGoroutine interface {
	FailNow()
	Fatal(args ...any)
	Fatalf(format string, args ...any)
	SkipNow()
	Skip(args ...any)
	Skipf(format string, args ...any)
}

func init() {
	ends(func(t *testing.T) endsGoroutine { return t })
	ends(func(b *testing.B) endsGoroutine { return b })
}

func ends[T any](as func(*T) endsGoroutine) {
	method("FailNow", func(t *T) func() { return func() { onlyElsewhere("FailNow"); as(t).FailNow() } })
	method("Fatal", func(t *T) func(...any) { return func(v ...any) { onlyElsewhere("Fatal"); as(t).Fatal(v...) } })
	method("Fatalf", func(t *T) func(string, ...any) {
		return func(f string, v ...any) { onlyElsewhere("Fatalf"); as(t).Fatalf(f, v...) }
	})
	method("SkipNow", func(t *T) func() { return func() { onlyElsewhere("SkipNow"); as(t).SkipNow() } })
	method("Skip", func(t *T) func(...any) { return func(v ...any) { onlyElsewhere("Skip"); as(t).Skip(v...) } })
	method("Skipf", func(t *T) func(string, ...any) {
		return func(f string, v ...any) { onlyElsewhere("Skipf"); as(t).Skipf(f, v...) }
	})
}

// onlyElsewhere ends the cell where the calling goroutine works for one; those that package testing has started may end.
func onlyElsewhere(name string) {
	if stop.Current() != nil {
		panic(name + " of package testing would end the kernel's own goroutine, so it ends the cell")
	}
}

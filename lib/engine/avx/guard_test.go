//go:build linux || darwin

package avx

import (
	"os"
	"testing"
	"unsafe"

	"golang.org/x/sys/unix"
	"gorgonia.org/tensor"
)

// Tensors and scratch lie against pages that cannot be touched, behind them and then before them: a kernel that reads
// or writes one element too far ends the test.
func TestGuardPages(t *testing.T) {
	old := allocate
	defer func() { allocate = old }()
	for _, behind := range []bool{true, false} {
		allocate = func(n int) []float32 { return guarded(t, n, behind) }
		each(t, func(t *testing.T, e *Engine) {
			e.use = winoAlways
			convolutions(e, guardedTensors(t, e, behind))
			e.use = winoByShape
			suite(e, guardedTensors(t, e, behind))
		})
	}
}

func guardedTensors(t *testing.T, e *Engine, behind bool) func(shape ...int) *tensor.Dense {
	return func(shape ...int) *tensor.Dense {
		return tensor.New(tensor.WithShape(shape...), tensor.WithEngine(e),
			tensor.WithBacking(guarded(t, tensor.Shape(shape).TotalSize(), behind)))
	}
}

// guarded returns n zeros that end (or begin) where a page ends that the next (or the previous) one guards. The
// memory is given back when the test ends.
func guarded(t *testing.T, n int, behind bool) []float32 {
	page := os.Getpagesize()
	size := (4*n + page - 1) / page * page
	b, err := unix.Mmap(-1, 0, size+2*page, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_ANON|unix.MAP_PRIVATE)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { unix.Munmap(b) })
	for _, guard := range [][]byte{b[:page], b[page+size:]} {
		if err := unix.Mprotect(guard, unix.PROT_NONE); err != nil {
			t.Fatal(err)
		}
	}
	first := page
	if behind {
		first += size - 4*n
	}
	return unsafe.Slice((*float32)(unsafe.Pointer(&b[first])), n)[:n:n]
}

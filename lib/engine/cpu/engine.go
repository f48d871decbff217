// Package cpu is the engine in plain Go: the reference that every other engine is held to, on every platform.
//
// Tensors lie in Go's memory in the order of NCHW. Convolutions and matrix products are sums of scaled rows
// (multiply.go) over patches that are laid out beforehand (im2col.go). Where a sum is long, its parts are summed
// in float32 and the parts in float64, in an order that the shapes fix: no result depends on the number of threads.
package cpu

import (
	"fmt"
	"unsafe"

	"gorgonia.org/tensor"

	"github.com/hardneg/hardneg/lib/engine"
	"github.com/hardneg/hardneg/lib/parallel"
)

func init() {
	engine.Register("cpu", func() (engine.Engine, error) { return New(), nil })
}

var _ engine.Engine = (*Engine)(nil)

// Engine computes in plain Go, on as many threads as parallel.Threads says. It owns the scratch memory of its
// kernels, so that one goroutine at a time may call it.
//
// An engine for faster hardware can embed *Engine and override what it does better; it calls Bind so that tensors
// name it as theirs.
type Engine struct {
	tensor.StdEng // memory that Go can reach, and the rest of Gorgonia's arithmetic on it

	owner tensor.Engine // what tensors report: the engine itself, or the one that embeds it

	workers []scratch // of each worker of a loop
	shared  scratch   // of the kernel as a whole
}

// New returns an engine with no memory of its own yet: scratch grows on first use.
func New() *Engine {
	e := &Engine{}
	e.owner = e
	return e
}

// Bind makes owner, an engine that embeds e, the engine that tensors report: those of New and View, and through
// them the clones that Gorgonia makes. Call it before the first tensor.
func (e *Engine) Bind(owner tensor.Engine) { e.owner = owner }

// Name is "cpu", Variant "go".
func (e *Engine) Name() string    { return "cpu" }
func (e *Engine) Variant() string { return "go" }

// New returns a tensor of zeros whose memory begins at a multiple of 64 bytes.
func (e *Engine) New(shape ...int) *tensor.Dense {
	engine.CheckNew(shape)
	return e.wrap(aligned(tensor.Shape(shape).TotalSize()), shape)
}

// View returns the elements of t from offset on, as a tensor of the given shape over the same memory.
func (e *Engine) View(t *tensor.Dense, offset int, shape ...int) *tensor.Dense {
	n := engine.CheckView(t, offset, shape)
	return e.wrap(data(t)[offset:offset+n:offset+n], shape)
}

// Upload copies src into dst, Download src into dst; lengths must be equal.
func (e *Engine) Upload(dst *tensor.Dense, src []float32) {
	engine.CheckTransfer("Upload", dst, len(src))
	copy(data(dst), src)
}

// Download copies src into dst; lengths must be equal.
func (e *Engine) Download(dst []float32, src *tensor.Dense) {
	engine.CheckTransfer("Download", src, len(dst))
	copy(dst, data(src))
}

// Copy copies src into dst; shapes must be equal.
func (e *Engine) Copy(dst, src *tensor.Dense) {
	engine.CheckSame("Copy", dst, src)
	copy(data(dst), data(src))
}

func (e *Engine) wrap(floats []float32, shape []int) *tensor.Dense {
	// Gorgonia keeps the slice of a shape that it is given: hand it one of its own.
	own := append([]int(nil), shape...)
	return tensor.New(tensor.WithShape(own...), tensor.WithEngine(e.owner), tensor.WithBacking(floats))
}

// aligned returns n zeros from a multiple of 64 bytes on: a cache line, and the widest vector register.
func aligned(n int) []float32 {
	const line = 16 // float32
	b := make([]float32, n+line-1)
	skip := int(-uintptr(unsafe.Pointer(&b[0]))%64) / 4
	return b[skip : skip+n : skip+n]
}

// data is the memory of t.
func data(t *tensor.Dense) []float32 {
	if t.Dtype() != tensor.Float32 {
		panic(fmt.Sprintf("cpu: a tensor of %v, want float32", t.Dtype()))
	}
	return t.Float32s()
}

// scratch is memory that a kernel needs while it runs: it grows to the largest use and stays.
type scratch struct {
	a, b, c []float32
	sums    []float64
}

// grow returns the first n elements of *s, which is made longer where needed. What they hold is undefined.
func grow[T float32 | float64](s *[]T, n int) []T {
	if cap(*s) < n {
		*s = make([]T, n)
	}
	return (*s)[:n]
}

// perWorker makes sure that each worker of the loop that follows has scratch.
func (e *Engine) perWorker() []scratch {
	for len(e.workers) < parallel.Threads() {
		e.workers = append(e.workers, scratch{})
	}
	return e.workers
}

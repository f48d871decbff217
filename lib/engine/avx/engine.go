package avx

import (
	"fmt"
	"unsafe"

	"gorgonia.org/tensor"

	"github.com/hardneg/hardneg/lib/engine/cpu"
	"github.com/hardneg/hardneg/lib/parallel"
)

// Engine is cpu's engine with kernels in assembly. Tensors lie as cpu's do, in Go's memory in the order of NCHW.
type Engine struct {
	*cpu.Engine
	isa     string
	use     winoUse
	k       *kernels
	workers []*worker
	shared  [4][]float32 // scratch of a kernel as a whole
	sums    []float64

	parameters []float32   // of an element-by-element kernel
	window     window      // of the convolution that runs
	corr       correlation // of the gradient to weights that runs
	wino       winoPlan    // of Winograd's convolution that runs
	winoCorr   winoCorrelation
}

func newEngine(isa string, use winoUse) *Engine {
	e := &Engine{Engine: cpu.New(), isa: isa, use: use, k: kernelsOf[isa]}
	e.Bind(e)
	return e
}

// Name is "avx", or "avx-exact" where no convolution is Winograd's; Variant is the instruction set, "avx2" or "avx512".
func (e *Engine) Name() string {
	if e.use == winoNever {
		return "avx-exact"
	}
	return "avx"
}
func (e *Engine) Variant() string { return e.isa }

// worker is the scratch memory of one worker of a loop.
type worker struct {
	walk walk
	x, y []float32
	tile [256]float32
	sums []float64

	parameters []float32 // of a strip

	frame []float32 // of Winograd's convolution
	wino  winoScratch
}

// perWorker returns the scratch of each worker of the loop that follows.
func (e *Engine) perWorker() []*worker {
	for len(e.workers) < parallel.Threads() {
		e.workers = append(e.workers, new(worker))
	}
	return e.workers
}

// grow returns the first n elements of *s, which is made longer where needed and begins at a multiple of 64 bytes.
// What they hold is undefined.
func grow(s *[]float32, n int) []float32 {
	if cap(*s) < n {
		*s = allocate(n)
	}
	return (*s)[:n]
}

// allocate is where scratch comes from; a test puts it between pages that cannot be touched.
var allocate = func(n int) []float32 {
	b := make([]float32, n+unit-1)
	skip := int(-uintptr(unsafe.Pointer(&b[0]))%64) / 4
	return b[skip : skip+n : skip+n]
}

func grow64(s *[]float64, n int) []float64 {
	if cap(*s) < n {
		*s = make([]float64, n)
	}
	return (*s)[:n]
}

// data is the memory of t.
func data(t *tensor.Dense) []float32 {
	if t.Dtype() != tensor.Float32 {
		panic(fmt.Sprintf("avx: a tensor of %v, want float32", t.Dtype()))
	}
	return t.Float32s()
}

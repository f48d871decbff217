// Package enginetest holds every engine to float64: one table of cases, kernel by kernel, that engine/cpu,
// engine/avx and engine/cuda all run. The float64 side (naive*.go) is written from the definitions, shares no code
// with any engine, and is itself held to values of PyTorch in testdata.
package enginetest

import (
	"math"
	"math/rand/v2"
	"testing"

	"gorgonia.org/tensor"

	"github.com/hardneg/hardneg/lib/engine"
	"github.com/hardneg/hardneg/lib/parallel"
	"github.com/hardneg/hardneg/lib/stream"
)

// Options are what one engine may differ in. The zero value is that of an engine whose kernels are direct.
type Options struct {
	// The largest error of a convolution's elements, as a part of the largest element; 0: 2e-6, 2e-6 and 5e-6.
	Forward, BackwardData, BackwardWeights float64

	// NoImageViews says that images (N, C, H, W) cannot be views of an arena: their layout needs more memory than
	// their elements. Weights and everything else can.
	NoImageViews bool
}

// tolerance is the largest error of every other kernel, as a part of the largest element.
const tolerance = 2e-6

// testCase is one line of the table: it makes inputs from tr, calls kernels, and checks what they give.
type testCase struct {
	name string
	run  func(tr *trial)
}

// Run runs the table on e: against float64; the same bits for 1, 2, 3 and 8 threads; what must not be written
// stays as it was; NaN and infinity travel as they do in PyTorch.
func Run(t *testing.T, e engine.Engine, o Options) {
	run(t, e, o, []group{
		{"Memory", memoryCases()},
		{"Conv", convCases()},
		{"BatchNorm", batchNormCases()},
		{"Rows", rowCases()},
		{"MatMul", matMulCases()},
		{"Update", updateCases()},
		{"SelectRanks", selectCases()},
		{"InfoNCE", infoNCECases()},
		{"NotFinite", notFiniteCases()},
	})
}

// RunConv runs the part of the table that convolutions are in, for an engine with several kinds of them.
func RunConv(t *testing.T, e engine.Engine, o Options) {
	run(t, e, o, []group{{"Conv", convCases()}, {"NotFinite", notFiniteCases()}})
}

type group struct {
	name  string
	cases []testCase
}

func run(t *testing.T, e engine.Engine, o Options, groups []group) {
	worst := map[string]float64{}
	for _, group := range groups {
		t.Run(group.name, func(t *testing.T) {
			for _, c := range group.cases {
				t.Run(c.name, func(t *testing.T) { runCase(t, e, o, c, worst) })
			}
		})
	}
	for _, kernel := range sortedKeys(worst) {
		t.Logf("%-22s largest error %.1e of the largest element", kernel, worst[kernel])
	}
}

func runCase(t *testing.T, e engine.Engine, o Options, c testCase, worst map[string]float64) {
	old := parallel.Threads()
	defer parallel.SetThreads(old)
	var first []output
	for i, threads := range []int{2, 1, 3, 8} {
		parallel.SetThreads(threads)
		tr := &trial{t: t, e: e, o: o, r: stream.New(1, 2, 3), compare: i == 0, worst: worst}
		c.run(tr)
		tr.finish()
		if i == 0 {
			first = tr.outputs
		} else {
			sameBits(t, threads, tr.outputs, first)
		}
	}
}

// trial is one run of a case: a source of inputs and outputs, and a record of what was computed.
type trial struct {
	t       *testing.T
	e       engine.Engine
	o       Options
	r       *rand.Rand
	compare bool // with float64; else only the bits are kept
	worst   map[string]float64
	inputs  []input
	outputs []output
	guards  map[*tensor.Dense]*tensor.Dense // tensor: the arena that it lies in
}

type input struct {
	t    *tensor.Dense
	data []float32
}

type output struct {
	kernel string
	data   []float32
}

// normal returns n draws of a standard normal distribution.
func (tr *trial) normal(n int) []float32 {
	x := make([]float32, n)
	for i := range x {
		x[i] = float32(tr.r.NormFloat64())
	}
	return x
}

// input returns a tensor of normal draws that no kernel may change, and its values in float64.
func (tr *trial) input(shape ...int) (*tensor.Dense, []float64) {
	return tr.inputOf(tr.normal(tensor.Shape(shape).TotalSize()), shape...)
}

// inputOf is input with given values.
func (tr *trial) inputOf(values []float32, shape ...int) (*tensor.Dense, []float64) {
	t := engine.From(tr.e, values, shape...)
	tr.inputs = append(tr.inputs, input{t, values})
	return t, wide(values)
}

// state returns a tensor of given values that kernels may change, with guarded borders.
func (tr *trial) state(values []float32, shape ...int) *tensor.Dense {
	t := tr.output(shape...)
	tr.e.Upload(t, values)
	return t
}

const (
	border = 64        // elements before and after a guarded tensor
	canary = -1.625e19 // what they hold
)

// output returns a tensor of NaN, so that a kernel that adds to what is there is caught, between borders that must
// stay as they are.
func (tr *trial) output(shape ...int) *tensor.Dense {
	n := tensor.Shape(shape).TotalSize()
	t := tr.e.New(shape...)
	if len(shape) != 4 || !tr.o.NoImageViews {
		values := make([]float32, n+2*border)
		for i := range values {
			values[i] = canary
		}
		arena := engine.From(tr.e, values, len(values))
		t = tr.e.View(arena, border, shape...)
		if tr.guards == nil {
			tr.guards = map[*tensor.Dense]*tensor.Dense{}
		}
		tr.guards[t] = arena
	}
	nan := make([]float32, n)
	for i := range nan {
		nan[i] = float32(math.NaN())
	}
	tr.e.Upload(t, nan)
	return t
}

// check compares got with the float64 values of want, element by element: the largest error may be limit times the
// largest value. want is called only where values are compared.
func (tr *trial) check(kernel string, got *tensor.Dense, limit float64, want func() []float64) {
	tr.t.Helper()
	values := engine.Floats(got)
	tr.outputs = append(tr.outputs, output{kernel, values})
	if !tr.compare {
		return
	}
	tr.checkValues(kernel, wide(values), limit, want())
}

// checkValues is check for values that lie in Go's memory.
func (tr *trial) checkValues(kernel string, got []float64, limit float64, want []float64) {
	tr.t.Helper()
	if len(got) != len(want) {
		tr.t.Fatalf("%s: %d values, want %d", kernel, len(got), len(want))
	}
	scale, failed := largest(want), false
	for i, w := range want {
		e := math.Abs(got[i] - w)
		if scale > 0 {
			e /= scale
		}
		if !failed && !(e <= limit) { // NaN fails
			failed = true
			tr.t.Errorf("%s: element %d is %g, want %g: error %.2g of the largest element, limit %g", kernel, i, got[i], w, e, limit)
		}
		tr.worst[kernel] = max(tr.worst[kernel], e)
	}
}

// finish checks that inputs and the borders of outputs are as they were.
func (tr *trial) finish() {
	tr.t.Helper()
	for _, in := range tr.inputs {
		for i, v := range engine.Floats(in.t) {
			if math.Float32bits(v) != math.Float32bits(in.data[i]) {
				tr.t.Errorf("element %d of an input of shape %v changed from %g to %g", i, in.t.Shape(), in.data[i], v)
				break
			}
		}
	}
	for t, arena := range tr.guards {
		values := engine.Floats(arena)
		for i := range border {
			if values[i] != canary || values[len(values)-1-i] != canary {
				tr.t.Errorf("a kernel wrote beyond an output of shape %v", t.Shape())
				break
			}
		}
	}
}

func sameBits(t *testing.T, threads int, got, want []output) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%d outputs with %d threads, %d with 2", len(got), threads, len(want))
	}
	for i, g := range got {
		for j, v := range g.data {
			if w := want[i].data[j]; math.Float32bits(v) != math.Float32bits(w) {
				t.Errorf("%s: element %d is %g with %d threads, %g with 2", g.kernel, j, v, threads, w)
				break
			}
		}
	}
}

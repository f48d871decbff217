package enginetest

import (
	"fmt"
	"math"

	"gorgonia.org/tensor"

	"github.com/hardneg/hardneg/lib/engine"
)

// memoryCases: a tensor begins with zeros, gives back what was put in, and shares memory with its views; what
// Gorgonia makes of two tensors lives on the same engine.
func memoryCases() []testCase {
	cases := []testCase{{"arena", viewCase}, {"add", addCase}}
	for _, shape := range [][]int{{1}, {17}, {3, 5}, {1, 1}, {2, 3, 4, 5}, {1, 48, 8, 8}, {3, 17, 1, 3}, {48, 3, 3, 3}, {96, 48, 1, 1}} {
		cases = append(cases, testCase{fmt.Sprint(shape), func(tr *trial) {
			for _, v := range engine.Floats(tr.e.New(shape...)) {
				if math.Float32bits(v) != 0 {
					tr.t.Fatalf("a new tensor holds %g", v)
				}
			}
			x, values := tr.input(shape...)
			if engine.Of(x) != tr.e {
				tr.t.Fatalf("a tensor of engine %s says that it lives on %T", tr.e.Name(), x.Engine())
			}
			exactly := func() []float64 { return values }
			tr.check("Download", x, 0, exactly)
			y := tr.output(shape...)
			tr.e.Copy(y, x)
			tr.check("Copy", y, 0, exactly)
		}})
	}
	return cases
}

func viewCase(tr *trial) {
	arena := tr.state(make([]float32, 1000), 1000)
	left, right := tr.e.View(arena, 0, 4, 16), tr.e.View(arena, 64, 16)
	tr.e.Upload(left, tr.normal(64))
	want := append(wide(engine.Floats(left)), wide(engine.Floats(right))...)
	want = append(want, make([]float64, 920)...)
	tr.check("View", arena, 0, func() []float64 { return want })
	if left.Engine() != arena.Engine() {
		tr.t.Errorf("a view lives on %T", left.Engine())
	}
}

// addCase adds as Gorgonia does where gradients meet: into a new tensor, into one that is at hand, on top of one,
// and in place.
func addCase(tr *trial) {
	for _, shape := range [][]int{{7}, {5, 3}, {2, 17, 3, 5}} {
		a, x := tr.input(shape...)
		b, y := tr.input(shape...)
		sum := func(scale float64) func() []float64 {
			return func() []float64 {
				s := make([]float64, len(x))
				for i := range s {
					s[i] = scale * (x[i] + y[i])
				}
				return s
			}
		}
		add := func(a *tensor.Dense, opts ...tensor.FuncOpt) *tensor.Dense {
			out, err := tr.e.Add(a, b, opts...)
			if err != nil {
				tr.t.Fatal(err)
			}
			dense := out.(*tensor.Dense)
			if engine.Of(dense) != tr.e {
				tr.t.Fatalf("the sum lives on %T", dense.Engine())
			}
			return dense
		}
		tr.check("Add", add(a), tolerance, sum(1))
		out := tr.output(shape...)
		if add(a, tensor.WithReuse(out)) != out {
			tr.t.Error("the sum is not where it was asked for")
		}
		tr.check("Add", out, tolerance, sum(1))
		add(a, tensor.WithIncr(out))
		tr.check("Add", out, tolerance, sum(2))
		place := tr.output(shape...)
		tr.e.Copy(place, a)
		add(place, tensor.UseUnsafe())
		tr.check("Add", place, tolerance, sum(1))
	}
}

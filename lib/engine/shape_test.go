package engine

import (
	"strings"
	"testing"

	"gorgonia.org/tensor"
)

// A shape that does not fit panics with a text that names the kernel and both shapes.
func TestShapesThatDoNotFit(t *testing.T) {
	of := func(shape ...int) *tensor.Dense {
		return tensor.New(tensor.Of(tensor.Float32), tensor.WithShape(shape...))
	}
	bn := func(c, splits int) *BatchNorm {
		return &BatchNorm{Gamma: of(c), Beta: of(c), RunningMean: of(c), RunningVar: of(c), Mean: of(splits, c), InvStd: of(splits, c),
			Splits: splits, Train: true}
	}
	wrong := bn(3, 1)
	wrong.Beta = of(4)
	for _, c := range []struct {
		name  string
		check func()
		want  []string
	}{
		{"no shape", func() { CheckNew(nil) }, []string{"New", "at least one dimension"}},
		{"zero", func() { CheckNew([]int{3, 0}) }, []string{"New", "(3, 0)"}},
		{"view", func() { CheckView(of(10), 5, []int{2, 3}) }, []string{"View", "(2, 3)", "element 5", "(10)"}},
		{"view of a matrix", func() { CheckView(of(2, 5), 0, []int{2}) }, []string{"View", "(2)", "(2, 5)"}},
		{"upload", func() { CheckTransfer("Upload", of(2, 5), 9) }, []string{"Upload", "9", "(2, 5)"}},
		{"same", func() { CheckSame("Copy", of(2, 5), of(5, 2)) }, []string{"Copy", "(2, 5)", "(5, 2)"}},
		{"ones", func() { CheckSame("Copy", of(1), of(1, 1)) }, []string{"Copy", "(1)", "(1, 1)"}},
		{"arena", func() { CheckArena("SGD", of(2, 5), of(2, 5)) }, []string{"SGD", "(2, 5)", "one dimension"}},
		{"arenas", func() { CheckArena("SGD", of(2), of(2), of(3)) }, []string{"SGD", "(2)", "(3)"}},
		{"channels", func() { CheckConv("Conv2D", of(2, 8, 4, 4), of(2, 3, 4, 4), of(8, 4, 3, 3), 1, 1) },
			[]string{"Conv2D", "(2, 3, 4, 4)", "(8, 4, 3, 3)", "3 channels"}},
		{"side", func() { CheckConv("Conv2D", of(2, 8, 4, 4), of(2, 3, 4, 4), of(8, 3, 3, 3), 1, 0) },
			[]string{"(2, 3, 4, 4)", "(8, 3, 3, 3)", "(2, 8, 2, 2)", "(2, 8, 4, 4)", "stride 1, pad 0"}},
		{"small image", func() { CheckConv("Conv2D", of(1, 1, 1, 1), of(1, 1, 2, 2), of(1, 1, 5, 5), 1, 1) }, []string{"(1, 1, 2, 2)", "(1, 1, 5, 5)", "pad 1"}},
		{"stride", func() { CheckConv("Conv2D", of(1, 1, 1, 1), of(1, 1, 1, 1), of(1, 1, 1, 1), 0, 0) }, []string{"stride 0"}},
		{"three dimensions", func() { CheckConv("Conv2D", of(1, 1, 1), of(1, 1, 1, 1), of(1, 1, 1, 1), 1, 0) }, []string{"(1, 1, 1)", "four dimensions"}},
		{"pool", func() { CheckPool("GlobalAvgPool", of(3, 2), of(2, 3, 4, 4)) }, []string{"GlobalAvgPool", "(3, 2)", "(2, 3, 4, 4)"}},
		{"batch norm's x", func() { CheckBatchNorm("BatchNorm", of(2, 3, 4), bn(3, 1)) }, []string{"BatchNorm", "(2, 3, 4)", "(N, C)"}},
		{"batch norm's y", func() { CheckBatchNorm("BatchNorm", of(2, 3), bn(3, 1), nil, of(3, 2)) }, []string{"(2, 3)", "(3, 2)"}},
		{"beta", func() { CheckBatchNorm("BatchNorm", of(2, 3), wrong) }, []string{"beta (4)", "(2, 3)"}},
		{"no statistics", func() {
			CheckBatchNorm("BatchNorm", of(4, 3), &BatchNorm{Gamma: of(3), Beta: of(3), RunningMean: of(3), RunningVar: of(3), Train: true})
		},
			[]string{"nil", "(1, 3)", "(4, 3)"}},
		{"splits", func() { CheckBatchNorm("BatchNorm", of(6, 3), bn(3, 4)) }, []string{"6", "4 splits", "(6, 3)"}},
		{"one value", func() { CheckBatchNorm("BatchNorm", of(1, 3, 1, 1), bn(3, 1)) }, []string{"(1, 3, 1, 1)", "one value"}},
		{"rows", func() { CheckRows("Normalise", of(3), of(4, 5)) }, []string{"Normalise", "(3)", "(4, 5)"}},
		{"matrices", func() { CheckMatMul("MatMul", of(2, 4), of(2, 3), of(4, 3), false, false) }, []string{"MatMul", "(2, 3)", "(4, 3)", "(2, 4)"}},
		{"transpose", func() { CheckMatMul("MatMul", of(2, 4), of(2, 3), of(3, 4), true, false) }, []string{"(2, 3)^T", "(3, 4)"}},
		{"linear", func() { CheckLinear("Linear", of(2, 4), of(2, 3), of(3, 4), nil) }, []string{"Linear", "(2, 3)", "(3, 4)", "(2, 4)"}},
		{"bias", func() { CheckLinear("Linear", of(2, 4), of(2, 3), of(4, 3), of(3)) }, []string{"(3)", "(4, 3)", "want (4)"}},
		{"pairs", func() { CheckSelect("SelectRanks", NewPairs(2, 9), of(2, 10), nil, 0, 1) }, []string{"SelectRanks", "(2, 9)", "(2, 10)"}},
		{"ranks", func() { CheckSelect("SelectRanks", NewPairs(2, 9), of(2, 9), nil, 4, 10) }, []string{"4 to 10", "(2, 9)"}},
		{"queue", func() { CheckInfoNCE("InfoNCE", &InfoNCE{Q: of(2, 3), Queue: of(9, 4)}) }, []string{"InfoNCE", "(2, 3)", "(9, 4)"}},
		{"similarities", func() { CheckInfoNCE("InfoNCE", &InfoNCE{Q: of(2, 3), K: of(2, 3), Queue: of(9, 3), S: of(9, 2)}) }, []string{"(9, 2)", "(2, 3)", "(9, 3)"}},
		{"losses", func() {
			CheckInfoNCE("InfoNCE", &InfoNCE{Q: of(2, 3), K: of(2, 3), Queue: of(9, 3), S: of(2, 9), Loss: make([]float64, 1)})
		},
			[]string{"1 losses", "(2, 3)"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			defer func() {
				text, _ := recover().(string)
				for _, part := range c.want {
					if !strings.Contains(text, part) {
						t.Errorf("panic %q does not say %q", text, part)
					}
				}
			}()
			c.check()
		})
	}
}

// What the checks return are the sizes that kernels work with.
func TestSizes(t *testing.T) {
	of := func(shape ...int) *tensor.Dense {
		return tensor.New(tensor.Of(tensor.Float32), tensor.WithShape(shape...))
	}
	got := CheckConv("Conv2D", of(2, 8, 4, 2), of(2, 3, 7, 6), of(8, 3, 3, 5), 2, 1)
	if want := (Conv{N: 2, I: 3, H: 7, W: 6, O: 8, R: 3, S: 5, Ho: 4, Wo: 2, Stride: 2, Pad: 1}); got != want {
		t.Errorf("a convolution of %+v, want %+v", got, want)
	}
	if m, n, k := CheckMatMul("MatMul", of(2, 4), of(3, 2), of(4, 3), true, true); m != 2 || n != 4 || k != 3 {
		t.Errorf("a product of %d, %d, %d, want 2, 4, 3", m, n, k)
	}
	if n, i, o := CheckLinear("Linear", of(2, 4), of(2, 3), of(4, 3), of(4)); n != 2 || i != 3 || o != 4 {
		t.Errorf("a layer of %d, %d, %d, want 2, 3, 4", n, i, o)
	}
}

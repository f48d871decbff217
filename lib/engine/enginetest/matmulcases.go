package enginetest

import (
	"fmt"
	"math"

	"gorgonia.org/tensor"

	"github.com/hardneg/hardneg/lib/engine"
)

func matMulCases() []testCase {
	var cases []testCase
	for _, s := range [][3]int{{1, 1, 1}, {3, 5, 7}, {2, 130, 65}, {20, 300, 64}, {48, 27, 300}, {33, 17, 129}, {1, 257, 5}, {64, 1, 33}} {
		for mode := range 4 {
			transposeA, transposeB := mode&1 != 0, mode&2 != 0
			cases = append(cases, testCase{fmt.Sprintf("%v/%v %v", s, transposeA, transposeB), func(tr *trial) {
				matMulCase(tr, s[0], s[1], s[2], transposeA, transposeB)
			}})
		}
	}
	for _, s := range [][3]int{{1, 1, 1}, {20, 192, 192}, {20, 192, 64}, {7, 33, 17}, {3, 512, 128}, {64, 64, 10}} {
		for mode := range 8 {
			bias, relu, data := mode&1 == 0, mode&2 != 0, mode&4 == 0
			cases = append(cases, testCase{fmt.Sprintf("linear %v/bias %v/relu %v/dx %v", s, bias, relu, data), func(tr *trial) {
				linearCase(tr, s[0], s[1], s[2], bias, relu, data)
			}})
		}
	}
	for _, n := range []int{1, 7, 64, 10000, 100001} {
		cases = append(cases, testCase{fmt.Sprint("dot ", n), func(tr *trial) { dotCase(tr, n) }})
	}
	return cases
}

func matMulCase(tr *trial, m, n, k int, transposeA, transposeB bool) {
	shapeA, shapeB := []int{m, k}, []int{k, n}
	if transposeA {
		shapeA = []int{k, m}
	}
	if transposeB {
		shapeB = []int{n, k}
	}
	a, as := tr.input(shapeA...)
	b, bs := tr.input(shapeB...)
	c := tr.output(m, n)
	tr.e.MatMul(c, a, b, transposeA, transposeB)
	tr.check("MatMul", c, tolerance, func() []float64 {
		if transposeA {
			as = transpose(as, k, m)
		}
		if transposeB {
			bs = transpose(bs, n, k)
		}
		return matMul(as, bs, m, n, k)
	})
}

func linearCase(tr *trial, n, i, o int, bias, relu, data bool) {
	x, xs := tr.input(n, i)
	w, ws := tr.input(o, i)
	dy, dys := tr.input(n, o)
	y, dw := tr.output(n, o), tr.output(o, i)
	var b, db, dx *tensor.Dense
	var bs []float64
	if bias {
		b, bs = tr.input(o)
		db = tr.output(o)
	}
	if data {
		dx = tr.output(n, i)
	}
	tr.e.Linear(y, x, w, b, relu)
	tr.check("Linear", y, tolerance, func() []float64 { return linear(xs, ws, bs, n, i, o, relu) })
	tr.e.LinearBackward(dx, dw, db, dy, y, x, w, relu)
	wantX, wantW, wantB := linearBackward(dys, wide(engine.Floats(y)), xs, ws, n, i, o, relu)
	tr.check("LinearBackward dw", dw, tolerance, func() []float64 { return wantW })
	if bias {
		tr.check("LinearBackward db", db, tolerance, func() []float64 { return wantB })
	}
	if data {
		tr.check("LinearBackward dx", dx, tolerance, func() []float64 { return wantX })
	}
}

// dotCase: the products of float32 are exact in float64, so that the sum is as good as float64's.
func dotCase(tr *trial, n int) {
	a, as := tr.input(n)
	b, bs := tr.input(n)
	got := tr.e.Dot(a, b)
	tr.outputs = append(tr.outputs, output{"Dot", []float32{float32(got)}})
	want, size := 0.0, 0.0
	for i, v := range as {
		want += v * bs[i]
		size += math.Abs(v * bs[i])
	}
	if !(math.Abs(got-want) <= 1e-13*size) {
		tr.t.Errorf("Dot: %.17g, want %.17g", got, want)
	}
}

package enginetest

import (
	"fmt"
	"testing"

	"github.com/hardneg/hardneg/lib/stream"
)

// MainConvs are the convolutions of the encoder "main" on images of 16 pixels; ResNetConvs those of CIFAR
// ResNet-18. Rows are inputs, side, outputs, kernel, stride; pad is 1 for 3x3 and 0 for 1x1.
var (
	MainConvs   = [][5]int{{3, 16, 48, 3, 2}, {48, 8, 48, 3, 1}, {48, 8, 96, 3, 2}, {96, 4, 192, 3, 2}}
	ResNetConvs = [][5]int{
		{3, 32, 64, 3, 1}, {64, 32, 64, 3, 1}, {64, 32, 128, 3, 2}, {64, 32, 128, 1, 2}, {128, 16, 128, 3, 1}, {128, 16, 256, 3, 2},
		{128, 16, 256, 1, 2}, {256, 8, 256, 3, 1}, {256, 8, 512, 3, 2}, {256, 8, 512, 1, 2}, {512, 4, 512, 3, 1},
	}
)

func square(n int, row [5]int) conv {
	return conv{n: n, i: row[0], h: row[1], w: row[1], o: row[2], r: row[3], s: row[3], stride: row[4], pad: row[3] / 2}
}

func convCases() []testCase {
	var cs []conv
	for _, row := range MainConvs {
		cs = append(cs, square(1, row), square(20, row))
	}
	for _, row := range ResNetConvs {
		cs = append(cs, square(2, row))
	}
	cs = append(cs,
		conv{n: 1, i: 1, h: 1, w: 1, o: 1, r: 1, s: 1, stride: 1, pad: 0},
		conv{n: 1, i: 1, h: 1, w: 1, o: 1, r: 3, s: 3, stride: 1, pad: 1},
		conv{n: 2, i: 1, h: 3, w: 3, o: 1, r: 3, s: 3, stride: 1, pad: 0},
		conv{n: 1, i: 1, h: 28, w: 28, o: 16, r: 3, s: 3, stride: 1, pad: 1},
		conv{n: 3, i: 3, h: 7, w: 5, o: 17, r: 3, s: 3, stride: 2, pad: 1},
		conv{n: 3, i: 5, h: 9, w: 11, o: 7, r: 3, s: 3, stride: 2, pad: 0},
		conv{n: 2, i: 16, h: 6, w: 7, o: 31, r: 1, s: 1, stride: 2, pad: 0},
		conv{n: 2, i: 33, h: 5, w: 5, o: 15, r: 1, s: 1, stride: 1, pad: 0},
		conv{n: 2, i: 6, h: 5, w: 4, o: 10, r: 1, s: 1, stride: 1, pad: 1},
		conv{n: 5, i: 48, h: 13, w: 13, o: 47, r: 3, s: 3, stride: 1, pad: 1},
		conv{n: 1, i: 17, h: 2, w: 2, o: 48, r: 3, s: 3, stride: 1, pad: 1},
		conv{n: 131, i: 4, h: 2, w: 3, o: 5, r: 3, s: 3, stride: 1, pad: 1},
		conv{n: 2, i: 3, h: 12, w: 12, o: 8, r: 5, s: 5, stride: 2, pad: 2},
		conv{n: 2, i: 3, h: 15, w: 15, o: 9, r: 7, s: 7, stride: 2, pad: 3},
		conv{n: 2, i: 3, h: 9, w: 8, o: 4, r: 3, s: 2, stride: 3, pad: 1},
		conv{n: 1, i: 2, h: 4, w: 1, o: 3, r: 3, s: 3, stride: 2, pad: 2},
	)
	r := stream.New(20, 1)
	for range 30 {
		side := 1 + 2*r.IntN(2)
		cs = append(cs, conv{n: 1 + r.IntN(6), i: 1 + r.IntN(40), h: 3 + r.IntN(15), w: 3 + r.IntN(15), o: 1 + r.IntN(50),
			r: side, s: side, stride: 1 + r.IntN(2), pad: r.IntN(side/2 + 1)})
	}
	// What Winograd's tiles of 4x4 make of sides, and blocks of 16 of channels and samples.
	same := func(n, i, h, w, o int) conv {
		return conv{n: n, i: i, h: h, w: w, o: o, r: 3, s: 3, stride: 1, pad: 1}
	}
	cs = append(cs, same(1, 1, 4, 4, 1), same(1, 3, 1, 9, 48), same(17, 48, 8, 8, 48), same(33, 3, 5, 6, 17), same(1, 64, 12, 7, 64),
		same(18, 65, 4, 4, 70), same(35, 200, 4, 8, 16), same(1, 193, 6, 9, 79), same(5, 16, 21, 34, 3), same(4, 80, 17, 13, 66))
	channels := []int{1, 2, 3, 15, 16, 17, 31, 48, 64, 67}
	for range 20 {
		cs = append(cs, same(1+r.IntN(20), channels[r.IntN(len(channels))], 1+r.IntN(14), 1+r.IntN(14), channels[r.IntN(len(channels))]))
	}
	var cases []testCase
	for i, c := range cs {
		cases = append(cases, testCase{fmt.Sprintf("%d/%v", i, c), func(tr *trial) { convCase(tr, c) }})
	}
	return cases
}

func convCase(tr *trial, c conv) {
	if testing.Short() && c.n*c.o*c.ho()*c.wo()*c.i*c.r*c.s > 1e7 {
		tr.t.Skip("large")
	}
	x, xs := tr.input(c.xShape()...)
	w, ws := tr.input(c.wShape()...)
	dy, dys := tr.input(c.yShape()...)
	y, dx, dw := tr.output(c.yShape()...), tr.output(c.xShape()...), tr.output(c.wShape()...)
	tr.e.Conv2D(y, x, w, c.stride, c.pad)
	tr.check("Conv2D", y, or(tr.o.Forward, 2e-6), func() []float64 { return c.forward(xs, ws) })
	tr.e.Conv2DBackwardData(dx, dy, w, c.stride, c.pad)
	tr.check("Conv2DBackwardData", dx, or(tr.o.BackwardData, 2e-6), func() []float64 { return c.backwardData(dys, ws) })
	tr.e.Conv2DBackwardWeights(dw, dy, x, c.stride, c.pad)
	tr.check("Conv2DBackwardWeights", dw, or(tr.o.BackwardWeights, 5e-6), func() []float64 { return c.backwardWeights(dys, xs) })
}

// or returns limit, or where it is 0, usual.
func or(limit, usual float64) float64 {
	if limit != 0 {
		return limit
	}
	return usual
}

package enginetest

import (
	"fmt"
	"math"

	"gorgonia.org/tensor"

	"github.com/hardneg/hardneg/lib/engine"
)

// notFiniteCases: NaN and infinity in one image or row come out wherever the definition says, and nowhere in other
// images or rows. Within an image they may spread: some algorithms sum and subtract neighbours.
func notFiniteCases() []testCase {
	var cases []testCase
	for _, bad := range []float32{float32(math.NaN()), float32(math.Inf(1)), float32(math.Inf(-1))} {
		for _, c := range []conv{
			{n: 3, i: 3, h: 16, w: 16, o: 48, r: 3, s: 3, stride: 2, pad: 1}, {n: 3, i: 48, h: 8, w: 8, o: 48, r: 3, s: 3, stride: 1, pad: 1},
			{n: 3, i: 16, h: 6, w: 6, o: 16, r: 1, s: 1, stride: 1}, {n: 3, i: 5, h: 7, w: 9, o: 7, r: 3, s: 3, stride: 1, pad: 1},
		} {
			cases = append(cases, testCase{fmt.Sprintf("%g/conv %v", bad, c), func(tr *trial) { notFiniteConv(tr, c, bad) }})
		}
		cases = append(cases,
			testCase{fmt.Sprintf("%g/matrices", bad), func(tr *trial) { notFiniteMatrices(tr, bad) }},
			testCase{fmt.Sprintf("%g/norms", bad), func(tr *trial) { notFiniteNorms(tr, bad) }},
			testCase{fmt.Sprintf("%g/updates", bad), func(tr *trial) { notFiniteUpdates(tr, bad) }})
	}
	return append(cases, testCase{"relu of NaN", reluOfNaN})
}

// spoil returns a tensor (N, ...) of normal draws, but for one bad element in the middle of row 1.
func (tr *trial) spoil(bad float32, shape ...int) (*tensor.Dense, []float64) {
	values := tr.normal(tensor.Shape(shape).TotalSize())
	row := len(values) / shape[0]
	values[row+row/2] = bad
	return tr.inputOf(values, shape...)
}

// travels checks that got is not finite where want is not, and finite in the rows in which all of want is.
func (tr *trial) travels(kernel string, got *tensor.Dense, want []float64) {
	tr.t.Helper()
	values, rows := engine.Floats(got), got.Shape()[0]
	size := len(values) / rows
	for row := range rows {
		all := true
		for _, w := range want[row*size:][:size] {
			all = all && finite(w)
		}
		for i, v := range values[row*size:][:size] {
			switch w := want[row*size+i]; {
			case !finite(w) && finite(float64(v)):
				tr.t.Fatalf("%s: element %d of row %d is %g, want %g", kernel, i, row, v, w)
			case all && !finite(float64(v)):
				tr.t.Fatalf("%s: element %d of row %d is %g, though all of the row is finite", kernel, i, row, v)
			}
		}
	}
}

func notFiniteConv(tr *trial, c conv, bad float32) {
	x, xs := tr.spoil(bad, c.xShape()...)
	dy, dys := tr.spoil(bad, c.yShape()...)
	w, ws := tr.input(c.wShape()...)
	good, goods := tr.input(c.xShape()...)
	y, dx, dw := tr.output(c.yShape()...), tr.output(c.xShape()...), tr.output(c.wShape()...)
	tr.e.Conv2D(y, x, w, c.stride, c.pad)
	tr.travels("Conv2D", y, c.forward(xs, ws))
	tr.e.Conv2DBackwardData(dx, dy, w, c.stride, c.pad)
	tr.travels("Conv2DBackwardData", dx, c.backwardData(dys, ws))
	tr.e.Conv2DBackwardWeights(dw, dy, good, c.stride, c.pad)
	tr.travels("Conv2DBackwardWeights", dw, c.backwardWeights(dys, goods))
	shape := c.xShape()
	pooled := tr.output(shape[:2]...)
	tr.e.GlobalAvgPool(pooled, x)
	tr.travels("GlobalAvgPool", pooled, pool(xs, shape[0]*shape[1], shape[2]*shape[3]))
}

func notFiniteMatrices(tr *trial, bad float32) {
	const n, i, o = 5, 33, 17
	x, xs := tr.spoil(bad, n, i)
	w, ws := tr.input(o, i)
	y := tr.output(n, o)
	tr.e.MatMul(y, x, w, false, true)
	tr.travels("MatMul", y, matMul(xs, transpose(ws, o, i), n, o, i))
	tr.e.Linear(y, x, w, nil, false)
	tr.travels("Linear", y, linear(xs, ws, nil, n, i, o, false))
	if got := tr.e.Dot(x, x); finite(got) {
		tr.t.Errorf("Dot: %g", got)
	}
}

func notFiniteNorms(tr *trial, bad float32) {
	x, xs := tr.spoil(bad, 4, 9)
	y, norm := tr.output(4, 9), tr.output(4)
	tr.e.Normalise(y, norm, x)
	wantY, wantNorm := normalise(xs, 4, 9)
	tr.travels("Normalise", y, wantY)
	tr.travels("Normalise norm", norm, wantNorm)

	// In training, one bad value spoils its channel; the other channels, and in evaluation all else, stay finite.
	values := tr.normal(6 * 5 * 4)
	values[2*4+1] = bad // image 0, channel 2
	images, _ := tr.inputOf(values, 6, 5, 2, 2)
	for _, train := range []bool{true, false} {
		bn := tr.plainBatchNorm(5, train, true)
		out := tr.output(6, 5, 2, 2)
		tr.e.BatchNorm(out, images, nil, bn)
		for i, v := range engine.Floats(out) {
			// Minus infinity is where ReLU is shut: in evaluation it comes out as 0.
			spoilt := train && i/4%5 == 2 && math.IsNaN(float64(bad)) || !train && i == 2*4+1 && !math.IsInf(float64(bad), -1)
			spared := i/4%5 != 2 || !train && i != 2*4+1
			if spoilt && finite(float64(v)) || spared && !finite(float64(v)) {
				tr.t.Fatalf("BatchNorm, train %v: element %d is %g", train, i, v)
			}
		}
		if got := engine.Floats(bn.RunningMean)[2]; train && finite(float64(got)) {
			tr.t.Errorf("BatchNorm: the running mean is %g", got)
		}
	}
}

// plainBatchNorm has gamma 1 and beta 0.
func (tr *trial) plainBatchNorm(c int, train, relu bool) *engine.BatchNorm {
	ones := make([]float32, c)
	for i := range ones {
		ones[i] = 1
	}
	return &engine.BatchNorm{Gamma: tr.state(ones, c), Beta: tr.state(make([]float32, c), c), RunningMean: tr.state(make([]float32, c), c),
		RunningVar: tr.state(ones, c), Mean: tr.output(1, c), InvStd: tr.output(1, c), Momentum: 0.1, Eps: 1e-5, Train: train, ReLU: relu}
}

func notFiniteUpdates(tr *trial, bad float32) {
	const n = 40
	g, gs := tr.spoil(bad, n, 1)
	flat := engine.From(tr.e, engine.Floats(g), n)
	w, v, key := tr.state(tr.normal(n), n), tr.state(make([]float32, n), n), tr.state(tr.normal(n), n)
	tr.e.SGD(w, v, flat, 0.1, 0.9, 0)
	tr.e.MomentumUpdate(key, flat, 0.9)
	for _, t := range []*tensor.Dense{w, v, key} {
		for i, got := range engine.Floats(t) {
			if finite(float64(got)) != finite(gs[i]) {
				tr.t.Fatalf("element %d is %g after a gradient of %g", i, got, gs[i])
			}
		}
	}
}

// reluOfNaN: as in PyTorch, ReLU keeps NaN and lets its gradient pass.
func reluOfNaN(tr *trial) {
	nan := float32(math.NaN())
	x, _ := tr.inputOf([]float32{nan, -1, 2}, 3, 1)
	w, _ := tr.inputOf([]float32{1}, 1, 1)
	dy, _ := tr.inputOf([]float32{5, 6, 7}, 3, 1)
	expect := func(kernel string, t *tensor.Dense, want ...float32) {
		for i, got := range engine.Floats(t) {
			if got != want[i] && !(got != got && want[i] != want[i]) {
				tr.t.Errorf("%s: element %d is %g, want %g", kernel, i, got, want[i])
			}
		}
	}
	y, dx, dw, db := tr.output(3, 1), tr.output(3, 1), tr.output(1, 1), tr.output(1)
	tr.e.Linear(y, x, w, nil, true)
	expect("Linear", y, nan, 0, 2)
	tr.e.LinearBackward(dx, dw, db, dy, y, x, w, true)
	expect("LinearBackward", dx, 5, 0, 7)

	bn := tr.plainBatchNorm(1, false, true)
	bn.Eps = 0
	tr.e.BatchNorm(y, x, nil, bn)
	expect("BatchNorm", y, nan, 0, 2)
	dgamma, dbeta := tr.output(1), tr.output(1)
	tr.e.BatchNormBackward(dx, nil, dgamma, dbeta, dy, y, x, bn)
	expect("BatchNormBackward", dx, 5, 0, 7)
}

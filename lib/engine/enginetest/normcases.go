package enginetest

import (
	"fmt"

	"gorgonia.org/tensor"

	"github.com/hardneg/hardneg/lib/engine"
)

func batchNormCases() []testCase {
	var cases []testCase
	for _, shape := range [][]int{
		{1, 3, 2, 2}, {2, 1, 1, 1}, {8, 48, 8, 8}, {16, 96, 4, 4}, {32, 192, 2, 2}, {4, 64, 32, 32}, {12, 17, 5, 3}, {4, 512, 4, 4},
		{2, 1}, {8, 192}, {256, 64}, {12, 33},
	} {
		for _, splits := range []int{0, 1, 2, 4} {
			m := shape[0] / max(splits, 1)
			if len(shape) == 4 {
				m *= shape[2] * shape[3]
			}
			if shape[0]%max(splits, 1) != 0 || m < 2 {
				continue
			}
			for mode := range 8 { // bit 0: train, 1: ReLU, 2: residual
				train, relu, residual := mode&1 == 0, mode&2 != 0, mode&4 != 0
				cases = append(cases, testCase{fmt.Sprintf("%v/splits %d/train %v/relu %v/residual %v", shape, splits, train, relu, residual),
					func(tr *trial) { batchNormCase(tr, shape, splits, train, relu, residual) }})
			}
		}
	}
	return cases
}

// planes returns values whose channels differ in mean and spread: the mean of channel i of c is 5 spreads or less.
func (tr *trial) planes(shape []int) []float32 {
	c, p := shape[1], 1
	if len(shape) == 4 {
		p = shape[2] * shape[3]
	}
	x := tr.normal(shape[0] * c * p)
	for i := range x {
		channel := i / p % c
		x[i] = (x[i] + float32(channel%11) - 5) * (0.25 + float32(channel%3))
	}
	return x
}

func batchNormCase(tr *trial, shape []int, splits int, train, relu, withResidual bool) {
	c := shape[1]
	x, xs := tr.inputOf(tr.planes(shape), shape...)
	dy, dys := tr.input(shape...)
	gamma, gammas := tr.input(c)
	beta, betas := tr.input(c)
	runningMean, runningVar := tr.normal(c), tr.normal(c)
	for i, v := range runningVar {
		runningVar[i] = 0.5 + v*v
	}
	var residual, dresidual *tensor.Dense
	var residuals []float64
	if withResidual {
		residual, residuals = tr.input(shape...)
		dresidual = tr.output(shape...)
	}
	bn := &engine.BatchNorm{Gamma: gamma, Beta: beta, RunningMean: tr.state(runningMean, c), RunningVar: tr.state(runningVar, c),
		Splits: splits, Momentum: 0.1, Eps: 1e-5, Train: train, ReLU: relu}
	if train {
		bn.Mean, bn.InvStd = tr.output(max(splits, 1), c), tr.output(max(splits, 1), c)
	}
	truth := &batchNorm{n: shape[0], c: c, p: len(xs) / shape[0] / c, splits: max(splits, 1), momentum: float64(bn.Momentum), eps: float64(bn.Eps),
		train: train, relu: relu, gamma: gammas, beta: betas, runningMean: wide(runningMean), runningVar: wide(runningVar)}

	// Few values may lie so close together that the rounding of their mean shows; between two, dx is all but 0.
	limit := tolerance
	if count := truth.n / truth.splits * truth.p; train && count < 16 {
		limit = 1e-4
	}
	y := tr.output(shape...)
	tr.e.BatchNorm(y, x, residual, bn)
	var wantY, wantMean, wantVar, wantX, wantResidual, wantGamma, wantBeta []float64
	if tr.compare {
		wantY, wantMean, wantVar = truth.forward(xs, residuals)
		// ReLU is open where the engine's own y says so: the sign of a sum near 0 is not what is tested.
		wantX, wantResidual, wantGamma, wantBeta = truth.backward(dys, wide(engine.Floats(y)), xs)
	}
	tr.check("BatchNorm", y, limit, func() []float64 { return wantY })
	tr.check("BatchNorm mean", bn.RunningMean, tolerance, func() []float64 { return wantMean })
	tr.check("BatchNorm variance", bn.RunningVar, tolerance, func() []float64 { return wantVar })

	dx, dgamma, dbeta := tr.output(shape...), tr.output(c), tr.output(c)
	tr.e.BatchNormBackward(dx, dresidual, dgamma, dbeta, dy, y, x, bn)
	tr.check("BatchNormBackward dx", dx, limit, func() []float64 { return wantX })
	tr.check("BatchNormBackward dgamma", dgamma, max(limit, 5e-6), func() []float64 { return wantGamma })
	tr.check("BatchNormBackward dbeta", dbeta, tolerance, func() []float64 { return wantBeta })
	if withResidual {
		tr.check("BatchNormBackward dresidual", dresidual, 0, func() []float64 { return wantResidual })
	}
}

// rowCases: the pool and the normalisation of rows.
func rowCases() []testCase {
	var cases []testCase
	for _, shape := range [][]int{{1, 1, 1, 1}, {2, 3, 1, 5}, {3, 48, 8, 8}, {20, 192, 2, 2}, {2, 512, 4, 4}, {5, 17, 7, 3}} {
		cases = append(cases, testCase{fmt.Sprint("pool ", shape), func(tr *trial) {
			planes, p := shape[0]*shape[1], shape[2]*shape[3]
			x, xs := tr.input(shape...)
			dy, dys := tr.input(shape[:2]...)
			y, dx := tr.output(shape[:2]...), tr.output(shape...)
			tr.e.GlobalAvgPool(y, x)
			tr.check("GlobalAvgPool", y, tolerance, func() []float64 { return pool(xs, planes, p) })
			tr.e.GlobalAvgPoolBackward(dx, dy)
			tr.check("GlobalAvgPoolBackward", dx, tolerance, func() []float64 { return poolBackward(dys, planes, p) })
		}})
	}
	for _, shape := range [][]int{{1, 1}, {3, 2}, {256, 64}, {7, 128}, {65, 17}} {
		for _, scale := range []float32{1, 1e-5, 1e6, 1e-9, 1e-14, 0} {
			cases = append(cases, testCase{fmt.Sprintf("normalise %v times %g", shape, scale), func(tr *trial) { normaliseCase(tr, shape, scale) }})
		}
	}
	return cases
}

func normaliseCase(tr *trial, shape []int, scale float32) {
	values := tr.normal(shape[0] * shape[1])
	for i := range values {
		values[i] *= scale
	}
	x, xs := tr.inputOf(values, shape...)
	dy, dys := tr.input(shape...)
	y, norm, dx := tr.output(shape...), tr.output(shape[0]), tr.output(shape...)
	tr.e.Normalise(y, norm, x)
	wantY, wantNorm := normalise(xs, shape[0], shape[1])
	tr.check("Normalise", y, tolerance, func() []float64 { return wantY })
	tr.check("Normalise norm", norm, tolerance, func() []float64 { return wantNorm })
	tr.e.NormaliseBackward(dx, dy, y, norm)
	if shape[1] == 1 && scale != 0 {
		return // nothing is left of dy but rounding
	}
	tr.check("NormaliseBackward", dx, tolerance, func() []float64 {
		return normaliseBackward(dys, wantY, wantNorm, shape[0], shape[1])
	})
}

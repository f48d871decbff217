package enginetest

import (
	"encoding/json"
	"os"
	"testing"
)

// TestNaiveIsPyTorch holds the float64 side of the table to PyTorch's float64 (peers/engine_vectors.py).
func TestNaiveIsPyTorch(t *testing.T) {
	text, err := os.ReadFile("testdata/vectors.json")
	if err != nil {
		t.Fatal(err)
	}
	var v struct {
		Conv []struct {
			Sizes               []int
			X, W, Y, DY, DX, DW []float64
		}
		BatchNorm []struct {
			Sizes                                                                   []int
			Train, ReLU, Residual                                                   bool
			X, R, Gamma, Beta, Mean, Var, Y, Mean1, Var1, DY, DX, DR, DGamma, DBeta []float64
		}
		Normalise []struct {
			Sizes        []int
			X, Y, DY, DX []float64
		}
		Linear []struct {
			Sizes                      []int
			ReLU                       bool
			X, W, B, Y, DY, DX, DW, DB []float64
		}
	}
	if err := json.Unmarshal(text, &v); err != nil {
		t.Fatal(err)
	}
	tr := &trial{t: t, worst: map[string]float64{}}
	const limit = 1e-13
	for _, c := range v.Conv {
		s := c.Sizes
		truth := conv{s[0], s[1], s[2], s[3], s[4], s[5], s[6], s[7], s[8]}
		tr.checkValues("forward", truth.forward(c.X, c.W), limit, c.Y)
		tr.checkValues("backwardData", truth.backwardData(c.DY, c.W), limit, c.DX)
		tr.checkValues("backwardWeights", truth.backwardWeights(c.DY, c.X), limit, c.DW)
	}
	for _, b := range v.BatchNorm {
		s := b.Sizes
		truth := &batchNorm{n: s[0], c: s[1], p: s[2], splits: s[3], momentum: 0.1, eps: 1e-5, train: b.Train, relu: b.ReLU,
			gamma: b.Gamma, beta: b.Beta, runningMean: b.Mean, runningVar: b.Var}
		if !b.Residual {
			b.R = nil
		}
		y, mean, variance := truth.forward(b.X, b.R)
		tr.checkValues("batchNorm", y, limit, b.Y)
		tr.checkValues("batchNorm mean", mean, limit, b.Mean1)
		tr.checkValues("batchNorm variance", variance, limit, b.Var1)
		dx, dresidual, dgamma, dbeta := truth.backward(b.DY, b.Y, b.X)
		tr.checkValues("batchNorm dx", dx, limit, b.DX)
		tr.checkValues("batchNorm dgamma", dgamma, limit, b.DGamma)
		tr.checkValues("batchNorm dbeta", dbeta, limit, b.DBeta)
		if b.Residual {
			tr.checkValues("batchNorm dresidual", dresidual, 0, b.DR)
		}
	}
	for _, n := range v.Normalise {
		y, norm := normalise(n.X, n.Sizes[0], n.Sizes[1])
		tr.checkValues("normalise", y, limit, n.Y)
		tr.checkValues("normaliseBackward", normaliseBackward(n.DY, y, norm, n.Sizes[0], n.Sizes[1]), limit, n.DX)
	}
	for _, l := range v.Linear {
		n, i, o := l.Sizes[0], l.Sizes[1], l.Sizes[2]
		y := linear(l.X, l.W, l.B, n, i, o, l.ReLU)
		tr.checkValues("linear", y, limit, l.Y)
		dx, dw, db := linearBackward(l.DY, y, l.X, l.W, n, i, o, l.ReLU)
		tr.checkValues("linear dx", dx, limit, l.DX)
		tr.checkValues("linear dw", dw, limit, l.DW)
		tr.checkValues("linear db", db, limit, l.DB)
	}
	if len(v.Conv)*len(v.BatchNorm)*len(v.Normalise)*len(v.Linear) == 0 {
		t.Fatal("a list of vectors is empty")
	}
}

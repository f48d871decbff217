package enginetest

import (
	"fmt"
	"math"

	"gorgonia.org/tensor"

	"github.com/hardneg/hardneg/lib/engine"
)

func infoNCECases() []testCase {
	var cases []testCase
	for _, size := range [][3]int{{1, 1, 1}, {3, 16, 63}, {5, 64, 65}, {20, 64, 1000}, {4, 128, 4096}} { // N, C, K
		for _, kept := range []string{"none", "few", "half", "all", "empty"} {
			for _, weights := range []bool{false, true} {
				for _, temperature := range []float64{0.07, 0.2, 1} {
					name := fmt.Sprintf("%v/kept %s/weights %v/T %g", size, kept, weights, temperature)
					cases = append(cases, testCase{name, func(tr *trial) { infoNCECase(tr, size, kept, weights, temperature) }})
				}
			}
		}
	}
	return cases
}

// rows returns n rows of length 1.
func (tr *trial) rows(n, c int) []float32 {
	unit, _ := normalise(wide(tr.normal(n*c)), n, c)
	out := make([]float32, n*c)
	for i, v := range unit {
		out[i] = float32(v)
	}
	return out
}

// infoNCECase: kept "none" is the nil set, which means all pairs; "empty" the set without any.
func infoNCECase(tr *trial, size [3]int, kept string, weights bool, temperature float64) {
	n, c, k := size[0], size[1], size[2]
	q, qs := tr.inputOf(tr.rows(n, c), n, c)
	key, keys := tr.inputOf(tr.rows(n, c), n, c)
	queue, queues := tr.inputOf(tr.rows(k, c), k, c)
	products := matMul(qs, transpose(queues, k, c), n, k, c)
	s, ss := tr.inputOf(narrow(products), n, k)
	l := &engine.InfoNCE{Q: q, K: key, Queue: queue, S: s, Temperature: temperature,
		Loss: make([]float64, n), Positive: make([]float64, n), DQ: tr.output(n, c)}
	if kept == "empty" {
		l.Kept = engine.NewPairs(n, k)
	} else {
		l.Kept = tr.pairs(n, k, kept)
	}
	var logWeights []float64
	if weights {
		values := tr.normal(n * k)
		for i := range values {
			if tr.r.IntN(5) == 0 {
				values[i] = float32(math.Inf(-1)) // a weight of zero
			}
		}
		l.LogWeight, logWeights = tr.inputOf(values, n, k)
	}
	var loss, positive, dq []float64
	if tr.compare {
		loss, positive, dq = infoNCE(qs, keys, queues, ss, l.Kept, logWeights, n, c, k, temperature)
	}
	for _, out := range []*tensor.Dense{l.DQ, nil} { // without a gradient the loss is the same
		l.DQ = out
		clear(l.Loss)
		clear(l.Positive)
		tr.e.InfoNCE(l)
		tr.outputs = append(tr.outputs, output{"InfoNCE loss", narrow(l.Loss)}, output{"InfoNCE positive", narrow(l.Positive)})
		if tr.compare {
			tr.checkValues("InfoNCE loss", l.Loss, tolerance, loss)
			tr.checkValues("InfoNCE positive", l.Positive, tolerance, positive)
		}
		if out == nil {
			continue
		}
		// Where the positive takes all of p, rounding is all that is left of the gradient: it is held to the size that
		// gradients have otherwise, 1/(T N).
		if size := 1 / (temperature * float64(n)); tr.compare && largest(dq) < size/1000 {
			values := engine.Floats(out)
			tr.outputs = append(tr.outputs, output{"InfoNCE dq", values})
			for i, v := range values {
				if !(math.Abs(float64(v)-dq[i]) <= 5e-6*size) {
					tr.t.Fatalf("InfoNCE dq: element %d is %g, want %g", i, v, dq[i])
				}
			}
			continue
		}
		tr.check("InfoNCE dq", out, 5e-6, func() []float64 { return dq })
	}
}

// infoNCE is the definition in engine.InfoNCE, from the largest logit down so that no exp overflows.
func infoNCE(q, key, queue, s []float64, kept *engine.Pairs, logWeights []float64, n, c, k int, temperature float64) (loss, positive, dq []float64) {
	loss, positive, dq = make([]float64, n), make([]float64, n), make([]float64, n*c)
	for row := range n {
		for j := range c {
			positive[row] += q[row*c+j] * key[row*c+j]
		}
		logits := []float64{positive[row] / temperature}
		vectors := [][]float64{key[row*c:][:c]}
		for j := range k {
			if kept != nil && !kept.Has(row, j) {
				continue
			}
			logit := s[row*k+j] / temperature
			if logWeights != nil {
				logit += logWeights[row*k+j]
			}
			logits = append(logits, logit)
			vectors = append(vectors, queue[j*c:][:c])
		}
		top := logits[0]
		for _, v := range logits {
			top = max(top, v)
		}
		sum := 0.0
		for _, v := range logits {
			sum += math.Exp(v - top)
		}
		loss[row] = top + math.Log(sum) - logits[0]
		for i, v := range logits {
			p := math.Exp(v-top) / sum
			if i == 0 {
				p--
			}
			for j, x := range vectors[i] {
				dq[row*c+j] += p * x / (temperature * float64(n))
			}
		}
	}
	return loss, positive, dq
}

package enginetest

import "fmt"

func updateCases() []testCase {
	var cases []testCase
	for _, n := range []int{1, 15, 16, 17, 1000, 20000, 40001} {
		cases = append(cases, testCase{fmt.Sprint("sgd ", n), func(tr *trial) { sgdCase(tr, n) }},
			testCase{fmt.Sprint("momentum ", n), func(tr *trial) { momentumCase(tr, n) }})
	}
	return cases
}

// sgdCase: three steps of torch.optim.SGD.
func sgdCase(tr *trial, n int) {
	const rate, momentum, decay = float32(0.06), float32(0.9), float32(5e-4)
	values := tr.normal(n)
	w, v := tr.state(values, n), tr.state(make([]float32, n), n)
	ws, vs := wide(values), make([]float64, n)
	for range 3 {
		g, gs := tr.input(n)
		tr.e.SGD(w, v, g, rate, momentum, decay)
		for i := range ws {
			vs[i] = float64(momentum)*vs[i] + gs[i] + float64(decay)*ws[i]
			ws[i] -= float64(rate) * vs[i]
		}
	}
	tr.check("SGD w", w, tolerance, func() []float64 { return ws })
	tr.check("SGD v", v, tolerance, func() []float64 { return vs })
}

func momentumCase(tr *trial, n int) {
	const m = 0.999
	values := tr.normal(n)
	key := tr.state(values, n)
	keys := wide(values)
	for range 3 {
		query, queries := tr.input(n)
		tr.e.MomentumUpdate(key, query, m)
		for i := range keys {
			keys[i] = m*keys[i] + (1-m)*queries[i]
		}
	}
	tr.check("MomentumUpdate", key, tolerance, func() []float64 { return keys })
}

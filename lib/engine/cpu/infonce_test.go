package cpu

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/hardneg/hardneg/lib/engine"
	"github.com/hardneg/hardneg/lib/parallel"
)

// problem is InfoNCE of n queries with c columns and k negatives, rows of length 1.
func problem(e *Engine, n, c, k int, temperature float64, r *rand.Rand) *engine.InfoNCE {
	rows := func(n int) []float32 {
		x := make([]float32, n*c)
		for i := range n {
			sum := 0.0
			for j := range c {
				x[i*c+j] = float32(r.NormFloat64())
				sum += float64(x[i*c+j]) * float64(x[i*c+j])
			}
			for j := range c {
				x[i*c+j] /= float32(math.Sqrt(sum))
			}
		}
		return x
	}
	l := &engine.InfoNCE{
		Q: engine.From(e, rows(n), n, c), K: engine.From(e, rows(n), n, c), Queue: engine.From(e, rows(k), k, c),
		S: e.New(n, k), Temperature: temperature,
		Loss: make([]float64, n), Positive: make([]float64, n), DQ: e.New(n, c),
	}
	e.MatMul(l.S, l.Q, l.Queue, false, true)
	return l
}

// definition is the formula of engine.InfoNCE in float64.
func definition(l *engine.InfoNCE) (loss, dq []float64) {
	n, c, k := l.Q.Shape()[0], l.Q.Shape()[1], l.Queue.Shape()[0]
	q, key, queue, s := data(l.Q), data(l.K), data(l.Queue), data(l.S)
	dq = make([]float64, n*c)
	for i := range n {
		dot := 0.0
		for j := range c {
			dot += float64(q[i*c+j]) * float64(key[i*c+j])
		}
		logits := []float64{dot / l.Temperature}
		index := []int{-1}
		for j := range k {
			if l.Kept == nil || l.Kept.Has(i, j) {
				w := 0.0
				if l.LogWeight != nil {
					w = float64(data(l.LogWeight)[i*k+j])
				}
				logits, index = append(logits, float64(s[i*k+j])/l.Temperature+w), append(index, j)
			}
		}
		top, sum := slices.Max(logits), 0.0
		for _, v := range logits {
			sum += math.Exp(v - top)
		}
		loss = append(loss, top+math.Log(sum)-logits[0])
		for a, v := range logits {
			p, from := math.Exp(v-top)/sum, queue
			if at := index[a]; at < 0 {
				p, from = p-1, key[i*c:]
			} else {
				from = queue[at*c:]
			}
			for j := range c {
				dq[i*c+j] += p * float64(from[j]) / (l.Temperature * float64(n))
			}
		}
	}
	return loss, dq
}

func TestInfoNCEIsItsDefinition(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	e := New()
	for _, size := range [][3]int{{1, 1, 1}, {5, 7, 63}, {3, 128, 64}, {9, 16, 4100}, {2, 3, 5000}} {
		n, c, k := size[0], size[1], size[2]
		for _, temperature := range []float64{0.02, 0.2, 2} {
			for _, share := range []float64{-1, 0, 0.05, 0.4, 0.6, 0.999, 1} { // of the pairs that are kept; -1: nil
				for _, weighted := range []bool{false, true} {
					l := problem(e, n, c, k, temperature, r)
					if share >= 0 {
						l.Kept = engine.NewPairs(n, k)
						for i := range n * k {
							if r.Float64() < share {
								l.Kept.Add(i/k, i%k)
							}
						}
					}
					if weighted {
						l.LogWeight = e.New(n, k)
						for i := range data(l.LogWeight) {
							data(l.LogWeight)[i] = float32(r.NormFloat64())
							if i%3 == 0 {
								data(l.LogWeight)[i] = float32(math.Inf(-1))
							}
						}
					}
					e.InfoNCE(l)
					name := fmt.Sprintf("%v, T %g, kept %g, weighted %v", size, temperature, share, weighted)
					compareInfoNCE(t, name, l)
				}
			}
		}
	}
}

func compareInfoNCE(t *testing.T, name string, l *engine.InfoNCE) {
	t.Helper()
	loss, dq := definition(l)
	for i, want := range loss {
		if math.Abs(l.Loss[i]-want) > 1e-8*(1+want) {
			t.Errorf("%s: loss %d is %.12g, want %.12g", name, i, l.Loss[i], want)
		}
	}
	norm, off := 0.0, 0.0
	for i, want := range dq {
		norm += want * want
		off += (float64(data(l.DQ)[i]) - want) * (float64(data(l.DQ)[i]) - want)
	}
	// Of a query that keeps nothing both are 0; where p+ is nearly 1, what is left is a difference of near numbers.
	if scale := 1 / (l.Temperature * math.Sqrt(float64(len(loss)))); math.Sqrt(off) > 1e-6*math.Sqrt(norm)+1e-10*scale {
		t.Errorf("%s: gradient off by %.3g of its norm", name, math.Sqrt(off/norm))
	}
}

func TestInfoNCEOfAllPairsIsInfoNCE(t *testing.T) {
	e := New()
	l := problem(e, 6, 20, 4500, 0.1, rand.New(rand.NewPCG(3, 4)))
	e.InfoNCE(l)
	loss, dq := slices.Clone(l.Loss), slices.Clone(data(l.DQ))
	l.Kept = engine.NewPairs(6, 4500)
	if err := e.SelectRanks(l.Kept, l.S, nil, 0, 4500); err != nil {
		t.Fatal(err)
	}
	e.InfoNCE(l)
	if !slices.Equal(loss, l.Loss) || !slices.Equal(dq, data(l.DQ)) {
		t.Fatal("band 0-100 and no selection differ")
	}
}

func TestInfoNCEIsTheSameForAnyThreads(t *testing.T) {
	old := parallel.Threads()
	defer parallel.SetThreads(old)
	e := New()
	for _, every := range []int{1, 2, 30} {
		l := problem(e, 33, 24, 2500, 0.1, rand.New(rand.NewPCG(5, 6)))
		l.Kept = engine.NewPairs(33, 2500)
		for i := 0; i < 33*2500; i += every {
			l.Kept.Add(i/2500, i%2500)
		}
		var loss []float64
		var dq []float32
		for _, threads := range []int{1, 2, 7} {
			parallel.SetThreads(threads)
			e.InfoNCE(l)
			if loss == nil {
				loss, dq = slices.Clone(l.Loss), slices.Clone(data(l.DQ))
			}
			if !slices.Equal(loss, l.Loss) || !slices.Equal(dq, data(l.DQ)) {
				t.Errorf("one pair of %d kept: %d threads give other bits than one", every, threads)
			}
		}
	}
}

// With all similarities equal the softmax is uniform: log(1 + kept), whatever T is.
func TestInfoNCEOfEqualSimilarities(t *testing.T) {
	const n, c, k = 3, 4, 300
	e := New()
	l := problem(e, n, c, k, 0.07, rand.New(rand.NewPCG(7, 8)))
	for _, x := range [][]float32{data(l.Q), data(l.K), data(l.Queue)} {
		for i := range x {
			x[i] = 0.5
		}
	}
	e.MatMul(l.S, l.Q, l.Queue, false, true)
	for _, kept := range []int{0, 1, 15, 300} {
		l.Kept = engine.NewPairs(n, k)
		for i := range n * kept {
			l.Kept.Add(i/kept, i%kept)
		}
		e.InfoNCE(l)
		for i, loss := range l.Loss {
			if want := math.Log(float64(1 + kept)); math.Abs(loss-want) > 1e-9 {
				t.Errorf("%d kept: loss %d is %g, want %g", kept, i, loss, want)
			}
		}
	}
}

func TestInfoNCEShowsNaN(t *testing.T) {
	e := New()
	nan := float32(math.NaN())
	for _, every := range []int{1, 20} { // both ways through the kernel
		fresh := func() *engine.InfoNCE {
			l := problem(e, 4, 8, 200, 0.2, rand.New(rand.NewPCG(9, 1)))
			l.Kept = engine.NewPairs(4, 200)
			for i := 0; i < 800; i += every {
				l.Kept.Add(i/200, i%200)
			}
			return l
		}
		l := fresh()
		data(l.S)[2*200+40] = nan
		e.InfoNCE(l)
		if !math.IsNaN(l.Loss[2]) || math.IsNaN(l.Loss[1]) {
			t.Errorf("NaN in a similarity of query 2 gives losses %v", l.Loss)
		}
		l = fresh()
		data(l.K)[3*8+1] = nan
		e.InfoNCE(l)
		if !math.IsNaN(l.Loss[3]) || math.IsNaN(l.Loss[2]) {
			t.Errorf("NaN in key 3 gives losses %v", l.Loss)
		}
	}
}

func TestExp(t *testing.T) {
	worst := 0.0
	for x := -699.0; x <= 0; x += 0.00917 {
		worst = max(worst, math.Abs(exp(x)/math.Exp(x)-1))
	}
	if worst > 1e-10 {
		t.Errorf("exp is off by %g of its value", worst)
	}
	if exp(0) != 1 || exp(-701) != 0 || exp(math.Inf(-1)) != 0 || !math.IsNaN(exp(math.NaN())) {
		t.Errorf("exp(0, -701, -Inf, NaN) = %g, %g, %g, %g", exp(0), exp(-701), exp(math.Inf(-1)), exp(math.NaN()))
	}
	t.Logf("within %.2g", worst)
}

// BenchmarkInfoNCE: N 256, K 65,536, C 128, beside the product that makes the similarities.
func BenchmarkInfoNCE(b *testing.B) {
	const n, c, k = 256, 128, 65536
	e := New()
	l := problem(e, n, c, k, 0.2, rand.New(rand.NewPCG(1, 2)))
	b.Run("similarities", func(b *testing.B) {
		for b.Loop() {
			e.MatMul(l.S, l.Q, l.Queue, false, true)
		}
	})
	for _, percent := range []float64{0, 1, 5, 25, 50, 100} {
		b.Run(fmt.Sprintf("0-%g", percent), func(b *testing.B) {
			if l.Kept = nil; percent > 0 {
				l.Kept = engine.NewPairs(n, k)
				if err := e.SelectRanks(l.Kept, l.S, nil, 0, int(percent*k/100)); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportAllocs()
			for b.Loop() {
				e.InfoNCE(l)
			}
		})
	}
}

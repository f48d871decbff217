package cpu

import (
	"fmt"
	"math"
	"math/bits"
	"sync"

	"gorgonia.org/tensor"

	"github.com/hardneg/hardneg/lib/engine"
	"github.com/hardneg/hardneg/lib/parallel"
)

// InfoNCE computes, for each query n, with logits l+ = q.k+/T and l_j = s_j/T + w_j of its kept negatives,
//
//	loss[n] = log( exp(l+) + sum over j of exp(l_j) ) - l+
//	dq[n]   = ( (p+ - 1) k+ + sum over j of p_j k_j ) / (T N),  p = softmax of the logits
//
// Sums of exponentials are float64, with the largest logit taken out beforehand, so that nothing overflows; a query
// that keeps no negative has loss 0. A NaN in q, k or a kept pair is a NaN of the loss.
//
// There are two ways to the sum of p_j k_j. Where few pairs are kept (sparse.go), a query reads the keys that it
// keeps. Otherwise tiles of the queue are taken in turn, and the softmax's numerators of all queries with a tile
// times the tile's keys are one matrix product, so that the queue is read once. The work of both is fixed by shapes
// and by the number of pairs kept.
//
// Memory beside the arguments, whatever K is: N (tile + C) float32 and N (C + 2) float64, 2.4 MiB at N 256, C 128,
// kept between calls. s is read twice: for the largest logit, and for the exponentials. BenchmarkInfoNCE at K 65,536,
// CPU time on an AMD EPYC (Zen 5): all pairs 640 ms, little more than the similarities themselves; a quarter of them
// 270, 5% 105, 1% 45 ms. An engine with a fast product needs 160 ms for all and 75 for 5%.
func (e *Engine) InfoNCE(l *engine.InfoNCE) {
	n, c, k := engine.CheckInfoNCE("InfoNCE", l)
	if !(l.Temperature > 0) {
		panic(fmt.Sprintf("InfoNCE: temperature %v, want a positive number", l.Temperature))
	}
	w := infonceWork.Get().(*infonce)
	defer infonceWork.Put(w)
	w.fit(l, n, c, k)
	if w.fewKept(e.owner != tensor.Engine(e)) {
		w.sparse()
		return
	}
	w.dense(e)
}

// infonce is one evaluation, and the scratch memory that the next one finds.
type infonce struct {
	l             *engine.InfoNCE
	n, c, k       int
	q, key, queue []float32 // (N, C), (N, C), (K, C)
	s, logWeight  []float32 // (N, K); logWeight may be nil
	dq            []float32 // (N, C), or nil

	top   []float64 // (N): the largest logit
	sum   []float64 // (N): sum of exp(logit - top), the positive's included
	mixed []float64 // (N, C): sum over j of exp(l_j - top) k_j

	tiles tiles
}

var infonceWork = sync.Pool{New: func() any { return new(infonce) }}

func (w *infonce) fit(l *engine.InfoNCE, n, c, k int) {
	w.l, w.n, w.c, w.k = l, n, c, k
	w.q, w.key, w.queue, w.s = data(l.Q), data(l.K), data(l.Queue), data(l.S)
	w.logWeight, w.dq = nil, nil
	if l.LogWeight != nil {
		w.logWeight = data(l.LogWeight)
	}
	if l.DQ != nil {
		w.dq = data(l.DQ)
	}
	w.top, w.sum = grow(&w.top, n), grow(&w.sum, n)
	w.mixed = grow(&w.mixed, n*c)
	clear(w.mixed)
}

// positive computes q.k+ of query n, and returns its logit.
func (w *infonce) positive(n int) float64 {
	dot := 0.0
	key := w.key[n*w.c : (n+1)*w.c]
	for i, v := range w.q[n*w.c : (n+1)*w.c] {
		dot += float64(v) * float64(key[i])
	}
	w.l.Positive[n] = dot
	return dot / w.l.Temperature
}

// kept returns 64 pairs of query n, from negative 64 i on.
func (w *infonce) kept(n, i int) uint64 {
	if w.l.Kept != nil {
		return w.l.Kept.Bits[n*w.l.Kept.Words+i]
	}
	if rest := w.k - 64*i; rest < 64 {
		return 1<<rest - 1
	}
	return ^uint64(0)
}

// largest is the largest logit of query n, the positive's included.
func (w *infonce) largest(n int, positive float64) float64 {
	row := w.s[n*w.k : (n+1)*w.k]
	if w.logWeight == nil {
		top := float32(math.Inf(-1))
		for i := range (w.k + 63) / 64 {
			part := row[64*i : min(64*i+64, w.k)]
			switch m := w.kept(n, i); m {
			case ^uint64(0):
				for _, v := range part {
					top = max(top, v)
				}
			default:
				for ; m != 0; m &= m - 1 {
					top = max(top, part[bits.TrailingZeros64(m)])
				}
			}
		}
		return max(positive, float64(top)/w.l.Temperature)
	}
	top, weight := positive, w.logWeight[n*w.k:(n+1)*w.k]
	for i := range (w.k + 63) / 64 {
		for m := w.kept(n, i); m != 0; m &= m - 1 {
			j := 64*i + bits.TrailingZeros64(m)
			top = max(top, float64(row[j])/w.l.Temperature+float64(weight[j]))
		}
	}
	return top
}

// finish writes the loss and the gradient of query n, whose sums are complete.
func (w *infonce) finish(n int) {
	positive := w.l.Positive[n] / w.l.Temperature
	w.l.Loss[n] = w.top[n] + math.Log(w.sum[n]) - positive
	if w.dq == nil {
		return
	}
	share := math.Exp(positive-w.top[n]) / w.sum[n] // p+
	scale := 1 / (w.l.Temperature * float64(w.n))
	key, dq := w.key[n*w.c:(n+1)*w.c], w.dq[n*w.c:(n+1)*w.c]
	for i, v := range w.mixed[n*w.c : (n+1)*w.c] {
		dq[i] = float32(((share-1)*float64(key[i]) + v/w.sum[n]) * scale)
	}
}

// tile is the number of keys whose numerators are in memory at a time.
const tile = 2048

// tiles are the operands of the products, made anew where the queue or the engine changes.
type tiles struct {
	engine *Engine
	queue  []float32
	n, c   int
	p, sum []float32       // (N, tile), (N, C)
	ps     []*tensor.Dense // numerators: (N, width of a tile)
	keys   []*tensor.Dense // rows of the queue: (width, C)
	part   *tensor.Dense   // (N, C): p times keys
}

func (t *tiles) fit(e *Engine, w *infonce) {
	if t.engine == e && t.n == w.n && t.c == w.c && len(t.queue) == len(w.queue) && &t.queue[0] == &w.queue[0] {
		return
	}
	t.engine, t.queue, t.n, t.c = e, w.queue, w.n, w.c
	t.p, t.sum = aligned(w.n*min(tile, w.k)), aligned(w.n*w.c)
	t.part = e.wrap(t.sum, []int{w.n, w.c})
	t.ps, t.keys = nil, nil
	for j := 0; j < w.k; j += tile {
		width := min(tile, w.k-j)
		t.ps = append(t.ps, e.wrap(t.p[:w.n*width], []int{w.n, width}))
		t.keys = append(t.keys, e.wrap(w.queue[j*w.c:(j+width)*w.c], []int{width, w.c}))
	}
}

// dense goes through the queue tile by tile.
func (w *infonce) dense(e *Engine) {
	parallel.For(w.n, 16, func(lo, hi int) {
		for n := lo; n < hi; n++ {
			positive := w.positive(n)
			w.top[n] = w.largest(n, positive)
			w.sum[n] = math.Exp(positive - w.top[n])
		}
	})
	t := &w.tiles
	t.fit(e, w)
	product := e.owner.(engine.Multiplier)
	for i := range t.ps {
		width := t.ps[i].Shape()[1]
		parallel.For(w.n, 16, func(lo, hi int) {
			for n := lo; n < hi; n++ {
				w.sum[n] += w.numerators(t.p[n*width:(n+1)*width], n, i*tile)
			}
		})
		if w.dq == nil {
			continue
		}
		product.MatMul(t.part, t.ps[i], t.keys[i], false, false)
		for j, v := range t.sum {
			w.mixed[j] += float64(v)
		}
	}
	parallel.For(w.n, 16, func(lo, hi int) {
		for n := lo; n < hi; n++ {
			w.finish(n)
		}
	})
}

// numerators writes exp(l_j - top) of query n for the keys from first on, 0 for those not kept, and returns their
// sum.
func (w *infonce) numerators(p []float32, n, first int) float64 {
	row, sum := w.s[n*w.k+first:][:len(p)], 0.0
	inverse, top := 1/w.l.Temperature, w.top[n]
	for i := 0; i < len(p); i += 64 {
		values, out := row[i:min(i+64, len(p))], p[i:min(i+64, len(p))]
		m := w.kept(n, (first+i)/64)
		if m == ^uint64(0) && w.logWeight == nil {
			for j, v := range values {
				x := exp(float64(v)*inverse - top)
				out[j] = float32(x)
				sum += x
			}
			continue
		}
		clear(out)
		for ; m != 0; m &= m - 1 {
			j := bits.TrailingZeros64(m)
			x := float64(values[j])*inverse - top
			if w.logWeight != nil {
				x += float64(w.logWeight[n*w.k+first+i+j])
			}
			x = exp(x)
			out[j] = float32(x)
			sum += x
		}
	}
	return sum
}

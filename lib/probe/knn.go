package probe

import (
	"fmt"
	"math"
	"math/bits"

	"github.com/hardneg/hardneg/lib/engine"
	"github.com/hardneg/hardneg/lib/parallel"
)

// KNNConfig says how neighbours vote. The zero value is k 20, T 0.1.
type KNNConfig struct {
	K      int           // how many of the nearest vote; 0 is 20. MoCo's notebook for CIFAR takes 200
	T      float64       // temperature of a vote's weight exp(cos/T); 0 is 0.1
	Engine engine.Engine // computes the cosines; nil is the one that engine.Open("") gives
}

// knnBlock is the number of queries whose cosines with the bank are in memory at a time.
const knnBlock = 128

// KNN classifies each query by a vote of the K nearest rows of the bank by cosine, each with weight exp(cos/T), as
// Wu et al. (arXiv 1805.01978) do. Of equal cosines the one of the lower bank index is nearer; of equal votes the
// lower class wins. Memory: the cosines of 128 queries with the bank.
func KNN(bank []float32, bankLabels []int, query []float32, queryLabels []int, dim, classes int, c KNNConfig) (Result, error) {
	if c.K == 0 {
		c.K = 20
	}
	if c.T == 0 {
		c.T = 0.1
	}
	if err := check("bank", bank, bankLabels, dim, classes); err != nil {
		return Result{}, err
	}
	if err := check("queries", query, queryLabels, dim, classes); err != nil {
		return Result{}, err
	}
	size, n := len(bankLabels), len(queryLabels)
	if c.K < 1 || c.K > size {
		return Result{}, fmt.Errorf("probe: %d nearest neighbours of a bank of %d images: take 1 to %d", c.K, size, size)
	}
	if !(c.T > 0) {
		return Result{}, fmt.Errorf("probe: temperature %v of the neighbours' votes must be above 0", c.T)
	}
	e, err := open(c.Engine)
	if err != nil {
		return Result{}, err
	}
	keys := engine.From(e, unit(bank, dim), size, dim)
	queries := unit(query, dim)
	predicted := make([]int, n)
	cosines := make([]float32, min(knnBlock, n)*size)
	for first := 0; first < n; first += knnBlock {
		block := min(knnBlock, n-first)
		s := e.New(block, size)
		e.MatMul(s, engine.From(e, queries[first*dim:(first+block)*dim], block, dim), keys, false, true)
		nearest := engine.NewPairs(block, size)
		if err := e.SelectRanks(nearest, s, nil, 0, c.K); err != nil {
			return Result{}, fmt.Errorf("probe: queries from %d on: %w", first, err)
		}
		e.Download(cosines[:block*size], s)
		parallel.For(block, 8, func(lo, hi int) {
			votes := make([]float64, classes)
			for i := lo; i < hi; i++ {
				vote(votes, nearest.Row(i), cosines[i*size:(i+1)*size], bankLabels, c.T)
				predicted[first+i] = argmax(votes)
			}
		})
	}
	return result(predicted, queryLabels), nil
}

// vote sums the neighbours' weights by class.
func vote(votes []float64, nearest []uint64, cosines []float32, labels []int, t float64) {
	clear(votes)
	for i, w := range nearest {
		for ; w != 0; w &= w - 1 {
			j := 64*i + bits.TrailingZeros64(w)
			votes[labels[j]] += math.Exp(float64(cosines[j]) / t)
		}
	}
}

// unit returns the rows of x divided by their lengths, or by 1e-12 where they are shorter.
func unit(x []float32, dim int) []float32 {
	out := make([]float32, len(x))
	parallel.For(len(x)/dim, 256, func(lo, hi int) {
		for i := lo; i < hi; i++ {
			row, sum := x[i*dim:(i+1)*dim], 0.0
			for _, v := range row {
				sum += float64(v) * float64(v)
			}
			scale := 1 / max(math.Sqrt(sum), 1e-12)
			for j, v := range row {
				out[i*dim+j] = float32(float64(v) * scale)
			}
		}
	})
	return out
}

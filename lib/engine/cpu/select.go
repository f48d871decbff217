package cpu

import (
	"fmt"
	"math"
	"math/bits"
	"sync"
	"sync/atomic"

	"gorgonia.org/tensor"

	"github.com/hardneg/hardneg/lib/engine"
	"github.com/hardneg/hardneg/lib/parallel"
)

// SelectRanks keeps, in each row of s (N, K), the pairs of ranks start..end-1 counted from the largest value; equal
// values (-0 and +0 are equal) rank by column, masked pairs after all others. No row is sorted: see top.
//
// Memory: at most 16 bytes times K for each worker, where all values are equal, and far less where they are not; kept
// between calls. BenchmarkSelectRanks at N 256, K 65,536, CPU time on an AMD EPYC (Zen 5): one read of the 64 MiB of
// similarities 4 ms; bands 0-5 and 0.1-100, with one border inside, 30 ms; 5-10, with two, 60 ms.
func (e *Engine) SelectRanks(kept *engine.Pairs, s *tensor.Dense, masked *engine.Pairs, start, end int) error {
	n, k := engine.CheckSelect("SelectRanks", kept, s, masked, start, end)
	values := data(s)
	var bad atomic.Int64 // the first row with a NaN
	bad.Store(int64(n))
	parallel.For(n, 4, func(lo, hi int) {
		sel := selectors.Get().(*selector)
		defer selectors.Put(sel)
		for i := lo; i < hi; i++ {
			row := values[i*k : (i+1)*k]
			if hasNaN(row) {
				for first := bad.Load(); int64(i) < first && !bad.CompareAndSwap(first, int64(i)); first = bad.Load() {
				}
				continue
			}
			var m []uint64
			if masked != nil {
				m = masked.Row(i)
			}
			sel.band(kept.Row(i), row, m, start, end)
		}
	})
	if i := int(bad.Load()); i < n {
		kept.Clear()
		row := values[i*k : (i+1)*k]
		j := 0
		for row[j] == row[j] {
			j++
		}
		return fmt.Errorf("similarity of query %d and negative %d is NaN", i, j)
	}
	return nil
}

// selector is the scratch memory of a worker. Lists hold values with their columns, packed.
type selector struct {
	near   []uint64 // columns that a scan has not settled
	left   []uint64 // what a selection goes on with
	sample []uint64
	harder []uint64 // one bit a column: those before the band
}

var selectors = sync.Pool{New: func() any { return new(selector) }}

// band writes ranks start..end-1 among the columns that are not masked: the end largest without the start largest.
func (sel *selector) band(kept []uint64, row []float32, masked []uint64, start, end int) {
	free := len(row)
	for _, w := range masked {
		free -= bits.OnesCount64(w)
	}
	sel.top(kept, row, masked, free, min(end, free))
	if start = min(start, free); start == 0 {
		return
	}
	if cap(sel.harder) < len(kept) {
		sel.harder = make([]uint64, len(kept))
	}
	harder := sel.harder[:len(kept)]
	sel.top(harder, row, masked, free, start)
	for i, w := range harder {
		kept[i] &^= w
	}
}

// top writes the n largest of the free columns. A sample of the row gives two values between which the n-th largest
// very probably lies. One pass over the row then settles all columns outside of them; the few between are settled
// by a radix selection, and where the sample misled, all of them are.
func (sel *selector) top(out []uint64, row []float32, masked []uint64, free, n int) {
	if n == 0 || n == free {
		for i := range out {
			out[i] = 0
			if n > 0 {
				out[i] = ^uint64(0)
				if len(row)-i*64 < 64 {
					out[i] = 1<<(len(row)-i*64) - 1
				}
				if masked != nil {
					out[i] &^= masked[i]
				}
			}
		}
		return
	}
	low, high := sel.bracket(row, masked, free, n)
	above := sel.scan(out, row, masked, low, high)
	if above > n || above+len(sel.near) < n {
		above = sel.scan(out, row, masked, float32(math.Inf(-1)), float32(math.Inf(1)))
	}
	if above == n {
		return
	}
	last := sel.nth(sel.near, n-above)
	for _, x := range sel.near {
		column := uint32(x)
		out[column>>6] |= bit(x <= last) << (column & 63)
	}
}

// scan writes the free columns above high, returns their number and lists in sel.near those from low to high.
func (sel *selector) scan(out []uint64, row []float32, masked []uint64, low, high float32) int {
	near, above := sel.near[:0], 0
	for i := range out {
		more, atLeast := compare(row[i*64:min(i*64+64, len(row))], low, high)
		if masked != nil {
			more &^= masked[i]
			atLeast &^= masked[i]
		}
		out[i] = more
		above += bits.OnesCount64(more)
		for w := atLeast &^ more; w != 0; w &= w - 1 {
			column := i*64 + bits.TrailingZeros64(w)
			near = append(near, packed(row[column], column))
		}
	}
	sel.near = near
	return above
}

// compare tells, one bit a value, which are above high and which are at least low. It has no branch to mispredict.
func compare(values []float32, low, high float32) (above, atLeast uint64) {
	if len(values) == 64 {
		for i := 60; i >= 0; i -= 4 {
			v := (*[4]float32)(values[i:])
			a := (bit(v[3] > high)*2+bit(v[2] > high))*4 + bit(v[1] > high)*2 + bit(v[0] > high)
			b := (bit(v[3] >= low)*2+bit(v[2] >= low))*4 + bit(v[1] >= low)*2 + bit(v[0] >= low)
			above, atLeast = above<<4+a, atLeast<<4+b
		}
		return above, atLeast
	}
	for i, v := range values {
		above |= bit(v > high) << i
		atLeast |= bit(v >= low) << i
	}
	return above, atLeast
}

func bit(b bool) uint64 {
	if b {
		return 1
	}
	return 0
}

// bracket returns two values between which the n-th largest of the free columns probably lies: those three standard
// deviations to either side of its place in a sample. A small row is its own sample.
func (sel *selector) bracket(row []float32, masked []uint64, free, n int) (low, high float32) {
	low, high = float32(math.Inf(-1)), float32(math.Inf(1))
	size := max(128, len(row)/64)
	if len(row) < 4*size {
		return low, high
	}
	sample, step := sel.sample[:0], len(row)/size
	for j := step / 2; j < len(row); j += step {
		if masked == nil || masked[j>>6]>>(j&63)&1 == 0 {
			sample = append(sample, packed(row[j], j))
		}
	}
	sel.sample = sample
	p := float64(n) / float64(free)
	place := p * float64(len(sample))
	margin := 2 + 3*math.Sqrt(place*(1-p))
	if i := int(place - margin); i >= 1 {
		high = unpacked(sel.nth(sample, i))
	}
	if i := int(place+margin) + 1; i <= len(sample) {
		low = unpacked(sel.nth(sample, i))
	}
	return low, high
}

// packed orders values from the largest down, then by column: a smaller number is harder. Adding 0 makes -0 a +0.
func packed(v float32, column int) uint64 {
	b := math.Float32bits(v + 0)
	return uint64(b^(uint32(int32(^b)>>31)>>1))<<32 | uint64(uint32(column))
}

// unpacked is the value of packed.
func unpacked(x uint64) float32 {
	b := uint32(x >> 32)
	return math.Float32frombits(b ^ (uint32(int32(^b)>>31) >> 1))
}

// nth returns the n-th smallest number of list, n counted from 1; numbers whose upper halves are equal come in
// ascending order. Byte by byte from the top, it counts how often each value occurs and goes on with the numbers that
// share the n-th one's: at most four passes, each over what the one before has left.
func (sel *selector) nth(list []uint64, n int) uint64 {
	for shift := 56; shift >= 32 && len(list) > 1; shift -= 8 {
		var count [256]int
		for _, x := range list {
			count[byte(x>>shift)]++
		}
		digit := 0
		for n > count[digit] {
			n -= count[digit]
			digit++
		}
		if count[digit] == len(list) {
			continue
		}
		if len(sel.left) < len(list) {
			sel.left = make([]uint64, cap(list))
		}
		left, end := sel.left, 0
		for _, x := range list {
			left[end] = x // may be list itself, which is read ahead of this
			end += int(bit(byte(x>>shift) == byte(digit)))
		}
		list = left[:end]
	}
	return list[n-1]
}

// hasNaN tells whether a value is NaN. A sum is NaN if a value is; it may also be so for infinities of both signs.
func hasNaN(row []float32) bool {
	var a, b, c, d float32
	i := 0
	for ; i+4 <= len(row); i += 4 {
		v := row[i : i+4 : i+4]
		a, b, c, d = a+v[0], b+v[1], c+v[2], d+v[3]
	}
	for ; i < len(row); i++ {
		a += row[i]
	}
	if sum := a + b + c + d; sum == sum {
		return false
	}
	for _, v := range row {
		if v != v {
			return true
		}
	}
	return false
}

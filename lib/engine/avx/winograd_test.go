package avx

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/hardneg/hardneg/lib/engine"
)

// The transforms compute a convolution: checked against the definition for one dimension, with exact arithmetic's
// matrices for the points 0, 1, -1, 2, -2 and infinity as A. Lavin and S. Gray print them.
func TestPoints(t *testing.T) {
	p := pointsOf(1, 2)
	for name, c := range map[string][2][]float32{
		"input":  {p.input[:], {1, 2, 1, 4, 4, 5}},
		"output": {p.output[:], {1, 2, 1, 4, 1, 8}},
		"weight": {p.weight[:], {1. / 4, -1. / 6, -1. / 6, -1. / 6, 1. / 24, 1. / 12, 1. / 6}},
	} {
		for i, got := range c[0] {
			if got != c[1][i] {
				t.Errorf("%s: constant %d is %g, want %g", name, i, got, c[1][i])
			}
		}
	}
}

// What is not finite spoils, of its image, the tiles whose 6x6 inputs hold it, in all channels; all else keeps its bits.
func TestWinogradNotFinite(t *testing.T) {
	each(t, func(t *testing.T, e *Engine) {
		e.use = winoAlways
		const n, c, h, w = 3, 20, 13, 10
		const image, channel, row, col = 1, 7, 8, 4 // in row 2 of tiles and, as the first of its inputs, row 1
		x, weights := random(e, n, c, h, w), random(e, c, c, 3, 3)
		y, dx, dw := e.New(n, c, h, w), e.New(n, c, h, w), e.New(c, c, 3, 3)
		compute := func() (all [3][]float32) {
			e.Conv2D(y, x, weights, 1, 1)
			e.Conv2DBackwardData(dx, x, weights, 1, 1)
			e.Conv2DBackwardWeights(dw, x, x, 1, 1)
			return [3][]float32{engine.Floats(y), engine.Floats(dx), engine.Floats(dw)}
		}
		clean := compute()
		for _, bad := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
			values := engine.Floats(x)
			was := values[((image*c+channel)*h+row)*w+col]
			values[((image*c+channel)*h+row)*w+col] = float32(bad)
			e.Upload(x, values)
			spoilt := compute()
			values[((image*c+channel)*h+row)*w+col] = was
			e.Upload(x, values)
			for i := range clean[0] {
				at, r, s := i/(c*h*w), i/w%h, i%w
				inTile := row >= r/4*4-1 && row <= r/4*4+4 && col >= s/4*4-1 && col <= s/4*4+4
				inWindow := r >= row-1 && r <= row+1 && s >= col-1 && s <= col+1
				for pass, name := range []string{"Conv2D", "Conv2DBackwardData"} {
					got := spoilt[pass][i]
					if at == image && inWindow && !notFinite(got) {
						t.Fatalf("%g: %s: image %d, row %d, column %d is %g", bad, name, at, r, s, got)
					}
					if (at != image || !inTile) && math.Float32bits(got) != math.Float32bits(clean[pass][i]) {
						t.Fatalf("%g: %s: image %d, row %d, column %d was %g, is %g", bad, name, at, r, s, clean[pass][i], got)
					}
				}
			}
			for i, got := range spoilt[2] {
				if met := i/(9*c) == channel || i/9%c == channel; met != notFinite(got) {
					t.Fatalf("%g: Conv2DBackwardWeights: channels %d and %d: %g", bad, i/(9*c), i/9%c, got)
				}
			}
		}
	})
}

func notFinite(x float32) bool { return math.IsNaN(float64(x)) || math.IsInf(float64(x), 0) }

// An image gives the same bits alone as in a batch, and the rule does not know how many there are.
func TestWinogradAlone(t *testing.T) {
	each(t, func(t *testing.T, e *Engine) {
		const c, h, w = 64, 8, 12
		if !wins(engine.Conv{N: 1, I: c, O: c, H: h, W: w}) {
			t.Fatal("the case is not one of Winograd's")
		}
		x, weights := random(e, 21, c, h, w), random(e, c, c, 3, 3)
		y, one := e.New(21, c, h, w), e.New(1, c, h, w)
		e.Conv2D(y, x, weights, 1, 1)
		e.Conv2D(one, engine.From(e, engine.Floats(x)[20*c*h*w:], 1, c, h, w), weights, 1, 1)
		for i, v := range engine.Floats(y)[20*c*h*w:] {
			if got := engine.Floats(one)[i]; math.Float32bits(got) != math.Float32bits(v) {
				t.Fatalf("element %d is %g alone, %g in a batch", i, got, v)
			}
		}
	})
}

// The layers of ResNet-18 at batch 64, some elements of each pass against float64. PyTorch's own error of gradients to
// weights is 0.9e-5 of the largest value at 64 channels of 32x32.
func TestWinogradLayers(t *testing.T) {
	if testing.Short() {
		t.Skip("large")
	}
	each(t, func(t *testing.T, e *Engine) {
		for _, l := range []layer{{64, 64, 32, 64, 3, 1}, {64, 128, 16, 128, 3, 1}, {64, 256, 8, 256, 3, 1}, {64, 512, 4, 512, 3, 1}} {
			n, c, size := l.n, l.i, l.size
			x, w, dy := random(e, n, c, size, size), random(e, c, c, 3, 3), random(e, n, c, size, size)
			y, dx, dw := e.New(n, c, size, size), e.New(n, c, size, size), e.New(c, c, 3, 3)
			e.Conv2D(y, x, w, 1, 1)
			e.Conv2DBackwardData(dx, dy, w, 1, 1)
			e.Conv2DBackwardWeights(dw, dy, x, 1, 1)
			xs, ws, dys := engine.Floats(x), engine.Floats(w), engine.Floats(dy)
			// at is element (i, j, r, s) of images, 0 in the padding.
			at := func(a []float32, i, j, r, s int) float64 {
				if r < 0 || r >= size || s < 0 || s >= size {
					return 0
				}
				return float64(a[((i*c+j)*size+r)*size+s])
			}
			var worst [3]float64
			check := func(pass int, got []float32, at int, want float64) {
				worst[pass] = max(worst[pass], math.Abs(float64(got[at])-want)/largestOf(got))
			}
			ys, dxs, dws := engine.Floats(y), engine.Floats(dx), engine.Floats(dw)
			for range 200 {
				i, o, r, s := rand.IntN(n), rand.IntN(c), rand.IntN(size), rand.IntN(size)
				var forward, data float64
				for k := range c {
					for tap := range 9 {
						forward += at(xs, i, k, r+tap/3-1, s+tap%3-1) * float64(ws[(o*c+k)*9+tap])
						data += at(dys, i, k, r+1-tap/3, s+1-tap%3) * float64(ws[(k*c+o)*9+tap])
					}
				}
				check(0, ys, ((i*c+o)*size+r)*size+s, forward)
				check(1, dxs, ((i*c+o)*size+r)*size+s, data)
			}
			for range 40 {
				o, k, tap := rand.IntN(c), rand.IntN(c), rand.IntN(9)
				sum := 0.0
				for i := range n {
					for r := range size {
						for s := range size {
							sum += at(dys, i, o, r, s) * at(xs, i, k, r+tap/3-1, s+tap%3-1)
						}
					}
				}
				check(2, dws, (o*c+k)*9+tap, sum)
			}
			t.Logf("%v: errors of the largest value: %.1e, %.1e, %.1e", l, worst[0], worst[1], worst[2])
			for pass, limit := range []float64{1e-5, 1e-5, 1e-5} {
				if !(worst[pass] <= limit) {
					t.Errorf("%v, pass %d: error %.2g of the largest value, limit %g", l, pass, worst[pass], limit)
				}
			}
		}
	})
}

func largestOf(x []float32) float64 {
	m := 0.0
	for _, v := range x {
		m = max(m, math.Abs(float64(v)))
	}
	return m
}

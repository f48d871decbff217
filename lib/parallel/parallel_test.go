package parallel

import (
	"sync/atomic"
	"testing"
)

func withThreads(t *testing.T, n int, f func()) {
	t.Helper()
	old := Threads()
	SetThreads(n)
	defer SetThreads(old)
	f()
}

func TestForVisitsEachIndexOnce(t *testing.T) {
	for _, workers := range []int{1, 2, 3, 8} {
		for _, n := range []int{0, 1, 7, 64, 1000} {
			for _, grain := range []int{1, 3, 64, 2000} {
				withThreads(t, workers, func() {
					seen := make([]atomic.Int32, n)
					ForWorker(n, grain, func(w, lo, hi int) {
						if w < 0 || w >= workers || lo%grain != 0 || hi > n {
							t.Errorf("worker %d of %d, chunk [%d, %d) of %d", w, workers, lo, hi, n)
						}
						for i := lo; i < hi; i++ {
							seen[i].Add(1)
						}
					})
					for i := range seen {
						if c := seen[i].Load(); c != 1 {
							t.Fatalf("%d workers, n %d, grain %d: index %d visited %d times", workers, n, grain, i, c)
						}
					}
				})
			}
		}
	}
}

func TestNestedLoopsEnd(t *testing.T) {
	withThreads(t, 4, func() {
		var sum atomic.Int64
		For(50, 1, func(lo, _ int) { For(50, 1, func(i, _ int) { sum.Add(int64(lo * i)) }) })
		if got, want := sum.Load(), int64(49*50/2*49*50/2); got != want {
			t.Fatalf("sum %d, want %d", got, want)
		}
	})
}

func TestPanicReachesTheCaller(t *testing.T) {
	withThreads(t, 3, func() {
		defer func() {
			if p := recover(); p != "chunk 17" {
				t.Fatalf("recovered %v", p)
			}
		}()
		For(40, 1, func(lo, _ int) {
			if lo == 17 {
				panic("chunk 17")
			}
		})
	})
}

func BenchmarkFor(b *testing.B) {
	for b.Loop() {
		For(64, 1, func(int, int) {})
	}
}

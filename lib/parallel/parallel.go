// Package parallel splits loops over workers that are started once and kept.
//
// A loop is cut into chunks whose borders depend on its length and grain alone. A sum that is kept for each
// chunk and added up in the order of the chunks is therefore the same for any number of workers.
package parallel

import (
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
)

var (
	threads atomic.Int32
	tasks   = make(chan task, 256)

	mu      sync.Mutex
	workers int // goroutines that wait for tasks
)

func init() { threads.Store(int32(runtime.GOMAXPROCS(0))) }

// Threads is the number of goroutines, the caller's own included, that a loop is split over.
func Threads() int { return int(threads.Load()) }

// SetThreads sets Threads; it panics if n < 1. Results do not depend on it. It is the process's: call it while no loop
// runs, whose workers may hold scratch memory for the old number.
func SetThreads(n int) {
	if n < 1 {
		panic(fmt.Sprintf("parallel: %d threads, want at least 1", n))
	}
	threads.Store(int32(n))
}

// For calls f(lo, hi) for consecutive chunks of [0, n), each of grain indices but the last, on up to Threads
// goroutines, and returns when all are done. A panic in f is raised again in the caller.
func For(n, grain int, f func(lo, hi int)) {
	ForWorker(n, grain, func(_, lo, hi int) { f(lo, hi) })
}

// ForWorker is For with the number of the worker, 0 <= worker < Threads(), so that f can use scratch memory of
// the worker's own. A loop inside a loop is run by whoever is free, at worst by its caller alone.
func ForWorker(n, grain int, f func(worker, lo, hi int)) {
	if grain < 1 {
		panic(fmt.Sprintf("parallel: grain %d, want at least 1", grain))
	}
	chunks := (n + grain - 1) / grain
	helpers := min(Threads(), chunks) - 1
	if helpers < 1 {
		for lo := 0; lo < n; lo += grain {
			f(0, lo, min(lo+grain, n))
		}
		return
	}
	start(helpers)
	l := &loop{n: n, grain: grain, f: f}
	l.left.Add(chunks)
	for w := 1; w <= helpers; w++ {
		select {
		case tasks <- task{l, w}:
		default: // all are busy
		}
	}
	l.run(0)
	l.left.Wait()
	if p := l.failed.Load(); p != nil {
		panic(*p)
	}
}

// loop is one call of ForWorker: chunks are claimed by adding to next.
type loop struct {
	n, grain int
	f        func(worker, lo, hi int)
	next     atomic.Int64
	left     sync.WaitGroup // chunks that are not done
	failed   atomic.Pointer[any]
}

type task struct {
	loop   *loop
	worker int
}

// start makes sure that n goroutines wait for tasks.
func start(n int) {
	mu.Lock()
	defer mu.Unlock()
	for ; workers < n; workers++ {
		go func() {
			for t := range tasks {
				t.loop.run(t.worker)
			}
		}()
	}
}

// run claims chunks until none is left. A worker that comes late finds none.
func (l *loop) run(worker int) {
	for {
		lo := int(l.next.Add(1)-1) * l.grain
		if lo >= l.n {
			return
		}
		l.chunk(worker, lo)
	}
}

func (l *loop) chunk(worker, lo int) {
	defer l.left.Done()
	defer func() {
		if p := recover(); p != nil {
			first := p // p itself would be on the heap for every chunk
			l.failed.CompareAndSwap(nil, &first)
		}
	}()
	l.f(worker, lo, min(lo+l.grain, l.n))
}

package sync

import (
	"sync"

	"github.com/hardneg/hardneg/kernel/interp/stop"
)

// WaitGroup waits for a number of tasks to end.
type WaitGroup struct {
	monitor
	tasks int
}

// Add adds to the number of tasks. It panics if that becomes negative.
func (wg *WaitGroup) Add(delta int) {
	wg.mu.Lock()
	defer wg.mu.Unlock()
	wg.tasks += delta
	if wg.tasks < 0 {
		panic("sync: negative WaitGroup counter")
	}
	if wg.tasks == 0 {
		wg.wake()
	}
}

// Done says that a task has ended.
func (wg *WaitGroup) Done() { wg.Add(-1) }

// Wait returns when there is no task, or ends when the cell is interrupted.
func (wg *WaitGroup) Wait() {
	wg.await(func() bool { return wg.tasks == 0 }, func() {})
	wg.mu.Unlock()
}

// Start runs a function in a goroutine that works for the caller's cell, in which a panic is told and goes no further.
// The interpreter sets it.
var Start = func(f func()) { go f() }

// Go runs f as a task, in a goroutine.
func (wg *WaitGroup) Go(f func()) {
	wg.Add(1)
	Start(func() {
		defer wg.Done()
		f()
	})
}

// Cond is a condition that goroutines wait for.
type Cond struct {
	L Locker // held when the condition is looked at or changed

	mu      sync.Mutex
	waiting []chan struct{}
}

// NewCond makes a Cond with the lock l.
func NewCond(l Locker) *Cond { return &Cond{L: l} }

// Wait unlocks c.L, waits for a Signal or Broadcast, and locks c.L again, also where the cell is interrupted meanwhile.
func (c *Cond) Wait() {
	woken := make(chan struct{})
	c.mu.Lock()
	c.waiting = append(c.waiting, woken)
	c.mu.Unlock()
	c.L.Unlock()
	select {
	case <-woken:
		c.L.Lock()
	case <-stop.Done():
		c.forget(woken)
		c.L.Lock() // the cell's deferred Unlock counts on it
		stop.Now()
	}
}

// forget takes a goroutine off the list; a signal that it has got already goes to another.
func (c *Cond) forget(woken chan struct{}) {
	c.mu.Lock()
	for i, w := range c.waiting {
		if w == woken {
			c.waiting = append(c.waiting[:i:i], c.waiting[i+1:]...)
			c.mu.Unlock()
			return
		}
	}
	c.mu.Unlock()
	c.Signal()
}

// Signal wakes the goroutine that waits longest, if any does.
func (c *Cond) Signal() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.waiting) > 0 {
		close(c.waiting[0])
		c.waiting = c.waiting[1:]
	}
}

// Broadcast wakes all goroutines that wait.
func (c *Cond) Broadcast() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, w := range c.waiting {
		close(w)
	}
	c.waiting = nil
}

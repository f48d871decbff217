// Package sync has the types of the standard package whose methods wait, as cells see them: their waits end when the
// cell is interrupted, and what is a fatal error there, such as unlocking an unlocked Mutex, is a panic here.
//
// It is named after the package that it stands in for, so that a type's name in a cell's output is Go's own.
package sync

import (
	"sync"
	"sync/atomic"

	"github.com/hardneg/hardneg/kernel/interp/stop"
)

// Mutex is a mutual exclusion lock. The zero value is unlocked.
type Mutex struct {
	state atomic.Int32                  // one of the following
	queue atomic.Pointer[chan struct{}] // made by the first goroutine that waits; holds a token after an Unlock
}

const (
	unlocked  = iota
	locked    // and nobody waits
	contended // locked, and somebody may wait
)

// TryLock locks m if it is unlocked.
func (m *Mutex) TryLock() bool { return m.state.CompareAndSwap(unlocked, locked) }

// Lock waits until m is unlocked, or the cell is interrupted, and locks it.
func (m *Mutex) Lock() {
	if m.TryLock() {
		return
	}
	if m.queue.Load() == nil {
		made := make(chan struct{}, 1)
		m.queue.CompareAndSwap(nil, &made)
	}
	queue, done := *m.queue.Load(), stop.Done()
	for m.state.Swap(contended) != unlocked {
		select {
		case <-queue:
		case <-done:
			stop.Now()
		}
	}
}

// Unlock unlocks m. It panics if m is not locked.
func (m *Mutex) Unlock() {
	switch m.state.Swap(unlocked) {
	case unlocked:
		panic("sync: unlock of unlocked mutex")
	case contended:
		select {
		case *m.queue.Load() <- struct{}{}:
		default: // a token is there already
		}
	}
}

// Locker is anything that can be locked and unlocked.
type Locker = sync.Locker

// Once runs a function once.
type Once struct {
	done atomic.Bool
	m    Mutex
}

// Do calls f if and only if no Do of this Once was called before, and returns after that call has.
func (o *Once) Do(f func()) {
	if o.done.Load() {
		return
	}
	o.m.Lock()
	defer o.m.Unlock()
	if !o.done.Load() {
		defer o.done.Store(true)
		f()
	}
}

package sync

import (
	"sync"

	"github.com/hardneg/hardneg/kernel/interp/stop"
)

// monitor guards a state that goroutines wait to see change.
type monitor struct {
	mu      sync.Mutex    // held for a few instructions only
	changed chan struct{} // closed when the state changes; nil while nobody waits
}

// await returns, with mu held, when ready, called with mu held, returns true; or ends the goroutine's part of a cell that
// is interrupted, after quit was called with mu held.
func (m *monitor) await(ready func() bool, quit func()) {
	m.mu.Lock()
	if ready() {
		return
	}
	done := stop.Done()
	for {
		if m.changed == nil {
			m.changed = make(chan struct{})
		}
		changed := m.changed
		m.mu.Unlock()
		select {
		case <-changed:
		case <-done:
			m.mu.Lock()
			quit()
			m.mu.Unlock()
			stop.Now()
		}
		m.mu.Lock()
		if ready() {
			return
		}
	}
}

// wake lets those who wait look again. mu is held.
func (m *monitor) wake() {
	if m.changed != nil {
		close(m.changed)
		m.changed = nil
	}
}

// RWMutex is a lock for any number of readers or one writer. A writer that waits goes before new readers.
type RWMutex struct {
	monitor
	readers, waiting int
	writing          bool
}

// Lock waits for all others to unlock, or for the cell to be interrupted.
func (rw *RWMutex) Lock() {
	waits := false
	rw.await(func() bool {
		free := !rw.writing && rw.readers == 0
		if waits == free { // starts or ends to wait
			waits = !waits
			if waits {
				rw.waiting++
			} else {
				rw.waiting--
			}
		}
		rw.writing = rw.writing || free
		return free
	}, func() { rw.waiting--; rw.wake() })
	rw.mu.Unlock()
}

// TryLock locks for writing if nobody has locked.
func (rw *RWMutex) TryLock() bool {
	rw.mu.Lock()
	defer rw.mu.Unlock()
	if rw.writing || rw.readers > 0 {
		return false
	}
	rw.writing = true
	return true
}

// Unlock ends a Lock. It panics if there was none.
func (rw *RWMutex) Unlock() {
	rw.mu.Lock()
	defer rw.mu.Unlock()
	if !rw.writing {
		panic("sync: Unlock of unlocked RWMutex")
	}
	rw.writing = false
	rw.wake()
}

// RLock waits for writers to unlock, or for the cell to be interrupted.
func (rw *RWMutex) RLock() {
	rw.await(rw.read, func() {})
	rw.mu.Unlock()
}

func (rw *RWMutex) read() bool {
	if rw.writing || rw.waiting > 0 {
		return false
	}
	rw.readers++
	return true
}

// TryRLock locks for reading if no writer has locked or waits.
func (rw *RWMutex) TryRLock() bool {
	rw.mu.Lock()
	defer rw.mu.Unlock()
	return rw.read()
}

// RUnlock ends an RLock. It panics if there was none.
func (rw *RWMutex) RUnlock() {
	rw.mu.Lock()
	defer rw.mu.Unlock()
	if rw.readers == 0 {
		panic("sync: RUnlock of unlocked RWMutex")
	}
	rw.readers--
	rw.wake()
}

// RLocker is rw as a Locker that reads.
func (rw *RWMutex) RLocker() Locker { return (*reader)(rw) }

type reader RWMutex

func (r *reader) Lock()   { (*RWMutex)(r).RLock() }
func (r *reader) Unlock() { (*RWMutex)(r).RUnlock() }

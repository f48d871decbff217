package sync

import (
	"strings"
	"sync"
	"testing"
	"time"
)

// What both packages have.
type (
	locker interface {
		sync.Locker
		TryLock() bool
	}
	rwLocker interface {
		locker
		RLock()
		RUnlock()
		TryRLock() bool
		RLocker() sync.Locker
	}
	group interface {
		Add(int)
		Done()
		Wait()
		Go(func())
	}
)

// Every test runs with Go's own types too, so that what it asks for is what Go does.
func TestMutex(t *testing.T) {
	for name, m := range map[string]locker{"Go": new(sync.Mutex), "ours": new(Mutex), "Go rw": new(sync.RWMutex), "our rw": new(RWMutex)} {
		n := 0
		var wg sync.WaitGroup
		for range 8 {
			wg.Go(func() {
				for i := range 2000 {
					if i%3 != 0 || !m.TryLock() {
						m.Lock()
					}
					n++
					m.Unlock()
				}
			})
		}
		wg.Wait()
		if n != 16000 {
			t.Errorf("%s: counted to %d of 16000", name, n)
		}
		m.Lock()
		if m.TryLock() {
			t.Errorf("%s: TryLock locks what is locked", name)
		}
		m.Unlock()
	}
}

func TestRWMutex(t *testing.T) {
	for name, rw := range map[string]rwLocker{"Go": new(sync.RWMutex), "ours": new(RWMutex)} {
		a, b := 0, 0
		var wg sync.WaitGroup
		for range 4 {
			wg.Go(func() {
				for range 1000 {
					rw.Lock()
					a++
					b++
					rw.Unlock()
				}
			})
			wg.Go(func() {
				for range 1000 {
					rw.RLock()
					if a != b {
						t.Errorf("%s: a reader sees a writer at work", name)
					}
					rw.RUnlock()
				}
			})
		}
		wg.Wait()
		rw.RLock()
		if !rw.TryRLock() || rw.TryLock() {
			t.Errorf("%s: while one reads, another can, and none can write", name)
		}
		rw.RUnlock()
		wrote := make(chan bool)
		go func() { rw.Lock(); close(wrote); rw.Unlock() }()
		for rw.TryRLock() { // until the writer waits: it goes before new readers
			rw.RUnlock()
			time.Sleep(time.Millisecond)
		}
		rw.RUnlock()
		<-wrote
		rw.RLocker().Lock()
		rw.RUnlock()
	}
}

func TestWaitGroup(t *testing.T) {
	for name, wg := range map[string]group{"Go": new(sync.WaitGroup), "ours": new(WaitGroup)} {
		for round := range 100 {
			var m sync.Mutex
			n := 0
			wg.Add(3)
			for range 3 {
				go func() { m.Lock(); n++; m.Unlock(); wg.Done() }()
			}
			wg.Go(func() { m.Lock(); n++; m.Unlock() })
			wg.Wait()
			if n != 4 {
				t.Fatalf("%s: round %d: Wait returned after %d of 4", name, round, n)
			}
		}
	}
}

func TestCondAndOnce(t *testing.T) {
	type cond interface {
		Wait()
		Signal()
		Broadcast()
	}
	var goMutex sync.Mutex
	var ours Mutex
	var goOnce sync.Once
	var once Once
	for name, c := range map[string]struct {
		cond
		sync.Locker
		do func(func())
	}{"Go": {sync.NewCond(&goMutex), &goMutex, goOnce.Do}, "ours": {NewCond(&ours), &ours, once.Do}} {
		items, got, ran := 0, 0, 0
		var wg sync.WaitGroup
		for range 5 {
			wg.Go(func() {
				c.do(func() { ran++ })
				for range 100 {
					c.Lock()
					for items == 0 {
						c.Wait()
					}
					items--
					got++
					c.Unlock()
				}
			})
		}
		for i := range 500 {
			c.Lock()
			items++
			c.Unlock()
			if i%2 == 0 {
				c.Signal()
			} else {
				c.Broadcast()
			}
		}
		wg.Wait()
		if got != 500 || ran != 1 {
			t.Errorf("%s: %d of 500 items, Once ran %d times", name, got, ran)
		}
	}
}

// Where Go's own end the process, or panic.
func TestMisuse(t *testing.T) {
	for want, f := range map[string]func(){
		"unlock of unlocked mutex":    func() { new(Mutex).Unlock() },
		"Unlock of unlocked RWMutex":  func() { new(RWMutex).Unlock() },
		"RUnlock of unlocked RWMutex": func() { new(RWMutex).RUnlock() },
		"negative WaitGroup counter":  func() { new(WaitGroup).Done() },
	} {
		func() {
			defer func() {
				if r, _ := recover().(string); !strings.Contains(r, want) {
					t.Errorf("panic with %q, want %q", r, want)
				}
			}()
			f()
		}()
	}
}

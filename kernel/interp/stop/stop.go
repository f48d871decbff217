// Package stop knows for which cell a goroutine works, so that whatever waits there can be told to wait no longer.
//
// A Turn is one execution of a cell, with the goroutines that it starts and those that they start. A goroutine that
// compiled code has started belongs to none: a panic would end the process there, so nothing stops it.
package stop

import (
	"context"
	"sync"

	"github.com/cosmos72/gomacro/base"
	"github.com/cosmos72/gomacro/fast"
	"github.com/cosmos72/gomacro/gls"
)

// Turn is one execution of a cell. It outlives the cell while goroutines of the cell run.
type Turn struct {
	ctx    context.Context
	cancel context.CancelCauseFunc

	mu   sync.Mutex
	runs map[*fast.Run]bool // the interpreter's states of the goroutines that work for it
}

// NewTurn makes a turn that no goroutine works for yet.
func NewTurn() *Turn {
	t := &Turn{runs: map[*fast.Run]bool{}}
	t.ctx, t.cancel = context.WithCancelCause(context.Background())
	return t
}

// Stop ends the turn's waits, now and from now on. The first cause is kept.
func (t *Turn) Stop(cause error) { t.cancel(cause) }

// Context ends when the turn is stopped, and only then.
func (t *Turn) Context() context.Context { return t.ctx }

// Stopped tells whether Stop was called.
func (t *Turn) Stopped() bool { return t.ctx.Err() != nil }

// Signal asks the interpreter's loops in all of the turn's goroutines to stop; it returns how many goroutines there are.
//
// gomacro looks at the flag without a lock, once in fifteen statements, and offers no other way: by the letter of the
// memory model this write is a data race. It is the write of one byte, which no machine that Go runs on tears.
func (t *Turn) Signal() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	for run := range t.runs {
		run.Signals.Async = base.SigInterrupt
	}
	return len(t.runs)
}

// Goroutines is how many work for the turn.
func (t *Turn) Goroutines() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return len(t.runs)
}

// Lend makes the calling goroutine, which has no turn and runs nothing of the interpreter's, act for t until back is
// called: what it starts works for t.
func (t *Turn) Lend() (back func()) {
	id := gls.GoID()
	set(id, t)
	return func() { set(id, nil) }
}

func set(id uintptr, t *Turn) {
	goroutines.Lock()
	defer goroutines.Unlock()
	if t == nil {
		delete(goroutines.turn, id)
	} else {
		goroutines.turn[id] = t
	}
}

// goroutines are those that work for a turn, by their identity. Guarded by a lock that is taken when a goroutine starts,
// ends, or has to wait.
var goroutines = struct {
	sync.RWMutex
	turn map[uintptr]*Turn
}{turn: map[uintptr]*Turn{}}

// Enter makes the calling goroutine work for t, with the interpreter's state for it, until leave is called there.
func (t *Turn) Enter(run *fast.Run) (leave func()) {
	id := gls.GoID()
	t.mu.Lock()
	t.runs[run] = true
	t.mu.Unlock()
	if t.Stopped() {
		run.Signals.Async = base.SigInterrupt
	}
	set(id, t)
	return func() {
		set(id, nil)
		t.mu.Lock()
		delete(t.runs, run)
		run.Signals = base.Signals{} // what came as the goroutine ended is not for the next that has this state
		t.mu.Unlock()
	}
}

// Current is the turn that the calling goroutine works for, nil for none.
func Current() *Turn {
	id := gls.GoID()
	goroutines.RLock()
	defer goroutines.RUnlock()
	return goroutines.turn[id]
}

// Done is closed when the turn of the calling goroutine is stopped; nil, which blocks for ever, if it has none.
func Done() <-chan struct{} { return Context().Done() }

// Context is that of the calling goroutine's turn; one that never ends, if it has none.
func Context() context.Context {
	if t := Current(); t != nil {
		return t.ctx
	}
	return context.Background()
}

// Now ends the calling goroutine's part of a turn that was stopped: by a panic that no recover of a cell sees.
func Now() { panic(base.SigInterrupt) }

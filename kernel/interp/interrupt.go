package interp

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"go/token"
	"sync"
	"sync/atomic"
	"time"

	"github.com/cosmos72/gomacro/fast"
	"github.com/hardneg/hardneg/kernel/interp/stop"
)

// ErrInterrupted is the cause with which a cell's context ends when the user stops the cell.
var ErrInterrupted = errors.New("interrupted")

// turns is what an Interp has running.
type turns struct {
	mu   sync.Mutex
	now  *stop.Turn          // the cell that runs, nil between cells
	live map[*stop.Turn]bool // now, and the earlier cells of which goroutines run still
	at   token.Pos           // the step that runs
	home uintptr             // the goroutine of cells

	memory atomic.Int64  // bytes; see SetMemoryLimit
	flags  *flag.FlagSet // those of the cell
}

// Interrupt stops the cell that runs: its ctx is cancelled, its loops end at their next turn, its waits at once, and the
// same in the goroutines that it has started. Between cells it stops the goroutines that earlier cells have left. A
// compiled call that does not look at ctx is not stopped before it returns.
func (in *Interp) Interrupt() { in.InterruptFor(ErrInterrupted) }

// InterruptFor is Interrupt with a cause of its own, which the cell's error tells. It may be called from any goroutine.
func (in *Interp) InterruptFor(cause error) {
	in.mu.Lock()
	which := []*stop.Turn{in.now}
	if in.now == nil {
		which = which[:0]
		for t := range in.live {
			which = append(which, t)
		}
	}
	in.mu.Unlock()
	for _, t := range which {
		in.halt(t, cause)
	}
}

// Running tells whether a cell runs.
func (in *Interp) Running() bool {
	in.mu.Lock()
	defer in.mu.Unlock()
	return in.now != nil
}

// begin opens the turn of a cell, which end closes.
func (in *Interp) begin() *stop.Turn {
	in.resetFlags()
	clear(in.received)
	t := stop.NewTurn()
	in.mu.Lock()
	defer in.mu.Unlock()
	in.now = t
	in.keep(t)
	return t
}

func (in *Interp) keep(t *stop.Turn) {
	if in.live == nil {
		in.live = map[*stop.Turn]bool{}
	}
	in.live[t] = true
}

func (in *Interp) end(t *stop.Turn) {
	in.mu.Lock()
	in.now = nil
	in.mu.Unlock()
	in.forget(t)
}

// revive takes up a turn for which a goroutine works that had not begun to when its cell ended.
func (in *Interp) revive(t *stop.Turn) {
	in.mu.Lock()
	defer in.mu.Unlock()
	in.keep(t)
}

// forget lets go of a turn that no goroutine works for any more.
func (in *Interp) forget(t *stop.Turn) {
	in.mu.Lock()
	defer in.mu.Unlock()
	if in.now != t && t.Goroutines() == 0 {
		delete(in.live, t)
	}
}

// enter makes the goroutine of cells work for a turn, and returns the cell's ctx: it ends with the turn, and with parent
// while the cell runs. It does not end with the cell, whose goroutines and variables may have it. The end of the cell's
// steps must call leave.
func (in *Interp) enter(parent context.Context, t *stop.Turn, run *fast.Run) (ctx context.Context, leave func()) {
	ctx, cancel := context.WithCancelCause(context.WithoutCancel(parent))
	in.setContext(ctx)
	quit := t.Enter(run)
	context.AfterFunc(t.Context(), func() { cancel(context.Cause(t.Context())) })
	ended := context.AfterFunc(parent, func() { in.halt(t, context.Cause(parent)) })
	return ctx, func() {
		ended()
		quit()
	}
}

// reach says which step runs.
func (in *Interp) reach(at token.Pos) {
	in.mu.Lock()
	defer in.mu.Unlock()
	in.at = at
}

const (
	// patience is how long an interrupted cell may run on before its user is told why.
	patience = 2 * time.Second
	// insist is after how long a loop is asked again. Compiled code may have swallowed the first panic, as fmt does for a
	// String method; a deferred function that cleans up has that time before it is stopped too.
	insist = 40 * time.Millisecond
)

// halt stops a turn, and asks its loops until none is left.
func (in *Interp) halt(t *stop.Turn, cause error) {
	again := t.Stopped()
	t.Stop(cause)
	t.Signal()
	if again {
		return
	}
	go func() {
		for pause := insist; in.active(t); pause = min(pause*11/10, time.Second) {
			time.Sleep(pause)
			t.Signal()
		}
	}()
	time.AfterFunc(patience, func() { in.stuck(t) })
}

// cause is why the cell that runs is stopped, nil if it is not. A cause that is an *Error is the cell's error.
func (in *Interp) cause() error {
	in.mu.Lock()
	defer in.mu.Unlock()
	if in.now == nil {
		return nil
	}
	return context.Cause(in.now.Context())
}

func (in *Interp) active(t *stop.Turn) bool {
	in.mu.Lock()
	defer in.mu.Unlock()
	return in.live[t]
}

// stuck tells the user of a cell that was interrupted and runs still.
func (in *Interp) stuck(t *stop.Turn) {
	in.mu.Lock()
	same, at := in.now == t, in.at
	in.mu.Unlock()
	if same {
		in.goroutines.tell(fmt.Sprintf("The cell was interrupted, but line %d waits in a call that cannot be stopped. "+
			"If it does not return, restart the kernel.\n", in.cells.frame(in.ir.Comp.Fileset, at).Line))
	}
}

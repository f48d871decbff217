package interp

import (
	"context"
	"errors"
	"fmt"
	"go/token"
	"time"

	"github.com/cosmos72/gomacro/base"
	"github.com/cosmos72/gomacro/fast"
)

// ErrInterrupted is the cause with which a cell's context ends when the user stops the cell.
var ErrInterrupted = errors.New("interrupted")

// Interrupt stops the cell that runs, if one does: its ctx is cancelled, and its loops end at their next turn, those in
// goroutines that it started too. A compiled call that does not look at ctx is not stopped before it returns.
func (in *Interp) Interrupt() {
	in.mu.Lock()
	cancel := in.cancel
	in.mu.Unlock()
	if cancel != nil {
		cancel(ErrInterrupted) // which calls signal
	}
}

// Running tells whether a cell runs.
func (in *Interp) Running() bool {
	in.mu.Lock()
	defer in.mu.Unlock()
	return in.running
}

func (in *Interp) start(cancel context.CancelCauseFunc) {
	in.mu.Lock()
	defer in.mu.Unlock()
	in.running, in.cancel, in.stopped = true, cancel, make(chan struct{})
}

// reach says which step runs.
func (in *Interp) reach(at token.Pos) {
	in.mu.Lock()
	defer in.mu.Unlock()
	in.at = at
}

func (in *Interp) stop(run *fast.Run) {
	in.mu.Lock()
	defer in.mu.Unlock()
	in.running, in.cancel = false, nil
	run.Signals = base.Signals{} // an interrupt that came as the cell ended is not the next cell's
}

// signal tells the interpreter's loops to stop.
func (in *Interp) signal() {
	in.mu.Lock()
	defer in.mu.Unlock()
	if !in.running {
		return
	}
	in.ir.Interrupt(nil)
	in.goroutines.interrupt()
	select {
	case <-in.stopped:
	default:
		stopped := in.stopped
		close(stopped)
		time.AfterFunc(patience, func() { in.stuck(stopped) })
	}
}

// patience is how long an interrupted cell may run on before its user is told why.
const patience = 2 * time.Second

// stuck tells the user of a cell that was interrupted and runs still.
func (in *Interp) stuck(stopped chan struct{}) {
	in.mu.Lock()
	same := in.running && in.stopped == stopped
	where := in.ir.Comp.Fileset.Position(in.at)
	in.mu.Unlock()
	if same {
		in.goroutines.tell(fmt.Sprintf("The cell was interrupted, but line %d waits in a call that cannot be stopped. "+
			"If it does not return, restart the kernel.\n", where.Line))
	}
}

// sleep is cells' time.Sleep: it ends too when the cell that runs is interrupted.
func (in *Interp) sleep(d time.Duration) {
	in.mu.Lock()
	stopped := in.stopped
	if !in.running {
		stopped = nil
	}
	in.mu.Unlock()
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-stopped:
	}
}

package interp

import (
	"context"
	"errors"

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
	in.running, in.cancel = true, cancel
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
}

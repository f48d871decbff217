package notebook

import (
	"context"
	"errors"
	"time"

	"github.com/hardneg/hardneg/kernel/display"
	"github.com/hardneg/hardneg/kernel/interp"
	"github.com/hardneg/hardneg/kernel/session"
)

// grace is how long a cell has to stop after its time is up.
var grace = 5 * time.Second

// Why no other cell can run.
var (
	errStuck = errors.New("the cell is in a call that cannot be stopped")
	errGone  = errors.New("compiled code has ended the goroutine of cells, by runtime.Goexit")
)

// worker is the goroutine to which the interpreter belongs.
type worker struct {
	session *session.Session
	cells   chan work
	results chan done // closed at the goroutine's end
	lost    error     // errStuck or errGone: it takes no more cells
}

type work struct {
	ctx  context.Context
	cell interp.Cell
	to   *outputs
}

type done struct {
	result  *display.Data
	failure *interp.Error
}

func startWorker() (*worker, error) {
	w := &worker{cells: make(chan work), results: make(chan done, 1)}
	ready := make(chan error)
	go func() {
		defer close(w.results)
		s, err := session.New()
		w.session = s
		ready <- err
		if err != nil {
			return
		}
		defer s.Close()
		for c := range w.cells {
			if text, ok := s.Page(c.cell.Code); ok {
				c.to.Stream("stdout", text+"\n")
				w.results <- done{}
				continue
			}
			result, failure := s.Execute(c.ctx, c.cell, c.to)
			w.results <- done{result, failure}
		}
	}()
	return w, <-ready
}

// execute runs a cell and waits for it: when ctx has ended not longer than it takes a cell to stop that can.
func (w *worker) execute(ctx context.Context, c interp.Cell, to *outputs) (*display.Data, *interp.Error) {
	w.cells <- work{ctx, c, to}
	var late <-chan time.Time
	for ended := ctx.Done(); ; {
		select {
		case d, ok := <-w.results:
			if !ok {
				return w.lose("panic", errGone)
			}
			return d.result, d.failure
		case <-ended:
			ended, late = nil, time.After(grace)
		case <-late:
			return w.lose("interrupted", errStuck)
		}
	}
}

// lose is the failure of the cell that was the last.
func (w *worker) lose(name string, why error) (*display.Data, *interp.Error) {
	w.lost = why
	return nil, &interp.Error{Name: name, Value: why.Error()}
}

func (w *worker) stop() {
	close(w.cells)
	if w.lost != errStuck {
		for range w.results {
		}
	}
}

// Package kernel is a Jupyter kernel for Go cells: requests come in over package wire, cells run in package session, and
// what they print, show and return goes back.
//
// It knows nothing of the packages that cells import: the program links those by importing package bindings.
//
// A new kind of request is a line in the table of handle.go.
package kernel

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/hardneg/hardneg/kernel/comm"
	"github.com/hardneg/hardneg/kernel/internal/history"
	"github.com/hardneg/hardneg/kernel/session"
	"github.com/hardneg/hardneg/kernel/wire"
)

// Options of a kernel. The zero value takes them from the environment, see docs/kernel.md.
type Options struct {
	OutputLimit int  // bytes of output of a cell; 0: what HARDNEG_OUTPUT_LIMIT says, else 10 MB
	NoHistory   bool // keep what is executed in memory only
}

// front is what the kernel needs of a wire. A fuzz test has another.
type front interface {
	Reply(parent *wire.Message, msgType string, content any)
	Publish(parent *wire.Message, p wire.Packet)
	Status(parent *wire.Message, state string)
	Ask(parent *wire.Message, msgType string, content any) error
	Rush()
}

// kernel serves the front ends of one connection.
type kernel struct {
	wire       front
	connection wire.Connection
	session    *session.Session
	queue      *queue
	answers    *answers
	history    *history.History
	running    *history.Running             // nil where nothing is written down
	died       string                       // what earlier kernels died of, for the first cell to tell
	count      int                          // of executions
	aborted    []*wire.Message              // cells that were to follow one that failed
	serving    atomic.Pointer[wire.Message] // the request that the goroutine of cells answers
	stop       context.CancelCauseFunc
}

// between is the least time between two pieces of a cell's text: front ends draw anew for each.
const between = 50 * time.Millisecond

var (
	errShutdown = errors.New("shut down")
	errOrphan   = errors.New("the parent process has died")
)

// Run serves the connection that the file describes, until a front end asks for a shutdown, the parent process dies, or
// ctx ends. An interrupt signal stops the running cell only.
func Run(ctx context.Context, connectionFile string, o Options) error {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	go watchParent(ctx, func() { stop(errOrphan) })
	c, err := wire.ReadConnection(connectionFile)
	if err != nil {
		return err
	}
	w, err := wire.Listen(c)
	if err != nil {
		return err
	}
	past, err := openHistory(o)
	if err != nil {
		w.Close(0)
		return err
	}
	k := &kernel{wire: w, connection: c, queue: newQueue(), answers: newAnswers(), history: past, stop: stop}
	k.remember(o)
	ended := make(chan error, 1)
	ready := make(chan struct{})
	go func() {
		err := errors.New("compiled code has ended the goroutine of cells, by runtime.Goexit")
		defer func() { ended <- err; stop(err) }()
		err = k.work(ctx, o, ready)
	}()
	select {
	case err := <-ended:
		w.Close(0)
		return err
	case <-ready:
	}
	go read(w, w.Shell, k.queue.put)
	go read(w, w.Control, k.control)
	go read(w, w.Stdin, k.answers.put)
	go k.signals(ctx)
	w.Status(nil, "starting")
	<-ctx.Done()
	return k.end(context.Cause(ctx), ended, w)
}

// end stops what runs and says goodbye. Whatever a cell does, the process can end a second later.
func (k *kernel) end(cause error, ended <-chan error, w *wire.Wire) (err error) {
	k.queue.close()
	k.wire.Rush()
	k.session.Interrupt()
	select {
	case err = <-ended:
	case <-time.After(500 * time.Millisecond): // a call that cannot be stopped
	}
	k.history.Close()
	if k.running != nil {
		k.running.Close()
	}
	patience := 500 * time.Millisecond
	if cause == errOrphan {
		patience = 100 * time.Millisecond
	}
	w.Close(patience)
	if err == nil && cause != errShutdown {
		err = cause
	}
	return err
}

func openHistory(o Options) (*history.History, error) {
	if o.NoHistory {
		return history.New(nil, wire.Log.Printf), nil
	}
	file, err := history.Place()
	if err != nil {
		return nil, fmt.Errorf("history: %w; the variable %s says where it is kept, off is nowhere", err, history.Variable)
	}
	return history.New(file, wire.Log.Printf), nil
}

type object = map[string]any

// work opens the session and runs what needs the interpreter, all on one goroutine, as the interpreter wants it.
func (k *kernel) work(ctx context.Context, o Options, ready chan<- struct{}) error {
	s, err := session.Open(session.Options{Limit: o.OutputLimit, Pause: between})
	if err != nil {
		return fmt.Errorf("start the session: %w", err)
	}
	defer s.Close()
	k.session = s
	defer comm.Connect(comm.Connect(k.sendComm))
	close(ready)
	for {
		m, ok := k.queue.get()
		if !ok || ctx.Err() != nil {
			return nil
		}
		k.serving.Store(m)
		k.handle(m)
		k.abort()
	}
}

// read hands on what comes by a socket, until it is closed.
func read(w *wire.Wire, s *wire.Socket, do func(*wire.Message)) {
	for {
		m, err := w.Receive(s)
		if err != nil {
			return
		}
		do(m)
	}
}

// signals turns SIGINT into an interrupt, which is how front ends stop a cell where they cannot send a message, and
// SIGTERM into a shutdown.
func (k *kernel) signals(ctx context.Context) {
	c := make(chan os.Signal, 8)
	signal.Notify(c, os.Interrupt, syscall.SIGTERM)
	defer signal.Stop(c)
	for {
		select {
		case <-ctx.Done():
			return
		case s := <-c:
			if s == syscall.SIGTERM {
				k.stop(errShutdown)
				return
			}
			k.stopCell()
		}
	}
}

// stopCell interrupts the cell that runs, whose output then goes out without delay.
func (k *kernel) stopCell() {
	k.wire.Rush()
	k.session.Interrupt()
}

// Package kernel is a Jupyter kernel for Go cells: requests come in over package wire, cells run in package session, and
// what they print, show and return goes back.
//
// It knows nothing of the packages that cells import: the program links those by importing package bindings.
//
// A new kind of request is a line in the table of handle.go.
package kernel

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"os"
	"os/signal"
	"sync"
	"syscall"
	"time"

	"github.com/hardneg/hardneg/kernel/session"
	"github.com/hardneg/hardneg/kernel/wire"
)

// kernel serves the front ends of one connection.
type kernel struct {
	wire    *wire.Wire
	session *session.Session
	queue   *queue
	history history
	count   int // of executions
	stop    context.CancelCauseFunc
}

var errShutdown = errors.New("shut down")

// Run serves the connection that the file describes, until a front end asks for a shutdown, the parent process dies, or
// ctx ends. An interrupt signal stops the running cell only.
func Run(ctx context.Context, connectionFile string) error {
	c, err := wire.ReadConnection(connectionFile)
	if err != nil {
		return err
	}
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	w, err := wire.Listen(context.WithoutCancel(ctx), c) // its sockets outlive ctx, to say goodbye
	if err != nil {
		return err
	}
	defer func() {
		time.Sleep(50 * time.Millisecond) // what was sent last is on its way
		w.Close()
	}()
	k := &kernel{wire: w, queue: newQueue(), stop: stop}
	ended := make(chan error, 1)
	ready := make(chan struct{})
	go func() { ended <- k.work(ctx, ready) }()
	select {
	case err := <-ended:
		return err
	case <-ready:
	}
	go k.read(w.Shell, k.queue.put)
	go k.read(w.Control, k.handle)
	go k.read(w.Stdin, func(*wire.Message) {}) // input_reply: nothing asks yet
	go k.signals(ctx)
	go watchParent(ctx, func() { stop(errors.New("the parent process has died")) })
	w.Publish(nil, "status", object{"execution_state": "starting"})
	<-ctx.Done()
	k.queue.close()
	k.session.Interrupt()
	select {
	case err = <-ended:
	case <-time.After(time.Second): // a call that cannot be stopped; the process ends all the same
	}
	if cause := context.Cause(ctx); !errors.Is(cause, errShutdown) && err == nil {
		err = cause
	}
	return err
}

type object = map[string]any

// work opens the session and runs what needs the interpreter, all on one goroutine, as the interpreter wants it.
func (k *kernel) work(ctx context.Context, ready chan<- struct{}) error {
	s, err := session.New()
	if err != nil {
		return fmt.Errorf("start the session: %w", err)
	}
	defer s.Close()
	k.session = s
	close(ready)
	for {
		m, ok := k.queue.get()
		if !ok || ctx.Err() != nil {
			return nil
		}
		k.handle(m)
	}
}

// read hands on what comes by a socket.
func (k *kernel) read(s *wire.Socket, do func(*wire.Message)) {
	for {
		m, err := k.wire.Receive(s)
		if err != nil {
			return // the socket is closed
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
			k.session.Interrupt()
		}
	}
}

// queue holds the requests that wait for the interpreter.
type queue struct {
	mu     sync.Mutex
	more   *sync.Cond
	list   []*wire.Message
	closed bool
}

func newQueue() *queue {
	q := &queue{}
	q.more = sync.NewCond(&q.mu)
	return q
}

func (q *queue) put(m *wire.Message) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.list = append(q.list, m)
	q.more.Signal()
}

// get waits for the next request; false after close.
func (q *queue) get() (*wire.Message, bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for len(q.list) == 0 && !q.closed {
		q.more.Wait()
	}
	if q.closed {
		return nil, false
	}
	m := q.list[0]
	q.list = q.list[1:]
	return m, true
}

// take removes the requests of a type and returns them.
func (q *queue) take(msgType string) (out []*wire.Message) {
	q.mu.Lock()
	defer q.mu.Unlock()
	var keep []*wire.Message
	for _, m := range q.list {
		if m.Header.Type == msgType {
			out = append(out, m)
		} else {
			keep = append(keep, m)
		}
	}
	q.list = keep
	return out
}

func (q *queue) close() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.closed = true
	q.more.Broadcast()
}

// decode unpacks a request; a content of the wrong shape leaves the zero value, and a line in the log.
func decode[T any](m *wire.Message) (v T) {
	if err := json.Unmarshal(m.Content, &v); err != nil {
		log.Printf("kernel: %s: content: %v", m.Header.Type, err)
	}
	return v
}

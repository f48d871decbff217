// Package comm is the channel between a widget in the front end and its other half in Go: messages of any JSON, and raw
// bytes, in both directions, outside the order of cells.
//
// A front end opens a comm to a target that Register has made known, or Open opens one to a target that the front end
// knows. One that names an unknown target is closed at once.
//
// The kernel calls handlers on the goroutine of cells, between cells; what they print is shown at the widget that sent
// the message.
package comm

import (
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
)

// Message is what comes by a comm.
type Message struct {
	Data     json.RawMessage
	Metadata json.RawMessage
	Buffers  [][]byte
}

// Content is what is sent by a comm: data and metadata fit for JSON, and raw bytes.
type Content struct {
	Data     any // nil: an empty object
	Metadata any // nil: the same
	Buffers  [][]byte
}

// Sender sends a message of type comm_open, comm_msg or comm_close to the front ends. The kernel provides it. The target
// is named in the first.
type Sender func(msgType, id, target string, c Content) error

// Why a comm does not do what it is asked to.
var (
	ErrNoFrontEnd = errors.New("comm: not inside a notebook")
	ErrClosed     = errors.New("comm: closed")
)

// The comms of the process: one kernel runs in it.
var (
	mu      sync.Mutex
	sender  Sender
	targets = map[string]func(*Comm, Message) error{}
	comms   = map[string]*Comm{}
)

// Register makes a target known: open is called for each comm that a front end opens to it, and may set its handlers.
// An error closes the comm. Registering a name again replaces it; a nil open makes it unknown.
func Register(target string, open func(c *Comm, first Message) error) {
	mu.Lock()
	defer mu.Unlock()
	if open == nil {
		delete(targets, target)
		return
	}
	targets[target] = open
}

// Comm is an open channel. Its methods may be called from any goroutine.
type Comm struct {
	id, target string

	mu        sync.Mutex
	onMessage func(Message)
	onClose   func(Message)
	closed    bool
}

// Open opens a comm to a target that the front end knows, with a first message. The handlers, which may be nil, are
// called with what comes back.
func Open(target string, first Content, onMessage, onClose func(Message)) (*Comm, error) {
	var b [16]byte
	rand.Read(b[:])
	c := &Comm{id: hex.EncodeToString(b[:]), target: target, onMessage: onMessage, onClose: onClose}
	mu.Lock()
	comms[c.id] = c
	mu.Unlock()
	if err := c.send("comm_open", first); err != nil {
		c.forget()
		return nil, err
	}
	return c, nil
}

// ID is the comm's name, which front ends know it by.
func (c *Comm) ID() string { return c.id }

// Target is the name that it was opened to.
func (c *Comm) Target() string { return c.target }

// OnMessage says what is done with messages from the front end.
func (c *Comm) OnMessage(f func(Message)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.onMessage = f
}

// OnClose says what is done when the front end closes the comm.
func (c *Comm) OnClose(f func(Message)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.onClose = f
}

// Send sends a message to the front end.
func (c *Comm) Send(m Content) error {
	c.mu.Lock()
	closed := c.closed
	c.mu.Unlock()
	if closed {
		return ErrClosed
	}
	return c.send("comm_msg", m)
}

// Close tells the front end that the comm has ended. Closing it again does nothing.
func (c *Comm) Close(last Content) error {
	if !c.forget() {
		return nil
	}
	return c.send("comm_close", last)
}

// forget makes the comm unknown, and tells whether it was known.
func (c *Comm) forget() bool {
	mu.Lock()
	delete(comms, c.id)
	mu.Unlock()
	c.mu.Lock()
	defer c.mu.Unlock()
	was := !c.closed
	c.closed = true
	return was
}

func (c *Comm) send(msgType string, m Content) error {
	mu.Lock()
	send := sender
	mu.Unlock()
	if send == nil {
		return ErrNoFrontEnd
	}
	if m.Data == nil {
		m.Data = map[string]any{}
	}
	if err := send(msgType, c.id, c.target, m); err != nil {
		return fmt.Errorf("comm to %s: %w", c.target, err)
	}
	return nil
}

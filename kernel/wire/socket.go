package wire

import (
	"context"
	"errors"
	"fmt"
	"log"
	"sync"
	"sync/atomic"
	"time"

	"github.com/go-zeromq/zmq4"
)

// Socket is one of the five.
type Socket struct {
	zmq zmq4.Socket
	mu  sync.Mutex // one message at a time
}

// Wire is a kernel's end of a connection.
type Wire struct {
	Shell, Control, Stdin *Socket

	iopub   *publisher
	beat    *Socket
	key     []byte
	session string
	seen    replays
	dropped atomic.Int64
}

// Listen opens the sockets and answers heartbeats until ctx ends.
func Listen(ctx context.Context, c Connection) (*Wire, error) {
	w := &Wire{key: []byte(c.Key), session: NewID()}
	for _, s := range []struct {
		name string
		at   **Socket
		zmq  zmq4.Socket
		port int
	}{
		{"shell", &w.Shell, zmq4.NewRouter(ctx), c.Shell},
		{"control", &w.Control, zmq4.NewRouter(ctx), c.Control},
		{"stdin", &w.Stdin, zmq4.NewRouter(ctx), c.Stdin},
		{"heartbeat", &w.beat, zmq4.NewRep(ctx), c.Heartbeat},
	} {
		*s.at = &Socket{zmq: s.zmq}
		if err := s.zmq.Listen(c.address(s.port)); err != nil {
			w.Close()
			return nil, fmt.Errorf("listen for %s at %s: %w", s.name, c.address(s.port), err)
		}
	}
	var err error
	if w.iopub, err = listenPub(c.address(c.IOPub), w.welcome); err != nil {
		w.Close()
		return nil, fmt.Errorf("listen for iopub at %s: %w", c.address(c.IOPub), err)
	}
	go w.heartbeat()
	return w, nil
}

// welcome is the message by which a front end knows that its subscription has come through.
func (w *Wire) welcome(topic string) [][]byte {
	frames, err := Encode([][]byte{[]byte(topic)}, nil, w.session, "iopub_welcome", map[string]string{"subscription": topic}, w.key)
	if err != nil {
		panic(err) // the content is a constant
	}
	return frames
}

// Close sends what is published, then ends all sockets.
func (w *Wire) Close() {
	if w.iopub != nil {
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		w.iopub.close(ctx)
	}
	for _, s := range []*Socket{w.Shell, w.Control, w.Stdin, w.beat} {
		if s != nil {
			s.zmq.Close()
		}
	}
}

// Dropped is how many messages were not for us: malformed, with a wrong signature, or sent twice.
func (w *Wire) Dropped() int64 { return w.dropped.Load() }

// Receive waits for the next message that is in order; what is not is dropped and counted.
func (w *Wire) Receive(s *Socket) (*Message, error) {
	for {
		z, err := s.zmq.Recv()
		if err != nil {
			return nil, err
		}
		m, err := Decode(z.Frames, w.key)
		if err == nil && len(w.key) > 0 && w.seen.before(m.signature) {
			err = errors.New("message sent twice")
		}
		if err != nil {
			if n := w.dropped.Add(1); n&(n-1) == 0 { // the 1st, 2nd, 4th, 8th ... so that a flood does not fill the log
				log.Printf("kernel: dropped message %d: %v", n, err)
			}
			continue
		}
		m.from = s
		return m, nil
	}
}

// Reply answers a request on the socket that it came by.
func (w *Wire) Reply(parent *Message, msgType string, content any) {
	w.send(parent.from, parent.Identities, parent, msgType, content)
}

// Publish tells all front ends. parent may be nil.
func (w *Wire) Publish(parent *Message, msgType string, content any) {
	frames, err := Encode([][]byte{[]byte("kernel." + msgType)}, parent, w.session, msgType, content, w.key)
	if err != nil {
		log.Printf("kernel: %v", err)
		return
	}
	w.iopub.send(frames, msgType == "status")
}

func (w *Wire) send(s *Socket, identities [][]byte, parent *Message, msgType string, content any) {
	frames, err := Encode(identities, parent, w.session, msgType, content, w.key)
	if err != nil {
		log.Printf("kernel: %v", err)
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.zmq.SendMulti(zmq4.NewMsgFrom(frames...)); err != nil && !errors.Is(err, context.Canceled) {
		log.Printf("kernel: send %s: %v", msgType, err)
	}
}

// heartbeat sends back what comes.
func (w *Wire) heartbeat() {
	for {
		m, err := w.beat.zmq.Recv()
		if err != nil {
			return
		}
		if err := w.beat.zmq.Send(m); err != nil {
			log.Printf("kernel: heartbeat: %v", err)
		}
	}
}

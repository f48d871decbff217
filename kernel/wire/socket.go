package wire

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/hardneg/hardneg/kernel/wire/zmtp"
)

// Socket is one that requests come by.
type Socket struct{ router *zmtp.Router }

// Wire is a kernel's end of a connection.
type Wire struct {
	Shell, Control, Stdin *Socket

	iopub   *zmtp.Publisher
	beat    *zmtp.Echo
	key     []byte
	session string
	seen    replays
	dropped drops
	pace    pace
}

// Listen opens the sockets, and answers heartbeats until Close.
func Listen(c Connection) (*Wire, error) {
	w := &Wire{key: []byte(c.Key), session: NewID()}
	open := func(name string, port int, listen func(address string) error) error {
		err := listen(c.address(port))
		if err != nil {
			err = fmt.Errorf("listen for %s at %s: %w; if another program has the port, start the kernel again: Jupyter will choose others",
				name, c.address(port), err)
		}
		return err
	}
	router := func(s **Socket) func(string) error {
		return func(address string) error {
			r, err := zmtp.ListenRouter(address, w.dropped.add)
			if err == nil {
				*s = &Socket{r}
			}
			return err
		}
	}
	err := errors.Join(
		open("shell", c.Shell, router(&w.Shell)),
		open("control", c.Control, router(&w.Control)),
		open("stdin", c.Stdin, router(&w.Stdin)),
		open("iopub", c.IOPub, func(address string) (err error) {
			w.iopub, err = zmtp.ListenPublisher(address, w.welcome, w.dropped.add)
			return err
		}),
		open("heartbeat", c.Heartbeat, func(address string) (err error) {
			w.beat, err = zmtp.ListenEcho(address, w.dropped.add)
			return err
		}))
	if err != nil {
		w.Close(0)
		return nil, err
	}
	return w, nil
}

// welcome is the message by which a front end knows that its subscription has come through.
func (w *Wire) welcome(topic string) [][]byte {
	p := Packet{Type: "iopub_welcome", Content: map[string]string{"subscription": topic}}
	frames, err := Encode([][]byte{[]byte(topic)}, nil, w.session, p, w.key)
	if err != nil {
		panic(err) // the content is a string
	}
	return frames
}

// Close waits, at most for the time given, until front ends have been sent what waits for them, and ends all sockets.
func (w *Wire) Close(patience time.Duration) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	for _, s := range []*Socket{w.Shell, w.Control, w.Stdin} {
		if s != nil {
			s.router.Close(ctx)
		}
	}
	if w.iopub != nil {
		w.iopub.Close(ctx)
	}
	if w.beat != nil {
		w.beat.Close(ctx)
	}
	if d := w.Dropped(); d.Total() > 0 {
		Log.Printf("messages dropped: %v", d)
	}
}

// Dropped is how many messages were not for us.
func (w *Wire) Dropped() Drops { return w.dropped.get() }

// Receive waits for the next message that is in order; what is not is dropped and counted.
func (w *Wire) Receive(s *Socket) (*Message, error) {
	for {
		frames, err := s.router.Receive()
		if err != nil {
			return nil, err
		}
		m, err := Decode(frames, w.key)
		if err == nil && len(w.key) > 0 && w.seen.before(m.signature) {
			err = ErrReplay
		}
		if err != nil {
			w.dropped.add(err)
			continue
		}
		m.from = s
		return m, nil
	}
}

// Reply answers a request on the socket that it came by.
func (w *Wire) Reply(parent *Message, msgType string, content any) {
	if err := w.send(parent.from, parent, Packet{Type: msgType, Content: content}); err != nil && !errors.Is(err, zmtp.ErrNoPeer) {
		Log.Printf("%v", err)
	}
}

// Ask sends a request of ours, which parent's running needs, to the front end that sent parent.
func (w *Wire) Ask(parent *Message, msgType string, content any) error {
	return w.send(w.Stdin, parent, Packet{Type: msgType, Content: content})
}

func (w *Wire) send(s *Socket, parent *Message, p Packet) error {
	frames, err := Encode(parent.Identities, parent, w.session, p, w.key)
	if err == nil {
		err = s.router.Send(frames)
	}
	if err != nil {
		return fmt.Errorf("send %s: %w", p.Type, err)
	}
	return nil
}

// unpaced are the types of message that a Jupyter server does not count.
var unpaced = map[string]bool{"status": true, "comm_open": true, "execute_input": true}

// Publish tells all front ends. parent may be nil. It waits where a Jupyter server would drop what comes faster.
func (w *Wire) Publish(parent *Message, p Packet) {
	frames, err := Encode([][]byte{[]byte("kernel." + p.Type)}, parent, w.session, p, w.key)
	if err != nil {
		Log.Printf("%v", err)
		return
	}
	if !unpaced[p.Type] {
		text := 0
		if p.Type == "stream" {
			for _, f := range frames {
				text += len(f)
			}
		}
		w.pace.wait(text)
	}
	w.iopub.Publish(frames, p.Type == "status")
}

// Status tells all front ends that the kernel is "busy" with parent, or "idle" again.
func (w *Wire) Status(parent *Message, state string) {
	w.Publish(parent, Packet{Type: "status", Content: map[string]string{"execution_state": state}})
	if state == "idle" {
		w.pace.reset()
	}
}

// Rush lets the output of a cell that was interrupted go out without delay, until the next idle.
func (w *Wire) Rush() { w.pace.rush() }

package zmtp

import (
	"encoding/binary"
	"errors"
	"net"
	"sync/atomic"
)

// room is how many bytes may wait for one peer. Above it messages are dropped, as ZeroMQ does at its high-water mark.
const room = 64 << 20

// Why a message was not sent.
var (
	ErrNoPeer = errors.New("the peer is not connected")
	ErrFull   = errors.New("the peer does not read what it is sent")
)

// Router receives from all peers, and sends to the one that a message names.
type Router struct {
	socket
	in    chan [][]byte
	done  chan struct{}
	count atomic.Uint32
}

// ListenRouter opens a socket; bad, which may be nil, is told of peers that send what is no ZMTP.
func ListenRouter(address string, bad func(error)) (*Router, error) {
	r := &Router{socket: socket{kind: "ROUTER", bad: bad}, in: make(chan [][]byte, 16), done: make(chan struct{})}
	if err := r.listen(address); err != nil {
		return nil, err
	}
	go func() {
		defer close(r.done)
		r.accept(r.serve)
	}()
	return r, nil
}

func (r *Router) serve(p *peer) error {
	r.name(p)
	for {
		frames, isCommand, err := p.read()
		if err != nil {
			return err
		}
		if isCommand {
			continue
		}
		select {
		case r.in <- append([][]byte{[]byte(p.identity)}, frames...):
		case <-r.done:
			return nil
		}
	}
}

// name gives a peer without an identity one, and lets a peer that comes again take its older connection's place: that
// has died, and we have not been told.
func (r *Router) name(p *peer) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if p.identity == "" || p.identity[0] == 0 {
		p.identity = string(binary.BigEndian.AppendUint32([]byte{0}, r.count.Add(1)))
		return
	}
	for old := range r.peers {
		if old != p && old.identity == p.identity {
			delete(r.peers, old)
			go old.close()
		}
	}
}

// Receive waits for the next message; its first frame is the peer's identity. The error is net.ErrClosed after Close.
func (r *Router) Receive() ([][]byte, error) {
	select {
	case frames := <-r.in:
		return frames, nil
	case <-r.done:
		return nil, net.ErrClosed
	}
}

// Send queues a message for the peer that its first frame names. It never waits for one.
func (r *Router) Send(frames [][]byte) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	for p := range r.peers {
		if p.identity == string(frames[0]) {
			if !p.put(Encode(frames[1:]), room) {
				return ErrFull
			}
			return nil
		}
	}
	return ErrNoPeer
}

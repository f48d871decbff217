package wire

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"strings"
	"sync"
	"time"

	"github.com/go-zeromq/zmq4"
	"github.com/go-zeromq/zmq4/security/null"
)

// zmq4's PUB socket has one queue without a bound and one lock for all its subscribers, so that one that has stopped
// reading delays the others and fills the memory; and it keeps subscriptions to itself, so that nobody can be welcomed.
// publisher is a PUB socket over zmq4's connections with a queue for each subscriber.
type publisher struct {
	listener net.Listener
	welcome  func(topic string) [][]byte // the message to a new subscriber, by what it subscribes to

	mu     sync.Mutex
	subs   map[*subscriber]bool
	closed bool
}

// room is how many bytes may wait for one subscriber. Above it messages are dropped, as ZeroMQ does at its high-water
// mark; status messages, which are small and by which front ends know that a cell has ended, have twice the room.
const room = 64 << 20

// greeting is how long a peer has to introduce itself.
const greeting = 10 * time.Second

func listenPub(address string, welcome func(topic string) [][]byte) (*publisher, error) {
	network, at, ok := strings.Cut(address, "://")
	if !ok {
		return nil, fmt.Errorf("address %q names no transport", address)
	}
	if network == "ipc" {
		network = "unix"
	}
	l, err := net.Listen(network, at)
	if err != nil {
		return nil, err
	}
	p := &publisher{listener: l, welcome: welcome, subs: map[*subscriber]bool{}}
	go p.accept()
	return p, nil
}

func (p *publisher) accept() {
	for {
		c, err := p.listener.Accept()
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil {
			time.Sleep(10 * time.Millisecond) // too many open files, say
			continue
		}
		go p.serve(c)
	}
}

// serve introduces itself to a peer, then reads its subscriptions.
func (p *publisher) serve(c net.Conn) {
	defer c.Close()
	c.SetDeadline(time.Now().Add(greeting))
	z, err := zmq4.Open(c, null.Security(), zmq4.Pub, nil, true, nil)
	if err != nil {
		return
	}
	c.SetDeadline(time.Time{})
	s := &subscriber{conn: c, topics: map[string]bool{}}
	s.more = sync.NewCond(&s.mu)
	if !p.add(s) {
		return
	}
	defer p.remove(s)
	go s.write()
	for {
		m, err := z.RecvMsg()
		if err != nil {
			return
		}
		if len(m.Frames) == 0 || len(m.Frames[0]) == 0 {
			continue
		}
		topic := string(m.Frames[0][1:])
		switch m.Frames[0][0] {
		case 0:
			s.subscribe(topic, false)
		case 1:
			s.subscribe(topic, true)
			s.put(encodeFrames(p.welcome(topic)), true)
		}
	}
}

func (p *publisher) add(s *subscriber) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.closed {
		p.subs[s] = true
	}
	return !p.closed
}

func (p *publisher) remove(s *subscriber) {
	p.mu.Lock()
	delete(p.subs, s)
	p.mu.Unlock()
	s.close()
}

// send queues a message for each subscriber of its first frame. It never waits for one.
func (p *publisher) send(frames [][]byte, urgent bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	var encoded []byte
	for s := range p.subs {
		if !s.wants(string(frames[0])) {
			continue
		}
		if encoded == nil {
			encoded = encodeFrames(frames)
		}
		s.put(encoded, urgent)
	}
}

// close waits, not longer than ctx, until what is queued has been sent.
func (p *publisher) close(ctx context.Context) {
	p.mu.Lock()
	p.closed = true
	subs := p.subs
	p.subs = map[*subscriber]bool{}
	p.mu.Unlock()
	p.listener.Close()
	for s := range subs {
		s.drain(ctx)
		s.close()
	}
}

// subscriber is a peer and what waits for it.
type subscriber struct {
	conn net.Conn

	mu      sync.Mutex
	more    *sync.Cond
	topics  map[string]bool
	queue   [][]byte
	size    int
	writing bool
	closed  bool
}

func (s *subscriber) subscribe(topic string, on bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if on {
		s.topics[topic] = true
	} else {
		delete(s.topics, topic)
	}
}

func (s *subscriber) wants(topic string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	for t := range s.topics {
		if strings.HasPrefix(topic, t) {
			return true
		}
	}
	return false
}

func (s *subscriber) put(m []byte, urgent bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	limit := room
	if urgent {
		limit = 2 * room
	}
	if s.closed || s.size+len(m) > limit {
		return
	}
	s.queue = append(s.queue, m)
	s.size += len(m)
	s.more.Broadcast()
}

// write sends what waits.
func (s *subscriber) write() {
	for {
		s.mu.Lock()
		s.writing = false
		s.more.Broadcast()
		for len(s.queue) == 0 && !s.closed {
			s.more.Wait()
		}
		if s.closed {
			s.mu.Unlock()
			return
		}
		batch := net.Buffers(s.queue)
		size := s.size
		s.queue, s.writing = nil, true
		s.mu.Unlock()
		_, err := batch.WriteTo(s.conn)
		s.mu.Lock()
		s.size -= size
		s.mu.Unlock()
		if err != nil {
			s.close()
			return
		}
	}
}

// drain waits until nothing waits.
func (s *subscriber) drain(ctx context.Context) {
	stop := context.AfterFunc(ctx, s.close)
	defer stop()
	s.mu.Lock()
	defer s.mu.Unlock()
	for (len(s.queue) > 0 || s.writing) && !s.closed {
		s.more.Wait()
	}
}

func (s *subscriber) close() {
	s.mu.Lock()
	s.closed = true
	s.more.Broadcast()
	s.mu.Unlock()
	s.conn.Close()
}

// encodeFrames writes frames as ZMTP 3.0 does: a byte of flags (1: more frames follow, 2: the length has 8 bytes), the
// length, the bytes. https://rfc.zeromq.org/spec/23/
func encodeFrames(frames [][]byte) []byte {
	n := 0
	for _, f := range frames {
		n += len(f) + 9
	}
	out := make([]byte, 0, n)
	for i, f := range frames {
		var flags byte
		if i+1 < len(frames) {
			flags |= 1
		}
		if len(f) > 255 {
			out = append(out, flags|2)
			out = binary.BigEndian.AppendUint64(out, uint64(len(f)))
		} else {
			out = append(out, flags, byte(len(f)))
		}
		out = append(out, f...)
	}
	return out
}

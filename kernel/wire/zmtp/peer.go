package zmtp

import (
	"bufio"
	"context"
	"net"
	"sync"
	"time"
)

// greeting is how long a peer has to introduce itself.
const greeting = 10 * time.Second

// peer is a connection and what waits to be sent by it.
type peer struct {
	conn     net.Conn
	in       *bufio.Reader
	identity string

	mu      sync.Mutex
	changed *sync.Cond
	queue   [][]byte
	size    int // bytes of the queue and of what is being written
	writing bool
	closed  bool
	lost    int // messages for which there was no room
}

// open introduces us to a peer, and starts to send it what will be put into its queue.
func open(c net.Conn, kind string) (*peer, error) {
	c.SetDeadline(time.Now().Add(greeting))
	p := &peer{conn: c, in: bufio.NewReaderSize(c, 16<<10)}
	p.changed = sync.NewCond(&p.mu)
	var err error
	if p.identity, err = greet(c, p.in, kind); err != nil {
		return nil, err
	}
	c.SetDeadline(time.Time{})
	go p.write()
	return p, nil
}

// read waits for the next message; it answers commands by itself, but those that it returns.
func (p *peer) read() (frames [][]byte, isCommand bool, err error) {
	for {
		frames, isCommand, err = ReadMessage(p.in)
		if err != nil || !isCommand {
			return frames, isCommand, err
		}
		name, body, ok := readCommand(frames[0])
		switch {
		case !ok:
			return nil, false, ErrFrame
		case name == "PING" && len(body) >= 2: // two bytes of time to live, then a context that the answer repeats
			p.put(appendCommand(nil, "PONG", body[2:min(len(body), 18)]), 1<<20)
		case name == "SUBSCRIBE" || name == "CANCEL":
			return [][]byte{[]byte(name), body}, true, nil
		}
	}
}

// put queues encoded frames, and tells whether there was room for them below limit bytes.
func (p *peer) put(m []byte, limit int) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed || p.size+len(m) > limit {
		p.lost++
		return false
	}
	p.queue = append(p.queue, m)
	p.size += len(m)
	p.changed.Broadcast()
	return true
}

// write sends what waits.
func (p *peer) write() {
	for {
		p.mu.Lock()
		p.writing = false
		p.changed.Broadcast()
		for len(p.queue) == 0 && !p.closed {
			p.changed.Wait()
		}
		if p.closed {
			p.mu.Unlock()
			return
		}
		batch, size := net.Buffers(p.queue), p.size
		p.queue, p.writing = nil, true
		p.mu.Unlock()
		_, err := batch.WriteTo(p.conn)
		p.mu.Lock()
		p.size -= size
		p.mu.Unlock()
		if err != nil {
			p.close()
			return
		}
	}
}

// drain waits, until ctx ends, for all that is queued to be sent.
func (p *peer) drain(ctx context.Context) {
	stop := context.AfterFunc(ctx, p.close)
	defer stop()
	p.mu.Lock()
	defer p.mu.Unlock()
	for (len(p.queue) > 0 || p.writing) && !p.closed {
		p.changed.Wait()
	}
}

func (p *peer) close() {
	p.mu.Lock()
	p.closed = true
	p.queue = nil
	p.changed.Broadcast()
	p.mu.Unlock()
	p.conn.Close()
}

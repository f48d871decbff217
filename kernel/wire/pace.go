package wire

import (
	"sync"
	"time"
)

// A Jupyter server passes on, per front end, at most 1,000 messages and 1,000,000 bytes of text a second, taken over
// 3 s and since the last idle; it drops what is above with the words "IOPub data rate exceeded". The pace keeps below
// that: a cell may print a window's worth at once, and is held up only beyond.
// (iopub_msg_rate_limit, iopub_data_rate_limit, rate_limit_window of jupyter_server's channels.py)
const (
	window       = 3*time.Second + 100*time.Millisecond
	mostBytes    = 2_550_000 // of text in a window
	mostMessages = 2_500     // in a window
	lastBytes    = 2_900_000 // the same two for a cell that was interrupted, so that it ends at once
	lastMessages = 2_900
)

// pace delays messages so that a Jupyter server passes all of them on.
type pace struct {
	mu     sync.Mutex
	sent   []sent
	bytes  int
	hurry  bool
	hasten chan struct{} // closed when hurry begins
}

type sent struct {
	at    time.Time
	bytes int
}

// wait returns when a message with so many bytes of text may be sent, and counts it.
func (p *pace) wait(bytes int) {
	for {
		p.mu.Lock()
		if p.hasten == nil {
			p.hasten = make(chan struct{})
		}
		now := time.Now()
		pause := p.room(now, bytes)
		if pause <= 0 {
			p.sent = append(p.sent, sent{now, bytes})
			p.bytes += bytes
			p.mu.Unlock()
			return
		}
		hasten := p.hasten
		if p.hurry {
			hasten = nil // it has been; what waits now is above the last limits
		}
		p.mu.Unlock()
		timer := time.NewTimer(pause)
		select {
		case <-timer.C:
		case <-hasten:
		}
		timer.Stop()
	}
}

// room is how long it takes until there is room for a message.
func (p *pace) room(now time.Time, bytes int) time.Duration {
	for len(p.sent) > 0 && now.Sub(p.sent[0].at) >= window {
		p.bytes -= p.sent[0].bytes
		p.sent = p.sent[1:]
	}
	limit, messages := mostBytes, mostMessages
	if p.hurry {
		limit, messages = lastBytes, lastMessages
	}
	if len(p.sent) == 0 || len(p.sent) < messages && p.bytes+bytes <= limit {
		return 0
	}
	return max(time.Millisecond, window-now.Sub(p.sent[0].at))
}

// rush lets what an interrupted cell has printed go out without delay, as far as the server's limit allows.
func (p *pace) rush() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.hurry {
		p.hurry = true
		if p.hasten == nil {
			p.hasten = make(chan struct{})
		}
		close(p.hasten)
	}
}

// reset begins anew, as the server does at an idle.
func (p *pace) reset() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.sent, p.bytes = nil, 0
	if p.hurry {
		p.hurry, p.hasten = false, nil
	}
}

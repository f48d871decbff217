package session

import (
	"encoding/json"
	"fmt"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/hardneg/hardneg/kernel/display"
)

// The bounds of what may wait to be handed on. Whoever produces more waits too, so that the memory does not fill, and that
// an interrupted cell has little left to be sent.
const (
	held      = 128 << 10 // bytes
	heldItems = 150       // texts, displays and clearings
)

// cellOutput is where a cell's output goes, and how much there was.
type cellOutput struct {
	to   Output
	size int // bytes handed on
	lost int // bytes above the limit
}

// item is one thing that a cell produced.
type item struct {
	cell *cellOutput
	name string // of a stream; "": something else
	text []byte
	do   func(Output)
}

// outbox holds what cells have produced, in order, until it is handed on: at once where nothing was for a while, else
// every pause, with the text of one stream joined, since front ends draw anew for each message.
type outbox struct {
	limit int // bytes of a cell
	pause time.Duration

	mu      sync.Mutex
	changed *sync.Cond
	list    []item
	size    int           // bytes of list
	put     int           // items put so far, counting joined ones once
	handed  int           // items handed on
	urgent  chan struct{} // a flush waits
	lossy   map[*cellOutput]bool
	closed  bool
	ended   chan struct{}
}

func newOutbox(limit int, pause time.Duration) *outbox {
	b := &outbox{limit: limit, pause: pause, urgent: make(chan struct{}, 1), ended: make(chan struct{}), lossy: map[*cellOutput]bool{}}
	b.changed = sync.NewCond(&b.mu)
	go b.deliver()
	return b
}

// write adds text to a cell's stream. What exceeds the limit is counted and dropped.
func (b *outbox) write(c *cellOutput, name string, text []byte) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for b.full() {
		b.changed.Wait()
	}
	if c == nil || len(text) == 0 {
		return
	}
	if room := b.limit - c.size; len(text) > room {
		for room > 0 && !utf8.RuneStart(text[room]) {
			room--
		}
		b.lose(c, len(text)-room)
		text = text[:room]
	}
	c.size += len(text)
	if len(text) == 0 {
		return
	}
	if n := len(b.list); n > 0 && b.list[n-1].cell == c && b.list[n-1].name == name {
		b.list[n-1].text = append(b.list[n-1].text, text...)
		b.size += len(text)
		return
	}
	b.add(item{cell: c, name: name, text: append([]byte(nil), text...)}, len(text))
}

// show adds a display, which is fit. One that exceeds the limit is counted and dropped.
func (b *outbox) show(c *cellOutput, d display.Data, update bool) {
	size := weight(d)
	b.mu.Lock()
	defer b.mu.Unlock()
	b.await()
	if size > b.limit-c.size {
		b.lose(c, size)
		return
	}
	c.size += size
	b.add(item{cell: c, do: func(o Output) { o.Display(d, update) }}, size)
}

// clear adds the emptying of the cell's output.
func (b *outbox) clear(c *cellOutput, wait bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.await()
	b.add(item{cell: c, do: func(o Output) { o.Clear(wait) }}, 0)
}

// full tells whether there is no room for more.
func (b *outbox) full() bool { return !b.closed && (b.size >= held || len(b.list) >= heldItems) }

// await waits for room for a display, which need not wait as text does.
func (b *outbox) await() {
	for b.full() {
		b.hasten()
		b.changed.Wait()
	}
}

func (b *outbox) add(i item, size int) {
	if b.closed {
		return
	}
	b.list = append(b.list, i)
	b.size += size
	b.put++
	b.changed.Broadcast()
}

// weight is how many bytes the formats of a display have, which is fit.
func weight(d display.Data) (n int) {
	for _, v := range d.Data {
		switch v := v.(type) {
		case string:
			n += len(v)
		case json.RawMessage:
			n += len(v)
		}
	}
	return n
}

func (b *outbox) lose(c *cellOutput, n int) {
	c.lost += n
	b.lossy[c] = true
}

// tell adds, for each cell of which something was dropped since, the line that says how much.
func (b *outbox) tell() {
	b.mu.Lock()
	defer b.mu.Unlock()
	for c := range b.lossy {
		line := fmt.Sprintf("[%d bytes of output above %d are not shown; the variable %s sets another limit]\n", c.lost, b.limit, LimitVariable)
		b.add(item{cell: c, name: "stderr", text: []byte(line)}, len(line))
		c.lost = 0
	}
	clear(b.lossy)
}

// deliver hands on what comes.
func (b *outbox) deliver() {
	defer close(b.ended)
	for {
		b.mu.Lock()
		for len(b.list) == 0 && !b.closed {
			b.changed.Wait()
		}
		if len(b.list) == 0 {
			b.mu.Unlock()
			return
		}
		list := b.list
		b.list, b.size = nil, 0
		b.changed.Broadcast()
		b.mu.Unlock()
		for _, i := range list {
			if i.name == "" {
				i.do(i.cell.to)
			} else {
				i.cell.to.Stream(i.name, string(i.text))
			}
		}
		b.mu.Lock()
		b.handed += len(list)
		b.changed.Broadcast()
		b.mu.Unlock()
		b.rest()
	}
}

// rest waits for the pause to pass, or for a flush.
func (b *outbox) rest() {
	if b.pause <= 0 {
		return
	}
	timer := time.NewTimer(b.pause)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-b.urgent:
	}
}

// flush returns when all that was put before has been handed on.
func (b *outbox) flush() {
	b.mu.Lock()
	defer b.mu.Unlock()
	for until := b.put; b.handed < until; {
		b.hasten()
		b.changed.Wait()
	}
}

// hasten ends a rest, or the next.
func (b *outbox) hasten() {
	select {
	case b.urgent <- struct{}{}:
	default:
	}
}

func (b *outbox) close() {
	b.mu.Lock()
	b.closed = true
	b.changed.Broadcast()
	b.mu.Unlock()
	b.hasten()
	<-b.ended
}

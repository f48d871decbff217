package kernel

import (
	"sync"
	"time"

	"github.com/hardneg/hardneg/kernel/wire"
)

// queue holds the requests that wait for the goroutine of cells.
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
	q.list[0] = nil
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

// onTheWay is how long a request that was sent may take to reach the queue.
const onTheWay = 10 * time.Millisecond

// waiting takes the cells that were sent before the reply to the running one, which has failed: they were sent in the
// belief that it would succeed. A client that sends the next cell only after the reply is not meant.
func (q *queue) waiting() []*wire.Message {
	time.Sleep(onTheWay)
	return q.take("execute_request")
}

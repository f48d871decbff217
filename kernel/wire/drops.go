package wire

import (
	"errors"
	"fmt"
	"sync"
)

// Drops counts, by reason, the messages that were not for us.
type Drops struct {
	Malformed int // frames that are no ZMTP, a missing part, or no JSON
	Signature int // signed with another key, or not
	Replay    int // sent before
}

// Total is the number of all.
func (d Drops) Total() int { return d.Malformed + d.Signature + d.Replay }

func (d Drops) String() string {
	return fmt.Sprintf("%d malformed, %d with a wrong signature, %d sent twice", d.Malformed, d.Signature, d.Replay)
}

// drops is a Drops that several goroutines count.
type drops struct {
	mu sync.Mutex
	Drops
}

// add counts a message, and logs the 1st, 2nd, 4th, 8th and so on, so that a flood does not fill the log.
func (d *drops) add(err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	switch {
	case errors.Is(err, ErrSignature):
		d.Signature++
	case errors.Is(err, ErrReplay):
		d.Replay++
	default:
		d.Malformed++
	}
	if n := d.Total(); n&(n-1) == 0 {
		Log.Printf("dropped a message: %v (so far %v)", err, d.Drops)
	}
}

func (d *drops) get() Drops {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.Drops
}

package wire

import (
	"encoding/hex"
	"sync"
)

// remembered is how many signatures are kept; a message sent again after as many others is not recognised.
const remembered = 1 << 16

// mark is the first half of a signature, which is enough to know it by.
type mark [16]byte

// replays knows the signatures that came.
type replays struct {
	mu   sync.Mutex
	set  map[mark]struct{}
	ring []mark
	next int
}

// before tells whether a signature, which is a right one, came before, and remembers it.
func (r *replays) before(signature string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	var m mark
	hex.Decode(m[:], []byte(signature[:2*len(m)]))
	if _, ok := r.set[m]; ok {
		return true
	}
	if r.set == nil {
		r.set = map[mark]struct{}{}
	}
	r.set[m] = struct{}{}
	if len(r.ring) < remembered {
		r.ring = append(r.ring, m)
		return false
	}
	delete(r.set, r.ring[r.next])
	r.ring[r.next] = m
	r.next = (r.next + 1) % remembered
	return false
}

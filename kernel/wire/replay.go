package wire

import "sync"

// remembered is how many signatures are kept; a message sent again after as many others is not recognised.
const remembered = 1 << 16

// replays knows the signatures that came.
type replays struct {
	mu   sync.Mutex
	set  map[string]bool
	ring []string
	next int
}

// before tells whether a signature came before, and remembers it.
func (r *replays) before(signature string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.set[signature] {
		return true
	}
	if r.set == nil {
		r.set = map[string]bool{}
	}
	r.set[signature] = true
	if len(r.ring) < remembered {
		r.ring = append(r.ring, signature)
		return false
	}
	delete(r.set, r.ring[r.next])
	r.ring[r.next] = signature
	r.next = (r.next + 1) % remembered
	return false
}

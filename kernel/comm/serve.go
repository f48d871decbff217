package comm

import "fmt"

// What follows is the kernel's side.

// Connect says how messages are sent, nil for not at all, and returns how they were before.
func Connect(s Sender) Sender {
	mu.Lock()
	defer mu.Unlock()
	old := sender
	sender = s
	return old
}

// Opened tells of a comm that a front end has opened. The error says why it must be closed.
func Opened(id, target string, first Message) error {
	mu.Lock()
	open := targets[target]
	_, taken := comms[id]
	mu.Unlock()
	switch {
	case id == "":
		return fmt.Errorf("comm without an id")
	case taken:
		return fmt.Errorf("comm %s is open", id)
	case open == nil:
		return fmt.Errorf("comm target %q is not known", target)
	}
	c := &Comm{id: id, target: target}
	mu.Lock()
	comms[id] = c
	mu.Unlock()
	done := false
	defer func() {
		if !done { // it failed, or panicked
			c.forget()
		}
	}()
	err := open(c, first)
	done = err == nil
	return err
}

// Received hands a message from a front end to its comm; one to an unknown comm is late, and of no use.
func Received(id string, m Message) {
	if c := find(id); c != nil {
		c.mu.Lock()
		f := c.onMessage
		c.mu.Unlock()
		if f != nil {
			f(m)
		}
	}
}

// Closed tells of a comm that a front end has closed.
func Closed(id string, m Message) {
	if c := find(id); c != nil {
		c.forget()
		c.mu.Lock()
		f := c.onClose
		c.mu.Unlock()
		if f != nil {
			f(m)
		}
	}
}

func find(id string) *Comm {
	mu.Lock()
	defer mu.Unlock()
	return comms[id]
}

// List is the target of each open comm by its id; with a target given, of those to it.
func List(target string) map[string]string {
	mu.Lock()
	defer mu.Unlock()
	out := map[string]string{}
	for id, c := range comms {
		if target == "" || c.target == target {
			out[id] = c.target
		}
	}
	return out
}

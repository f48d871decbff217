package kernel

import (
	"context"
	"sync"

	"github.com/hardneg/hardneg/kernel/wire"
)

// answers are the input_reply messages. Clients do not say which question one answers: what comes while nothing was
// asked is late, and dropped.
type answers struct {
	one  sync.Mutex // question at a time
	mu   sync.Mutex
	here chan string // nil while nothing is asked
}

func newAnswers() *answers { return &answers{} }

// put takes what comes by the stdin socket.
func (a *answers) put(m *wire.Message) {
	if m.Header.Type != "input_reply" {
		return
	}
	var r struct{ Value string }
	if err := m.Decode(&r); err != nil {
		wire.Log.Print(err)
		return
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.here != nil {
		a.here <- r.Value
		a.here = nil
	}
}

// wait asks, and waits for the answer until ctx ends.
func (a *answers) wait(ctx context.Context, ask func() error) (string, error) {
	a.one.Lock()
	defer a.one.Unlock()
	here := make(chan string, 1)
	a.mu.Lock()
	a.here = here
	a.mu.Unlock()
	defer func() {
		a.mu.Lock()
		defer a.mu.Unlock()
		a.here = nil
	}()
	if err := ask(); err != nil {
		return "", err
	}
	select {
	case s := <-here:
		return s, nil
	case <-ctx.Done():
		return "", context.Cause(ctx)
	}
}

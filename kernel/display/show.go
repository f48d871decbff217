package display

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
)

// Screen is where displays go: a Jupyter front end, or a notebook file. The kernel sets it.
type Screen interface {
	// Publish shows d, or with update set replaces what was shown under the same display id.
	Publish(d Data, update bool) error
	// Clear empties the cell's output, with wait set only when the next output comes.
	Clear(wait bool) error
}

// ErrNoScreen is returned outside a notebook.
var ErrNoScreen = errors.New("display: not inside a notebook")

var (
	screenMu sync.Mutex
	screen   Screen
)

// SetScreen says where displays go, nil for nowhere, and returns where they went before.
func SetScreen(s Screen) Screen {
	screenMu.Lock()
	defer screenMu.Unlock()
	old := screen
	screen = s
	return old
}

func currentScreen() Screen {
	screenMu.Lock()
	defer screenMu.Unlock()
	return screen
}

func publish(d Data, update bool) error {
	s := currentScreen()
	if s == nil {
		return ErrNoScreen
	}
	return s.Publish(d, update)
}

// Display shows v at once, in the middle of a cell too.
func Display(v any) error { return publish(bundle(v), false) }

// Clear empties the cell's output; with wait set it does so when the next output comes, which avoids flicker.
func Clear(wait bool) error {
	s := currentScreen()
	if s == nil {
		return ErrNoScreen
	}
	return s.Clear(wait)
}

var lastID atomic.Int64

// Handle is something shown that can change in place.
type Handle struct{ id string }

// Show displays v and returns the handle by which it can change.
func Show(v any) *Handle {
	h := &Handle{fmt.Sprintf("display-%d", lastID.Add(1))}
	h.send(v, false)
	return h
}

// Update shows v in the place of what h showed before.
func (h *Handle) Update(v any) error { return h.send(v, true) }

func (h *Handle) send(v any, update bool) error {
	d := bundle(v)
	d.Transient = MIMEMap{"display_id": h.id}
	return publish(d, update)
}

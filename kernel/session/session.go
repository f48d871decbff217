// Package session joins the interpreter to an output: what a cell prints, shows and returns goes, in order, to whoever
// asked for the cell. The Jupyter kernel and the notebook runner are two callers of it.
//
// console catches what is printed and keyboard asks for what is read; both know to which cell a goroutine belongs. All
// output passes the outbox, which joins, orders, counts and limits it.
package session

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/hardneg/hardneg/kernel/display"
	"github.com/hardneg/hardneg/kernel/interp"
)

// Output takes what a cell produces. Its methods are called one at a time.
type Output interface {
	Stream(name, text string) // name is "stdout" or "stderr"
	// Display takes maps of strings and json.RawMessage only, as Execute's result is one: whatever a cell has put into
	// them, they can be sent and stored.
	Display(d display.Data, update bool)
	Clear(wait bool)
}

// Options of a session. The zero value hands output on as it comes.
type Options struct {
	Limit int           // bytes of output of a cell; 0: what LimitVariable says, else 10 MB
	Pause time.Duration // the least time between two pieces of text
}

// Session is an interpreter whose output is caught. It belongs to the goroutine that made it, but for Interrupt and
// Flush. Only one may be open in a process: it takes os.Stdin, os.Stdout and os.Stderr.
type Session struct {
	in       *interp.Interp
	box      *outbox
	console  *console
	keyboard *keyboard
	screen   display.Screen // to put back
	memory   int64          // bytes that cells may use, 0 for no limit

	mu      sync.Mutex
	current *cellOutput
	ctx     context.Context // of questions
	cancel  context.CancelFunc
}

// New opens a session with the usual options.
func New() (*Session, error) { return Open(Options{}) }

// Open opens a session.
func Open(o Options) (*Session, error) {
	if o.Limit == 0 {
		var err error
		if o.Limit, err = limit(); err != nil {
			return nil, err
		}
	}
	s := &Session{in: interp.New(), box: newOutbox(o.Limit, o.Pause), ctx: context.Background(), cancel: func() {}}
	moreThreads()
	s.memory = memoryLimit()
	s.in.SetMemoryLimit(s.memory)
	s.console = &console{s: s}
	if err := s.console.open(); err != nil {
		s.box.close()
		return nil, err
	}
	s.keyboard = newKeyboard(s)
	s.keyboard.bind()
	s.screen = display.SetScreen(screen{s})
	s.in.OnTrouble(func(text string) { s.console.write(s.console.err, []byte(text)) })
	s.in.Declare("Display", display.Display)
	display.Inner = interp.Inner
	shown := slices.Concat(drawn, said)
	for _, path := range []string{"github.com/hardneg/hardneg/kernel/display", "github.com/gopherdata/gophernotes"} {
		s.in.Present(path, shown, "Display")
	}
	if err := s.in.Import("display"); err != nil {
		s.Close()
		return nil, fmt.Errorf("start the interpreter: %w", err)
	}
	return s, nil
}

// Close gives os.Stdin, os.Stdout and os.Stderr back.
func (s *Session) Close() {
	display.SetScreen(s.screen)
	s.console.close()
	s.box.close()
}

// Interp is the interpreter, for completion and help between cells.
func (s *Session) Interp() *interp.Interp { return s.in }

// Interrupt stops the cell that runs. It may be called from any goroutine.
func (s *Session) Interrupt() {
	s.in.Interrupt()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.cancel()
}

// Execute runs a cell, with its output to out. The result is nil where the cell has none; failure is nil when it ran to
// its end. All output has been handed to out when Execute returns, but that of goroutines that still run.
func (s *Session) Execute(ctx context.Context, c interp.Cell, out Output) (result *display.Data, failure *interp.Error) {
	defer s.begin(ctx, out)()
	defer watchMemory(s.in, s.memory)()
	c.Show = func(values []interp.Value) (err error) {
		result, err = s.show(values)
		return err
	}
	_, err := s.in.Run(ctx, c)
	if err != nil {
		result = nil
	}
	if err != nil && !errors.As(err, &failure) {
		failure = &interp.Error{Name: "error", Value: err.Error()}
	}
	return result, failure
}

// Do calls f with its output to out, as if it were a cell.
func (s *Session) Do(ctx context.Context, out Output, f func()) {
	defer s.begin(ctx, out)()
	f()
}

// begin makes out that of the running cell. The returned function ends the cell, with all of its output handed on.
func (s *Session) begin(ctx context.Context, out Output) (end func()) {
	c := &cellOutput{to: out}
	s.console.flush() // what came since belongs to the cell before
	s.console.switching.Lock()
	s.mu.Lock()
	s.current = c
	s.ctx, s.cancel = context.WithCancel(ctx)
	cancel := s.cancel
	s.mu.Unlock()
	s.in.SetOwner(c)
	s.console.switching.Unlock()
	s.keyboard.forget()
	return func() {
		s.console.flush()
		s.box.tell()
		s.box.flush()
		cancel()
	}
}

// running is the cell that runs, or ran last; nil before the first.
func (s *Session) running() *cellOutput {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.current
}

// asked is the context in which the running cell waits for answers.
func (s *Session) asked() context.Context {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.ctx
}

// caught takes what came through a pipe, of which only the time tells whose it is.
func (s *Session) caught(name string, text []byte) { s.box.write(s.running(), name, text) }

// Flush returns when all output so far has been handed on.
func (s *Session) Flush() {
	s.console.flush()
	s.box.flush()
}

func valid(text []byte) []byte { return bytes.ToValidUTF8(text, []byte("\uFFFD")) }

// screen is the session as package display sees it.
type screen struct{ s *Session }

// cell is whose goroutine calls, with what it has printed on its way.
func (c screen) cell() (*cellOutput, error) {
	owner, ok := c.s.in.Owner().(*cellOutput)
	if !ok {
		owner = c.s.running()
	}
	if owner == nil {
		return nil, display.ErrNoScreen
	}
	c.s.console.flush()
	return owner, nil
}

func (c screen) Publish(d display.Data, update bool) error {
	cell, err := c.cell()
	if err == nil {
		c.s.box.show(cell, fit(d), update)
	}
	return err
}

func (c screen) Clear(wait bool) error {
	cell, err := c.cell()
	if err == nil {
		c.s.box.clear(cell, wait)
	}
	return err
}

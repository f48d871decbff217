// Package session joins the interpreter to an output: what a cell prints, shows and returns goes, in order, to whoever
// asked for the cell. The Jupyter kernel and the notebook runner are two callers of it.
package session

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/hardneg/hardneg/kernel/display"
	"github.com/hardneg/hardneg/kernel/interp"
)

// Output takes what a cell produces. Its methods are called one at a time.
type Output interface {
	Stream(name, text string) // name is "stdout" or "stderr"
	Display(d display.Data, update bool)
	Clear(wait bool)
}

// Limit is how many bytes of text a cell may print before the rest is dropped, and its number told.
const Limit = 10 << 20

// Session is an interpreter whose output is caught. It belongs to the goroutine that made it, but for Interrupt.
// Only one may be open in a process: it takes os.Stdout and os.Stderr.
type Session struct {
	in       *interp.Interp
	out, err *stream

	mu   sync.Mutex // guards to, and makes calls of it come one at a time
	to   Output
	size int
	lost int

	screen display.Screen // to put back
}

// New opens a session.
func New() (*Session, error) {
	s := &Session{in: interp.New()}
	var err error
	if s.out, err = catchStdout(s.print); err != nil {
		return nil, err
	}
	if s.err, err = catchStderr(s.print); err != nil {
		s.out.close()
		return nil, err
	}
	s.screen = display.SetScreen(screen{s})
	s.in.OnTrouble(func(text string) { s.err.write(text) })
	s.in.Declare("Display", display.Display)
	if err := s.in.Import("display"); err != nil {
		s.Close()
		return nil, fmt.Errorf("start the interpreter: %w", err)
	}
	return s, nil
}

// Close gives os.Stdout and os.Stderr back.
func (s *Session) Close() {
	display.SetScreen(s.screen)
	s.out.close()
	s.err.close()
}

// Interp is the interpreter, for completion and help between cells.
func (s *Session) Interp() *interp.Interp { return s.in }

// Interrupt stops the cell that runs. It may be called from any goroutine.
func (s *Session) Interrupt() { s.in.Interrupt() }

// Execute runs a cell, with its output to out. The result is nil where the cell has none; failure is nil when it ran to
// its end. All output has been handed to out when Execute returns, but that of goroutines that still run.
func (s *Session) Execute(ctx context.Context, c interp.Cell, out Output) (result *display.Data, failure *interp.Error) {
	s.mu.Lock()
	s.to, s.size, s.lost = out, 0, 0
	s.mu.Unlock()
	values, err := s.in.Run(ctx, c)
	if err == nil {
		result, err = s.show(values)
	}
	s.flush()
	s.mu.Lock()
	if s.lost > 0 {
		s.to.Stream("stderr", fmt.Sprintf("[%d bytes more were printed and are not shown]\n", s.lost))
	}
	s.mu.Unlock()
	if err != nil && !errors.As(err, &failure) {
		failure = &interp.Error{Name: "error", Value: err.Error()}
	}
	return result, failure
}

// print hands on what was written to one of the streams.
func (s *Session) print(name, text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.to == nil || text == "" {
		return
	}
	if room := Limit - s.size; len(text) > room {
		s.lost += len(text) - room
		text = text[:room]
	}
	s.size += len(text)
	if text != "" {
		s.to.Stream(name, text)
	}
}

// flush returns when all that was written so far has been handed on.
func (s *Session) flush() {
	s.out.flush()
	s.err.flush()
}

// screen is the session as package display sees it.
type screen struct{ s *Session }

func (c screen) Publish(d display.Data, update bool) error {
	c.s.flush()
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	if c.s.to == nil {
		return display.ErrNoScreen
	}
	c.s.to.Display(d, update)
	return nil
}

func (c screen) Clear(wait bool) error {
	c.s.flush()
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	if c.s.to == nil {
		return display.ErrNoScreen
	}
	c.s.to.Clear(wait)
	return nil
}

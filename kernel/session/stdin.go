package session

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"

	"github.com/hardneg/hardneg/kernel/interp/stop"
)

// Asker is an Output whose front end can answer questions.
type Asker interface {
	// Ask waits for a line from the user, without its end, until ctx ends.
	Ask(ctx context.Context, prompt string, secret bool) (string, error)
}

// ErrNoAnswer is Ask's error where the front end takes no questions.
var ErrNoAnswer = errors.New("the front end takes no questions (allow_stdin is false)")

// keyboard is cells' standard input: reading it asks the user for a line, in the front end of the cell that reads.
type keyboard struct {
	s  *Session
	mu sync.Mutex // one question at a time
	in *bufio.Reader
}

func newKeyboard(s *Session) *keyboard {
	return &keyboard{s: s, in: bufio.NewReader(&asking{s: s})}
}

// bind gives cells the keyboard.
func (k *keyboard) bind() {
	in := k.s.in
	in.Bind("fmt", "Scan", func(a ...any) (int, error) { return k.scan(fmt.Fscan, a) })
	in.Bind("fmt", "Scanln", func(a ...any) (int, error) { return k.scan(fmt.Fscanln, a) })
	in.Bind("fmt", "Scanf", func(f string, a ...any) (int, error) {
		return k.scan(func(r io.Reader, a ...any) (int, error) { return fmt.Fscanf(r, f, a...) }, a)
	})
	in.ReadFrom(os.Stdin, &stdinFile{os.Stdin, k})
}

func (k *keyboard) scan(f func(io.Reader, ...any) (int, error), a []any) (int, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	return f(k.in, a...)
}

// forget drops the rest of a line that an earlier cell has not read: nobody would expect it now.
func (k *keyboard) forget() {
	if k.mu.TryLock() { // else a goroutine waits for an answer
		k.in.Reset(&asking{s: k.s})
		k.mu.Unlock()
	}
}

// stdinFile stands in for os.Stdin where cells read it: a file whose Read asks.
type stdinFile struct {
	*os.File // an empty one, for the other methods
	k        *keyboard
}

func (f *stdinFile) Read(p []byte) (int, error) {
	f.k.mu.Lock()
	defer f.k.mu.Unlock()
	return f.k.in.Read(p)
}

// WriteTo is File's, which io.Copy would call, made of Read.
func (f *stdinFile) WriteTo(w io.Writer) (int64, error) {
	return io.Copy(w, struct{ io.Reader }{f})
}

// asking is an io.Reader whose every Read is a question.
type asking struct {
	s    *Session
	rest string // of the answer
}

func (a *asking) Read(p []byte) (int, error) {
	if a.rest == "" {
		line, err := a.ask()
		if err != nil {
			return 0, err
		}
		a.rest = line + "\n"
	}
	n := copy(p, a.rest)
	a.rest = a.rest[n:]
	return n, nil
}

func (a *asking) ask() (string, error) {
	cell, ok := a.s.in.Owner().(*cellOutput)
	if !ok {
		cell = a.s.running()
	}
	own := stop.Current() != nil // else the goroutine is one of compiled code, where a panic would end the process
	if cell == nil {
		return "", io.EOF
	}
	front, ok := cell.to.(Asker)
	if !ok && !own {
		return "", io.EOF
	}
	if !ok {
		panic("reading os.Stdin: nobody is here to answer; run the cell in a notebook, or read from a string")
	}
	a.s.Flush()
	line, err := front.Ask(a.s.asked(), "", false)
	if errors.Is(err, ErrNoAnswer) {
		if !own {
			return "", io.EOF
		}
		panic("reading os.Stdin: " + err.Error())
	}
	return line, err
}

package session

import (
	"errors"
	"fmt"
	"io"
	"log"
	"os"
	"sync"

	"github.com/hardneg/hardneg/kernel/interp"
)

// console is what cells have in the place of the process's own standard files. A pipe does not show which goroutine
// writes to it; fmt's and log's functions are therefore bound to console, which knows. What the running cell prints
// goes through the pipe all the same, and so keeps its place among what compiled code writes there.
type console struct {
	s        *Session
	out, err *stream

	switching sync.RWMutex // held for writing while another cell becomes the running one
	mu        sync.Mutex
	last      *stream // that was written to

	stdin, stdout, stderr *os.File // the process's, to be put back
	logger                io.Writer
}

// open takes the place of the process's standard files. Compiled code that reads os.Stdin finds its end.
func (c *console) open() (err error) {
	void, err := os.Open(os.DevNull)
	if err != nil {
		return err
	}
	if c.out, err = catch("stdout", c.s.caught); err != nil {
		void.Close()
		return err
	}
	if c.err, err = catch("stderr", c.s.caught); err != nil {
		c.out.close()
		void.Close()
		return err
	}
	c.stdin, c.stdout, c.stderr, c.logger = os.Stdin, os.Stdout, os.Stderr, log.Writer()
	if c.logger == os.Stderr { // the standard logger follows os.Stderr, unless it was told otherwise
		log.SetOutput(writer{c, c.err})
	}
	os.Stdin, os.Stdout, os.Stderr = void, c.out.w, c.err.w
	c.bind()
	return nil
}

func (c *console) close() {
	void := os.Stdin
	os.Stdin, os.Stdout, os.Stderr = c.stdin, c.stdout, c.stderr
	if w, ok := log.Writer().(writer); ok && w.c == c {
		log.SetOutput(c.logger)
	}
	c.out.close()
	c.err.close()
	void.Close()
}

// bind gives cells printing that knows whose it is.
func (c *console) bind() {
	in := c.s.in
	in.Bind("fmt", "Print", func(a ...any) (int, error) { return c.print(fmt.Append(nil, a...)) })
	in.Bind("fmt", "Println", func(a ...any) (int, error) { return c.print(fmt.Appendln(nil, a...)) })
	in.Bind("fmt", "Printf", func(f string, a ...any) (int, error) {
		f, a = interp.Typed(f, a)
		return c.print(fmt.Appendf(nil, f, a...))
	})
	in.Bind("fmt", "Fprint", func(w io.Writer, a ...any) (int, error) { return fmt.Fprint(c.own(w), a...) })
	in.Bind("fmt", "Fprintln", func(w io.Writer, a ...any) (int, error) { return fmt.Fprintln(c.own(w), a...) })
	in.Bind("fmt", "Fprintf", func(w io.Writer, f string, a ...any) (int, error) {
		f, a = interp.Typed(f, a)
		return fmt.Fprintf(c.own(w), f, a...)
	})
}

// print writes to os.Stdout, which a cell may have set to a file of its own to catch what is printed. One that is nil or
// closed is passed over.
func (c *console) print(text []byte) (int, error) {
	if f := os.Stdout; f != nil && f != c.out.w {
		if n, err := f.Write(text); !errors.Is(err, os.ErrClosed) {
			return n, err
		}
	}
	return c.write(c.out, text)
}

// own is a stream of ours where w is its pipe.
func (c *console) own(w io.Writer) io.Writer {
	switch w {
	case io.Writer(c.out.w):
		return writer{c, c.out}
	case io.Writer(c.err.w):
		return writer{c, c.err}
	}
	return w
}

// writer is a stream as an io.Writer that knows whose the calling goroutine is.
type writer struct {
	c *console
	s *stream
}

func (w writer) Write(text []byte) (int, error) { return w.c.write(w.s, text) }

// write prints text to a stream of the cell to which the calling goroutine belongs.
func (c *console) write(to *stream, text []byte) (int, error) {
	c.switching.RLock()
	defer c.switching.RUnlock()
	owner, ok := c.s.in.Owner().(*cellOutput)
	if !ok || owner == c.s.running() {
		c.turn(to)
		if n, err := to.w.Write(text); err == nil {
			return n, nil
		}
		owner = c.s.running() // a cell has closed the file: what is printed is shown all the same
	}
	c.s.box.write(owner, to.name, valid(text))
	return len(text), nil
}

// turn keeps the order between the two streams, where they take turns.
func (c *console) turn(to *stream) {
	c.mu.Lock()
	last := c.last
	c.last = to
	c.mu.Unlock()
	if last != nil && last != to {
		last.flush()
	}
}

// flush returns when all that was written has reached the outbox.
func (c *console) flush() {
	c.out.flush()
	c.err.flush()
}

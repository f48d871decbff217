package session

import (
	"bytes"
	"crypto/rand"
	"log"
	"os"
	"sync"
	"time"
	"unicode/utf8"
)

// pause is the least time between two pieces of text that are handed on without need: front ends redraw for each.
const pause = 50 * time.Millisecond

// stream catches what is written to os.Stdout or os.Stderr, by cells and by compiled code alike.
type stream struct {
	name    string
	r, w    *os.File
	restore func()
	hand    func(name, text string)
	mark    []byte // written into the pipe by flush: what stands before it was written before
	seen    chan struct{}
	done    chan struct{}

	flushing sync.Mutex
	mu       sync.Mutex // guards what follows
	pending  []byte
	last     time.Time
	timer    *time.Timer
}

func catchStdout(hand func(name, text string)) (*stream, error) {
	old := os.Stdout
	s, err := catch("stdout", hand)
	if err != nil {
		return nil, err
	}
	os.Stdout = s.w
	s.restore = func() { os.Stdout = old }
	return s, nil
}

func catchStderr(hand func(name, text string)) (*stream, error) {
	old, writer := os.Stderr, log.Writer()
	s, err := catch("stderr", hand)
	if err != nil {
		return nil, err
	}
	os.Stderr = s.w
	logs := writer == old // the standard logger follows os.Stderr, unless it was told otherwise
	if logs {
		log.SetOutput(s.w)
	}
	s.restore = func() {
		os.Stderr = old
		if logs {
			log.SetOutput(old)
		}
	}
	return s, nil
}

func catch(name string, hand func(name, text string)) (*stream, error) {
	r, w, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	s := &stream{name: name, r: r, w: w, hand: hand, mark: make([]byte, 18), seen: make(chan struct{}), done: make(chan struct{})}
	rand.Read(s.mark[1:17]) // with a NUL at either end
	go s.read()
	return s, nil
}

func (s *stream) write(text string) { s.w.WriteString(text) }

// read hands on everything that comes, in pieces.
func (s *stream) read() {
	defer close(s.done)
	buf := make([]byte, 64<<10)
	for {
		n, err := s.r.Read(buf)
		s.mu.Lock()
		s.pending = append(s.pending, buf[:n]...)
		for {
			i := bytes.Index(s.pending, s.mark)
			if i < 0 {
				break
			}
			s.emit(i)
			s.pending = s.pending[len(s.mark):]
			s.seen <- struct{}{}
		}
		switch wait := pause - time.Since(s.last); {
		case err != nil:
			s.emit(len(s.pending))
		case len(s.pending) == 0:
		case wait <= 0 || len(s.pending) > 256<<10:
			s.emit(s.whole())
		case s.timer == nil:
			s.timer = time.AfterFunc(wait, s.late)
		}
		s.mu.Unlock()
		if err != nil {
			return
		}
	}
}

// late hands on what waited for more to come.
func (s *stream) late() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.timer = nil
	s.emit(s.whole())
}

func (s *stream) emit(n int) {
	if n <= 0 {
		return
	}
	s.last = time.Now()
	s.hand(s.name, string(bytes.ToValidUTF8(s.pending[:n], []byte("\uFFFD"))))
	s.pending = append(s.pending[:0], s.pending[n:]...)
}

// whole is how much can be handed on: not the first bytes of a letter, nor those of a mark.
func (s *stream) whole() int {
	n := len(s.pending)
	for k := 1; k < utf8.UTFMax && k <= n; k++ {
		if b := s.pending[n-k]; utf8.RuneStart(b) {
			if !utf8.FullRune(s.pending[n-k:]) {
				n -= k
			}
			break
		}
	}
	for k := max(0, n-len(s.mark)); k < n; k++ {
		if bytes.HasPrefix(s.mark, s.pending[k:n]) {
			return k
		}
	}
	return n
}

// flush returns when everything written before it has been handed on.
func (s *stream) flush() {
	s.flushing.Lock()
	defer s.flushing.Unlock()
	if _, err := s.w.Write(s.mark); err != nil {
		return // a cell has closed the file
	}
	select {
	case <-s.seen:
	case <-s.done:
	}
}

func (s *stream) close() {
	s.flush()
	s.restore()
	s.w.Close()
	<-s.done
	s.r.Close()
}

package session

import (
	"bytes"
	"crypto/rand"
	"os"
	"sync"
	"unicode/utf8"
)

// stream is a pipe in the place of os.Stdout or os.Stderr: it catches what is written there by cells and by compiled
// code alike.
type stream struct {
	name string
	r, w *os.File
	hand func(name string, text []byte)
	mark []byte // written into the pipe by flush: what stands before it was written before
	seen chan struct{}
	done chan struct{}

	flushing sync.Mutex
}

func catch(name string, hand func(name string, text []byte)) (*stream, error) {
	r, w, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	s := &stream{name: name, r: r, w: w, hand: hand, mark: make([]byte, 18), seen: make(chan struct{}), done: make(chan struct{})}
	rand.Read(s.mark[1:17]) // with a NUL at either end
	go s.read()
	return s, nil
}

// read hands on everything that comes.
func (s *stream) read() {
	defer close(s.done)
	buf := make([]byte, 64<<10)
	var pending []byte
	for {
		n, err := s.r.Read(buf)
		pending = append(pending, buf[:n]...)
		for {
			i := bytes.Index(pending, s.mark)
			if i < 0 {
				break
			}
			s.emit(pending[:i])
			pending = pending[i+len(s.mark):]
			s.seen <- struct{}{}
		}
		if err != nil {
			s.emit(pending)
			return
		}
		k := s.whole(pending)
		s.emit(pending[:k])
		pending = append(buf[:0:0], pending[k:]...)
	}
}

func (s *stream) emit(text []byte) {
	if len(text) > 0 {
		s.hand(s.name, bytes.ToValidUTF8(text, []byte("\uFFFD")))
	}
}

// whole is how much can be handed on: not the first bytes of a letter, nor those of a mark.
func (s *stream) whole(pending []byte) int {
	n := len(pending)
	for k := 1; k < utf8.UTFMax && k <= n; k++ {
		if b := pending[n-k]; utf8.RuneStart(b) {
			if !utf8.FullRune(pending[n-k:]) {
				n -= k
			}
			break
		}
	}
	for k := max(0, n-len(s.mark)); k < n; k++ {
		if bytes.HasPrefix(s.mark, pending[k:n]) {
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
	s.w.Close()
	<-s.done
	s.r.Close()
}

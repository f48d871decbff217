package zmtp

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"sync"
	"time"
)

// socket is what all types share: a listener and its peers.
type socket struct {
	listener net.Listener
	kind     string
	bad      func(error) // told of a peer that sent what is no ZMTP

	mu     sync.Mutex
	peers  map[*peer]bool
	closed bool
}

// maxPeers is how many connections a socket has at once; a front end has one.
const maxPeers = 256

// listen opens an address such as "tcp://127.0.0.1:5555" or "ipc:///path".
func (s *socket) listen(address string) error {
	network, at, ok := strings.Cut(address, "://")
	if network == "ipc" {
		network = "unix"
	}
	if !ok || network != "tcp" && network != "unix" {
		return fmt.Errorf("address %q: want tcp://HOST:PORT or ipc://PATH", address)
	}
	if network == "unix" {
		removeStale(at)
	}
	l, err := net.Listen(network, at)
	if err != nil {
		return err
	}
	if network == "unix" {
		if err := os.Chmod(at, 0o600); err != nil {
			l.Close()
			return err
		}
	}
	s.listener, s.peers = l, map[*peer]bool{}
	return nil
}

// removeStale removes the socket that a process which has ended left behind. One that answers is left alone.
func removeStale(path string) {
	if info, err := os.Lstat(path); err != nil || info.Mode()&os.ModeSocket == 0 {
		return
	}
	c, err := net.DialTimeout("unix", path, time.Second)
	if err != nil {
		os.Remove(path)
		return
	}
	c.Close()
}

// accept introduces each new connection, on a goroutine of its own, so that one that is silent holds nobody up, and
// serves it until it ends.
func (s *socket) accept(serve func(*peer) error) {
	for {
		c, err := s.listener.Accept()
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil {
			time.Sleep(10 * time.Millisecond) // too many open files, say
			continue
		}
		go s.handle(c, serve)
	}
}

func (s *socket) handle(c net.Conn, serve func(*peer) error) {
	defer c.Close()
	p, err := open(c, s.kind)
	if err == nil {
		defer p.close()
		if !s.add(p) {
			return
		}
		defer s.remove(p)
		err = serve(p)
	} else if errors.Is(err, io.ErrUnexpectedEOF) {
		return // a client that was closed as soon as it was opened
	}
	if s.bad != nil && (errors.Is(err, ErrFrame) || errors.Is(err, io.ErrUnexpectedEOF)) {
		s.bad(fmt.Errorf("%v at %v: %w", c.RemoteAddr(), c.LocalAddr(), err))
	}
}

func (s *socket) add(p *peer) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed || len(s.peers) >= maxPeers {
		return false
	}
	s.peers[p] = true
	return true
}

func (s *socket) remove(p *peer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.peers, p)
}

// Addr is where the socket listens.
func (s *socket) Addr() net.Addr { return s.listener.Addr() }

// Close accepts nobody more, waits until what is queued has been sent, but not longer than ctx, and ends.
func (s *socket) Close(ctx context.Context) {
	s.mu.Lock()
	s.closed = true
	peers := s.peers
	s.peers = map[*peer]bool{}
	s.mu.Unlock()
	s.listener.Close()
	var all sync.WaitGroup
	for p := range peers {
		all.Go(func() {
			p.drain(ctx)
			p.close()
		})
	}
	all.Wait()
}

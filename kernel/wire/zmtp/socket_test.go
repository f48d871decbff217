package zmtp

import (
	"context"
	"errors"
	"fmt"
	"net"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-zeromq/zmq4"
)

// The peers of these tests are zmq4's: an implementation that we did not write. libzmq's are in peers/kernel_test.py.

func closing(t *testing.T, s interface{ Close(context.Context) }) {
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 100*time.Millisecond)
		defer cancel()
		s.Close(ctx)
	})
}

func dial(t *testing.T, s zmq4.Socket, a net.Addr) zmq4.Socket {
	t.Helper()
	t.Cleanup(func() { s.Close() })
	if err := s.Dial("tcp://" + a.String()); err != nil {
		t.Fatal(err)
	}
	return s
}

func receive(t *testing.T, s zmq4.Socket) string {
	t.Helper()
	m, err := s.Recv()
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("%q", m.Frames)
}

func router(t *testing.T, bad func(error)) *Router {
	t.Helper()
	r, err := ListenRouter("tcp://127.0.0.1:0", bad)
	if err != nil {
		t.Fatal(err)
	}
	closing(t, r)
	return r
}

func TestRouterAnswersWhomItNames(t *testing.T) {
	r := router(t, nil)
	a := dial(t, zmq4.NewDealer(t.Context(), zmq4.WithID(zmq4.SocketIdentity("a"))), r.Addr())
	b := dial(t, zmq4.NewDealer(t.Context(), zmq4.WithID(zmq4.SocketIdentity("b"))), r.Addr())
	long := strings.Repeat("x", 100_000)
	for name, s := range map[string]zmq4.Socket{"a": a, "b": b} {
		if err := s.SendMulti(zmq4.NewMsgFromString([]string{name, "", long})); err != nil {
			t.Fatal(err)
		}
	}
	for range 2 {
		m, err := r.Receive()
		if err != nil {
			t.Fatal(err)
		}
		if len(m) != 4 || string(m[0]) != string(m[1]) || string(m[3]) != long {
			t.Fatalf("received %d frames from %q", len(m), m[0])
		}
		if err := r.Send([][]byte{m[0], []byte("to"), m[1], nil}); err != nil {
			t.Fatal(err)
		}
	}
	if got := receive(t, a); got != `["to" "a" ""]` {
		t.Errorf("a got %s", got)
	}
	if got := receive(t, b); got != `["to" "b" ""]` {
		t.Errorf("b got %s", got)
	}
	if err := r.Send([][]byte{[]byte("c"), nil}); !errors.Is(err, ErrNoPeer) {
		t.Errorf("a message to nobody: %v", err)
	}
}

// A peer that comes again, under the name of a connection of which we do not know that it has died, is the one meant.
func TestRouterHandsOver(t *testing.T) {
	r := router(t, nil)
	for i := range 2 {
		s := dial(t, zmq4.NewDealer(t.Context(), zmq4.WithID(zmq4.SocketIdentity("same"))), r.Addr())
		s.Send(zmq4.NewMsgString(fmt.Sprint(i)))
		m, err := r.Receive()
		if err != nil || string(m[1]) != fmt.Sprint(i) {
			t.Fatalf("received %q, %v", m, err)
		}
		r.Send([][]byte{m[0], []byte("you")})
		if got := receive(t, s); got != `["you"]` {
			t.Errorf("connection %d got %s", i, got)
		}
	}
}

func TestEcho(t *testing.T) {
	e, err := ListenEcho("tcp://127.0.0.1:0", nil)
	if err != nil {
		t.Fatal(err)
	}
	closing(t, e)
	s := dial(t, zmq4.NewReq(t.Context()), e.Addr())
	for range 3 {
		s.Send(zmq4.NewMsgString("ping"))
		if got := receive(t, s); got != `["ping"]` {
			t.Errorf("got %s", got)
		}
	}
}

// Silence, garbage and claims of length cost nobody else anything, and are counted.
func TestBadPeersHarmNobody(t *testing.T) {
	var bad atomic.Int32
	r := router(t, func(error) { bad.Add(1) })
	hello := append([]byte{0xFF, 0, 0, 0, 0, 0, 0, 0, 0, 0x7F, 3, 0, 'N', 'U', 'L', 'L'}, make([]byte, 48)...)
	ready := appendCommand(nil, "READY", appendProperty(nil, "Socket-Type", "DEALER"))
	start := append(hello, ready...)
	counted := 0
	for name, bytes := range map[string][]byte{
		"silent":             {},
		"http":               []byte(strings.Repeat("GET / HTTP/1.1\r\n", 8)),
		"no ready":           append(hello[:64:64], 0, 1, 'x'),
		"another mechanism":  append(append(hello[:12:12], "CURVE"...), make([]byte, 47)...),
		"a subscriber":       append(hello[:64:64], appendCommand(nil, "READY", appendProperty(nil, "Socket-Type", "SUB"))...),
		"a length of 2^63":   append(start[:len(start):len(start)], 2, 0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF),
		"a length of 200 MB": append(start[:len(start):len(start)], 2, 0, 0, 0, 0, 11, 0xEB, 0xC2, 0),
		"reserved flags":     append(start[:len(start):len(start)], 0xF0, 0),
		"cut":                append(start[:len(start):len(start)], 0, 5, 'x'),
	} {
		c, err := net.Dial("tcp", r.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { c.Close() })
		c.Write(bytes)
		if name == "cut" {
			c.(*net.TCPConn).CloseWrite()
		}
		if name != "silent" && name != "a length of 200 MB" {
			counted++
		}
	}
	s := dial(t, zmq4.NewDealer(t.Context()), r.Addr())
	s.Send(zmq4.NewMsgString("hello"))
	if m, err := r.Receive(); err != nil || string(m[1]) != "hello" {
		t.Errorf("received %q, %v", m, err)
	}
	for range 500 {
		if int(bad.Load()) == counted {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Errorf("%d peers are counted as bad, want %d", bad.Load(), counted)
}

// A Unix socket that an earlier process has left is replaced, one that answers is not.
func TestUnixSockets(t *testing.T) {
	address := "ipc://" + filepath.Join(t.TempDir(), "s")
	l, err := net.Listen("unix", address[len("ipc://"):])
	if err != nil {
		t.Skip(err)
	}
	if _, err := ListenRouter(address, nil); err == nil {
		t.Error("a socket in use was taken")
	}
	l.(*net.UnixListener).SetUnlinkOnClose(false)
	l.Close()
	r, err := ListenRouter(address, nil)
	if err != nil {
		t.Fatal(err)
	}
	closing(t, r)
}

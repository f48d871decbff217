package wire

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/go-zeromq/zmq4"
)

func subscribe(t *testing.T, p *publisher, topic string) zmq4.Socket {
	t.Helper()
	s := zmq4.NewSub(t.Context())
	t.Cleanup(func() { s.Close() })
	if err := s.Dial("tcp://" + p.listener.Addr().String()); err != nil {
		t.Fatal(err)
	}
	if err := s.SetOption(zmq4.OptionSubscribe, topic); err != nil {
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

func open(t *testing.T) *publisher {
	t.Helper()
	p, err := listenPub("tcp://127.0.0.1:0", func(topic string) [][]byte { return [][]byte{[]byte(topic), []byte("welcome")} })
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 100*time.Millisecond)
		defer cancel()
		p.close(ctx)
	})
	return p
}

func TestSubscribersAreWelcomedAndGetTheirTopics(t *testing.T) {
	p := open(t)
	all, some := subscribe(t, p, ""), subscribe(t, p, "b")
	if got := receive(t, all); got != `["" "welcome"]` {
		t.Errorf("welcome to all is %s", got)
	}
	if got := receive(t, some); got != `["b" "welcome"]` {
		t.Errorf("welcome to b is %s", got)
	}
	long := make([]byte, 1000)
	p.send([][]byte{[]byte("a"), []byte("1")}, false)
	p.send([][]byte{[]byte("b"), long}, false)
	if got := receive(t, all); got != `["a" "1"]` {
		t.Errorf("first message to all is %s", got)
	}
	if got, want := receive(t, some), fmt.Sprintf("%q", [][]byte{[]byte("b"), long}); got != want {
		t.Errorf("first message to b is %s, want %s", got, want)
	}
}

// One that does not read neither delays the other nor fills the memory.
func TestAStalledSubscriberHarmsNobody(t *testing.T) {
	p := open(t)
	subscribe(t, p, "") // never reads; zmq4's own queue takes some messages
	lively := subscribe(t, p, "")
	receive(t, lively)
	for range 200 { // until both are known
		p.mu.Lock()
		n := len(p.subs)
		p.mu.Unlock()
		if n == 2 {
			break
		}
		time.Sleep(5 * time.Millisecond)
	}
	big := make([]byte, 1<<20)
	for i := range 200 {
		p.send([][]byte{[]byte("x"), big}, false)
		if got := len(receive(t, lively)); got == 0 {
			t.Fatalf("message %d is empty", i)
		}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.subs) != 2 {
		t.Fatalf("%d subscribers, want 2", len(p.subs))
	}
	for s := range p.subs {
		s.mu.Lock()
		if s.size > room {
			t.Errorf("%d bytes wait for a subscriber, want at most %d", s.size, room)
		}
		s.mu.Unlock()
	}
}

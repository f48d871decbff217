package zmtp

import (
	"context"
	"fmt"
	"runtime"
	"testing"
	"time"

	"github.com/go-zeromq/zmq4"
)

func publisher(t *testing.T) *Publisher {
	t.Helper()
	p, err := ListenPublisher("tcp://127.0.0.1:0", func(topic string) [][]byte { return [][]byte{[]byte(topic), []byte("welcome")} }, nil)
	if err != nil {
		t.Fatal(err)
	}
	closing(t, p)
	return p
}

func subscribe(t *testing.T, p *Publisher, topic string) zmq4.Socket {
	t.Helper()
	s := dial(t, zmq4.NewSub(t.Context()), p.Addr())
	if err := s.SetOption(zmq4.OptionSubscribe, topic); err != nil {
		t.Fatal(err)
	}
	return s
}

func message(topic string, text []byte) [][]byte { return [][]byte{[]byte(topic), text} }

func TestSubscribersAreWelcomedAndGetTheirTopics(t *testing.T) {
	p := publisher(t)
	all, some := subscribe(t, p, ""), subscribe(t, p, "b")
	if got := receive(t, all); got != `["" "welcome"]` {
		t.Errorf("welcome to all is %s", got)
	}
	if got := receive(t, some); got != `["b" "welcome"]` {
		t.Errorf("welcome to b is %s", got)
	}
	long := make([]byte, 1000)
	p.Publish(message("a", []byte("1")), false)
	p.Publish(message("b", long), false)
	if got := receive(t, all); got != `["a" "1"]` {
		t.Errorf("first message to all is %s", got)
	}
	if got, want := receive(t, some), fmt.Sprintf("%q", message("b", long)); got != want {
		t.Errorf("first message to b is %s, want %s", got, want)
	}
	some.SetOption(zmq4.OptionUnsubscribe, "b")
	for range 500 { // until it has come through
		p.subs.Lock()
		n := 0
		for _, topics := range p.topics {
			n += len(topics)
		}
		p.subs.Unlock()
		if n == 1 {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	if p.Publish(message("b", long), false); !wanted(map[string]bool{"b": true}, "bc") || wanted(map[string]bool{"b": true}, "ab") {
		t.Error("a topic is a prefix")
	}
}

// One that does not read neither delays the other nor fills the memory, and loses messages only above its room.
func TestAStalledSubscriberHarmsNobody(t *testing.T) {
	p := publisher(t)
	subscribe(t, p, "") // never reads; zmq4's own queue takes some messages
	lively := subscribe(t, p, "")
	receive(t, lively)
	for i := 0; p.Subscribers() < 2 && i < 500; i++ {
		time.Sleep(10 * time.Millisecond)
	}
	if n := p.Subscribers(); n != 2 {
		t.Fatalf("%d subscribers, want 2", n)
	}
	big := make([]byte, 1<<20)
	lost := 0
	const messages = 250
	for i := range messages {
		lost += p.Publish(message("x", big), false)
		if m, err := lively.Recv(); err != nil || len(m.Frames[1]) != len(big) {
			t.Fatalf("message %d: %v", i, err)
		}
	}
	if lost < messages-room>>20-50 || lost > messages-room>>20 {
		t.Errorf("%d of %d messages of 1 MB were lost to the stalled one, which has room for %d and what is on its way", lost, messages, room>>20)
	}
	for sub := range p.topics {
		sub.mu.Lock()
		if sub.size > room {
			t.Errorf("%d bytes wait for a subscriber, want at most %d", sub.size, room)
		}
		sub.mu.Unlock()
	}
	var m runtime.MemStats
	runtime.GC()
	if runtime.ReadMemStats(&m); m.HeapAlloc > 3*room {
		t.Errorf("the heap has %d MB, want at most %d: messages that were sent or lost are kept", m.HeapAlloc>>20, 3*room>>20)
	}
	if n := p.Publish(message("s", nil), true); n != 0 {
		t.Error("an urgent message was lost while there was room for it")
	}
}

// Closing sends what waits for those that read, and does not wait for one that does not.
func TestCloseDrains(t *testing.T) {
	p, err := ListenPublisher("tcp://127.0.0.1:0", nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	subscribe(t, p, "")
	lively := subscribe(t, p, "")
	for i := 0; p.Subscribers() < 2 && i < 500; i++ {
		time.Sleep(10 * time.Millisecond)
	}
	got := make(chan int)
	go func() {
		n := 0
		for {
			m, err := lively.Recv()
			if err != nil || string(m.Frames[0]) == "end" {
				got <- n
				return
			}
			n++
		}
	}()
	for range 40 {
		p.Publish(message("x", make([]byte, 1<<20)), false)
	}
	p.Publish(message("end", nil), false)
	ctx, cancel := context.WithTimeout(context.Background(), 3*time.Second)
	defer cancel()
	p.Close(ctx)
	select {
	case n := <-got:
		if n != 40 {
			t.Errorf("%d messages came through, want 40", n)
		}
	case <-time.After(10 * time.Second):
		t.Error("the last message did not come")
	}
}

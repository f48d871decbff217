package wire

import (
	"runtime"
	"testing"
	"time"
)

// server counts as jupyter_server does (channels.py, _limit_rate): bytes and messages of the last 3 s.
type server struct{ sent []sent }

func (s *server) exceeded(at time.Time, bytes int) bool {
	for len(s.sent) > 0 && !at.Before(s.sent[0].at.Add(3*time.Second)) {
		s.sent = s.sent[1:]
	}
	s.sent = append(s.sent, sent{at, bytes})
	total := 0
	for _, m := range s.sent {
		total += m.bytes
	}
	return float64(total)/3 > 1_000_000 || float64(len(s.sent))/3 > 1000
}

// On a clock of its own: 20 MB, and 20,000 messages, pass a server's limits, and no slower than these force it to.
func TestPaceKeepsBelowTheServersLimits(t *testing.T) {
	for _, c := range []struct{ messages, bytes int }{{200, 100_000}, {20_000, 100}, {20_000, 1000}} {
		var p pace
		var s server
		start := time.Unix(0, 0)
		now := start
		for i := range c.messages {
			for {
				pause := p.room(now, c.bytes)
				if pause <= 0 {
					break
				}
				now = now.Add(pause)
			}
			p.sent = append(p.sent, sent{now, c.bytes})
			p.bytes += c.bytes
			if s.exceeded(now, c.bytes) {
				t.Fatalf("%d messages of %d bytes: a server drops the one at %v, number %d", c.messages, c.bytes, now.Sub(start), i)
			}
		}
		least := max(float64(c.messages*c.bytes)/1e6, float64(c.messages)/1000)
		if took := now.Sub(start).Seconds(); took > 1.4*least+3 {
			t.Errorf("%d messages of %d bytes took %.1f s, the limits force %.1f", c.messages, c.bytes, took, least)
		}
	}
}

// What an interrupted cell has printed does not wait, and a new cell begins anew.
func TestPaceHurries(t *testing.T) {
	var p pace
	p.wait(mostBytes)
	done := make(chan time.Duration)
	start := time.Now()
	go func() {
		p.wait(200_000)
		done <- time.Since(start)
	}()
	time.Sleep(20 * time.Millisecond)
	p.rush()
	if took := <-done; took < 20*time.Millisecond || took > 2*time.Second {
		t.Errorf("the text went out after %v, want when the cell is interrupted", took)
	}
	for len(p.sent) < mostMessages {
		p.wait(0)
	}
	if pause := p.room(time.Now(), 0); pause > 0 {
		t.Errorf("after %d messages the next of an interrupted cell waits %v", mostMessages, pause)
	}

	// what is above the last limits too waits, and does not ask for the time without end
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	go p.wait(lastBytes)
	time.Sleep(50 * time.Millisecond)
	runtime.ReadMemStats(&after)
	if n := after.Mallocs - before.Mallocs; n > 500 {
		t.Errorf("one waiting message has made %d timers and channels in 50 ms", n)
	}
	p.reset()
	if pause := p.room(time.Now(), mostBytes); pause > 0 {
		t.Errorf("after a reset text waits %v", pause)
	}
}

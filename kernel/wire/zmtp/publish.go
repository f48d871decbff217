package zmtp

import (
	"strings"
	"sync"
)

// Publisher is a PUB socket with a queue of bounded size for each subscriber.
type Publisher struct {
	socket
	welcome func(topic string) [][]byte

	subs   sync.Mutex
	topics map[*peer]map[string]bool
}

// The bounds of what a subscriber may ask for.
const (
	maxTopics = 1000
	maxTopic  = 1024 // bytes
)

// ListenPublisher opens a socket. A subscription is answered with the message that welcome makes; bad, which may be
// nil, is told of peers that send what is no ZMTP.
func ListenPublisher(address string, welcome func(topic string) [][]byte, bad func(error)) (*Publisher, error) {
	p := &Publisher{socket: socket{kind: "PUB", bad: bad}, welcome: welcome, topics: map[*peer]map[string]bool{}}
	if err := p.listen(address); err != nil {
		return nil, err
	}
	go p.accept(p.serve)
	return p, nil
}

// serve reads a peer's subscriptions. ZMTP 3.0 has them as messages, 3.1 as commands.
func (p *Publisher) serve(sub *peer) error {
	defer func() {
		p.subs.Lock()
		defer p.subs.Unlock()
		delete(p.topics, sub)
	}()
	for {
		frames, isCommand, err := sub.read()
		if err != nil {
			return err
		}
		var on bool
		var topic string
		switch {
		case isCommand:
			on, topic = string(frames[0]) == "SUBSCRIBE", string(frames[1])
		case len(frames[0]) > 0 && frames[0][0] <= 1:
			on, topic = frames[0][0] == 1, string(frames[0][1:])
		default:
			continue // a message to a PUB: XSUB sends such, and they mean nothing here
		}
		if err := p.subscribe(sub, topic, on); err != nil {
			return err
		}
	}
}

func (p *Publisher) subscribe(sub *peer, topic string, on bool) error {
	p.subs.Lock()
	defer p.subs.Unlock()
	t := p.topics[sub]
	switch {
	case !on:
		delete(t, topic)
		return nil
	case len(t) >= maxTopics || len(topic) > maxTopic:
		return ErrFrame
	case t == nil:
		t = map[string]bool{}
		p.topics[sub] = t
	}
	t[topic] = true
	if p.welcome != nil {
		sub.put(Encode(p.welcome(topic)), 2*room) // before anything that is published to it
	}
	return nil
}

// Publish queues a message for each subscriber of its first frame, and never waits for one. Where a queue is full the
// message is lost to that subscriber; urgent ones, by which front ends know that a cell has ended, have twice the room.
// It returns to how many it was lost.
func (p *Publisher) Publish(frames [][]byte, urgent bool) (lost int) {
	p.subs.Lock()
	defer p.subs.Unlock()
	limit := room
	if urgent {
		limit = 2 * room
	}
	var encoded []byte
	for sub, topics := range p.topics {
		if !wanted(topics, string(frames[0])) {
			continue
		}
		if encoded == nil {
			encoded = Encode(frames)
		}
		if !sub.put(encoded, limit) {
			lost++
		}
	}
	return lost
}

func wanted(topics map[string]bool, topic string) bool {
	if topics[""] {
		return true
	}
	for t := range topics {
		if strings.HasPrefix(topic, t) {
			return true
		}
	}
	return false
}

// Subscribers is how many have subscribed to something.
func (p *Publisher) Subscribers() int {
	p.subs.Lock()
	defer p.subs.Unlock()
	return len(p.topics)
}

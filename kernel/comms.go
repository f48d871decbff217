package kernel

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/hardneg/hardneg/kernel/comm"
	"github.com/hardneg/hardneg/kernel/wire"
)

// commContent is what comm_open, comm_msg, comm_close and comm_info_request hold.
type commContent struct {
	ID     string          `json:"comm_id"`
	Target string          `json:"target_name"`
	Data   json.RawMessage `json:"data"`
}

func (c commContent) message(m *wire.Message) comm.Message {
	return comm.Message{Data: c.Data, Metadata: m.Metadata, Buffers: m.Buffers}
}

func (k *kernel) comms(m *wire.Message) object {
	r := decode[commContent](m)
	list := object{}
	for id, target := range comm.List(r.Target) {
		list[id] = object{"target_name": target}
	}
	return object{"status": "ok", "comms": list}
}

// commOpen closes what cannot be opened, so that the front end does not wait for it.
func (k *kernel) commOpen(m *wire.Message) object {
	r := decode[commContent](m)
	if _, open := comm.List("")[r.ID]; open {
		wire.Log.Printf("comm %s is open already", r.ID)
		return nil
	}
	opened := false
	k.callBack(m, func() {
		err := comm.Opened(r.ID, r.Target, r.message(m))
		if opened = err == nil; !opened {
			wire.Log.Print(err)
		}
	})
	if !opened {
		k.wire.Publish(m, wire.Packet{Type: "comm_close", Content: object{"comm_id": r.ID, "data": object{}}})
	}
	return nil
}

func (k *kernel) commMessage(m *wire.Message) object {
	r := decode[commContent](m)
	k.callBack(m, func() { comm.Received(r.ID, r.message(m)) })
	return nil
}

func (k *kernel) commClose(m *wire.Message) object {
	r := decode[commContent](m)
	k.callBack(m, func() { comm.Closed(r.ID, r.message(m)) })
	return nil
}

// callBack calls a comm's handler. What that prints, and its panic, are shown where the message came from.
func (k *kernel) callBack(m *wire.Message, f func()) {
	out := &output{k: k, parent: m}
	k.session.Do(context.Background(), out, func() {
		defer func() {
			if r := recover(); r != nil {
				k.session.Flush()
				out.Stream("stderr", fmt.Sprintf("panic in the handler of %s: %v\n", strings.TrimPrefix(m.Header.Type, "comm_"), r))
			}
		}()
		f()
	})
}

// sendComm sends a comm's message, as a child of the request that is being answered.
func (k *kernel) sendComm(msgType, id, target string, c comm.Content) error {
	content := object{"comm_id": id, "data": c.Data}
	if msgType == "comm_open" {
		content["target_name"] = target
	}
	for _, part := range []any{c.Data, c.Metadata} {
		if _, err := json.Marshal(part); err != nil {
			return err
		}
	}
	k.wire.Publish(k.serving.Load(), wire.Packet{Type: msgType, Content: content, Metadata: c.Metadata, Buffers: c.Buffers})
	return nil
}

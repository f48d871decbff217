package kernel

import (
	"encoding/json"
	"fmt"
	"runtime/debug"
	"strings"

	"github.com/hardneg/hardneg/kernel/wire"
)

// handlers answer each type of request: with the reply's content, or nil for none. They are called on the goroutine of
// cells, one after the other.
var handlers = map[string]func(*kernel, *wire.Message) object{
	"kernel_info_request": (*kernel).info,
	"connect_request":     (*kernel).ports,
	"execute_request":     (*kernel).execute,
	"is_complete_request": (*kernel).isComplete,
	"complete_request":    (*kernel).complete,
	"inspect_request":     (*kernel).inspect,
	"history_request":     (*kernel).past,
	"comm_info_request":   (*kernel).comms,
	"comm_open":           (*kernel).commOpen,
	"comm_msg":            (*kernel).commMessage,
	"comm_close":          (*kernel).commClose,
	"interrupt_request":   (*kernel).interrupt,
	"shutdown_request":    (*kernel).shutdown,
}

// atOnce are the requests that are answered while a cell runs, when they come by the control socket.
var atOnce = map[string]bool{"kernel_info_request": true, "connect_request": true, "interrupt_request": true, "shutdown_request": true}

// control takes what comes by the control socket.
func (k *kernel) control(m *wire.Message) {
	if atOnce[m.Header.Type] {
		k.handle(m)
		return
	}
	k.queue.put(m)
}

// handle answers a request between a busy and an idle status. Requests of a type that the protocol does not have, or
// this kernel not (debug_request, create_subshell_request), get no answer, as the protocol wants it.
func (k *kernel) handle(m *wire.Message) {
	f, known := handlers[m.Header.Type]
	if !known {
		wire.Log.Printf("no answer to %q", m.Header.Type)
		return
	}
	k.wire.Status(m, "busy")
	if reply := k.guarded(f, m); reply != nil && strings.HasSuffix(m.Header.Type, "_request") {
		k.wire.Reply(m, strings.TrimSuffix(m.Header.Type, "_request")+"_reply", reply)
	}
	k.wire.Status(m, "idle")
	if m.Header.Type == "shutdown_request" {
		k.stop(errShutdown)
	}
}

// badContent is the panic of decode.
type badContent struct{ error }

// guarded answers a request whose content has the wrong shape with an error, and keeps a defect of ours in one answer
// from ending the kernel.
func (k *kernel) guarded(f func(*kernel, *wire.Message) object, m *wire.Message) (reply object) {
	defer func() {
		switch r := recover().(type) {
		case nil:
			return
		case badContent:
			reply = failed("message", r.Error())
		default:
			wire.Log.Printf("%s: %v\n%s", m.Header.Type, r, debug.Stack())
			reply = failed("kernel", "the kernel failed to answer; its log says more")
		}
		wire.Log.Printf("%s: %v", m.Header.Type, reply["evalue"])
	}()
	return f(k, m)
}

func failed(name, value string) object {
	return object{"status": "error", "ename": name, "evalue": value, "traceback": []string{name + ": " + value}}
}

// decode unpacks a request; guarded answers it where its content has the wrong shape.
func decode[T any](m *wire.Message) (v T) {
	if err := json.Unmarshal(m.Content, &v); err != nil {
		panic(badContent{fmt.Errorf("content of %s: %w", m.Header.Type, err)})
	}
	return v
}

func (k *kernel) interrupt(*wire.Message) object {
	k.stopCell()
	return object{"status": "ok"}
}

// shutdown tells all front ends, not only the one that asks.
func (k *kernel) shutdown(m *wire.Message) object {
	r := decode[struct{ Restart bool }](m)
	k.stopCell()
	reply := object{"status": "ok", "restart": r.Restart}
	k.wire.Publish(m, wire.Packet{Type: "shutdown_reply", Content: reply})
	return reply
}

package kernel

import (
	"log"
	"runtime"
	"runtime/debug"
	"strings"
	"unicode/utf8"

	"github.com/hardneg/hardneg/kernel/interp"
	"github.com/hardneg/hardneg/kernel/wire"
)

// handlers answer each type of request: with the reply's content, or nil for none.
var handlers = map[string]func(*kernel, *wire.Message) object{
	"kernel_info_request": (*kernel).info,
	"execute_request":     (*kernel).execute,
	"is_complete_request": (*kernel).isComplete,
	"complete_request":    (*kernel).complete,
	"inspect_request":     (*kernel).inspect,
	"history_request":     (*kernel).past,
	"comm_info_request":   (*kernel).comms,
	"comm_open":           (*kernel).refuseComm,
	"comm_msg":            nil,
	"comm_close":          nil,
	"interrupt_request":   (*kernel).interrupt,
	"shutdown_request":    (*kernel).shutdown,
}

// handle answers a request between a busy and an idle status.
func (k *kernel) handle(m *wire.Message) {
	f, known := handlers[m.Header.Type]
	if !known {
		log.Printf("kernel: no answer to %s", m.Header.Type)
		return
	}
	k.wire.Publish(m, "status", object{"execution_state": "busy"})
	if f != nil {
		if reply := k.guarded(f, m); reply != nil {
			k.wire.Reply(m, strings.TrimSuffix(m.Header.Type, "_request")+"_reply", reply)
		}
	}
	k.wire.Publish(m, "status", object{"execution_state": "idle"})
	if m.Header.Type == "shutdown_request" {
		k.stop(errShutdown)
	}
}

// guarded keeps a defect of ours in one answer from ending the kernel.
func (k *kernel) guarded(f func(*kernel, *wire.Message) object, m *wire.Message) (reply object) {
	defer func() {
		if r := recover(); r != nil {
			log.Printf("kernel: %s: %v\n%s", m.Header.Type, r, debug.Stack())
			reply = object{"status": "error", "ename": "kernel", "evalue": "the kernel failed to answer; its log says more", "traceback": []string{}}
		}
	}()
	return f(k, m)
}

func (k *kernel) info(*wire.Message) object {
	return object{
		"status": "ok", "protocol_version": wire.Version, "implementation": "hardneg", "implementation_version": Version,
		"language_info": object{
			"name": "go", "version": strings.TrimPrefix(runtime.Version(), "go"), "mimetype": "text/x-go",
			"file_extension": ".go", "pygments_lexer": "go", "codemirror_mode": "go", "nbconvert_exporter": "script",
		},
		"banner":             "Go " + strings.TrimPrefix(runtime.Version(), "go") + ", interpreted: the hardneg kernel " + Version,
		"help_links":         []object{{"text": "Go", "url": "https://go.dev/doc/"}, {"text": "hardneg", "url": "https://github.com/hardneg/hardneg"}},
		"supported_features": []string{},
		"debugger":           false,
	}
}

func (k *kernel) isComplete(m *wire.Message) object {
	r := decode[struct{ Code string }](m)
	status, indent := interp.IsComplete(r.Code)
	return object{"status": status, "indent": indent}
}

// place is a request at a position, which the protocol counts in code points.
type place struct {
	Code string `json:"code"`
	Pos  int    `json:"cursor_pos"`
}

func (p place) offset() int {
	n := p.Pos
	for i := range p.Code {
		if n <= 0 {
			return i
		}
		n--
	}
	return len(p.Code)
}

func (k *kernel) complete(m *wire.Message) object {
	p := decode[place](m)
	words, start := k.session.Interp().Complete(p.Code, p.offset())
	if words == nil {
		words = []string{}
	}
	return object{"status": "ok", "matches": words, "cursor_start": utf8.RuneCountInString(p.Code[:start]),
		"cursor_end": utf8.RuneCountInString(p.Code[:p.offset()]), "metadata": object{}}
}

func (k *kernel) inspect(m *wire.Message) object {
	p := decode[place](m)
	text := k.session.Interp().Inspect(p.Code, p.offset())
	data := object{}
	if text != "" {
		data["text/plain"] = text
	}
	return object{"status": "ok", "found": text != "", "data": data, "metadata": object{}}
}

func (k *kernel) comms(*wire.Message) object {
	return object{"status": "ok", "comms": object{}}
}

// refuseComm closes what a front end opens: no widget lives here yet.
func (k *kernel) refuseComm(m *wire.Message) object {
	r := decode[struct {
		ID string `json:"comm_id"`
	}](m)
	k.wire.Publish(m, "comm_close", object{"comm_id": r.ID, "data": object{}})
	return nil
}

func (k *kernel) interrupt(*wire.Message) object {
	k.session.Interrupt()
	return object{"status": "ok"}
}

func (k *kernel) shutdown(m *wire.Message) object {
	r := decode[struct{ Restart bool }](m)
	k.session.Interrupt()
	return object{"status": "ok", "restart": r.Restart}
}

package kernel

import (
	"context"
	"fmt"

	"github.com/hardneg/hardneg/kernel/display"
	"github.com/hardneg/hardneg/kernel/interp"
	"github.com/hardneg/hardneg/kernel/wire"
)

type executeRequest struct {
	Code        string            `json:"code"`
	Silent      bool              `json:"silent"`
	Store       *bool             `json:"store_history"` // absent: true
	Expressions map[string]string `json:"user_expressions"`
	StopOnError *bool             `json:"stop_on_error"` // absent: true
}

func (k *kernel) execute(m *wire.Message) object {
	r := decode[executeRequest](m)
	store := !r.Silent && (r.Store == nil || *r.Store)
	if store {
		k.count++
	}
	if !r.Silent {
		k.wire.Publish(m, "execute_input", object{"code": r.Code, "execution_count": k.count})
	}
	out := published{k.wire, m}
	result, failure := k.session.Execute(context.Background(), interp.Cell{Code: r.Code, Number: k.count}, out)
	text := ""
	if result != nil {
		text = fmt.Sprint(result.Data[display.MIMETypeText])
	}
	if store {
		k.history.add(k.count, r.Code, text)
	}
	if failure != nil {
		content := errorContent(failure)
		if !r.Silent {
			k.wire.Publish(m, "error", content)
		}
		if r.StopOnError == nil || *r.StopOnError {
			k.abortQueued()
		}
		reply := object{"status": "error", "execution_count": k.count, "user_expressions": object{}, "payload": []any{}}
		for key, v := range content {
			reply[key] = v
		}
		return reply
	}
	if result != nil && !r.Silent {
		k.wire.Publish(m, "execute_result", object{"execution_count": k.count,
			"data": orEmpty(result.Data), "metadata": orEmpty(result.Metadata)})
	}
	return object{"status": "ok", "execution_count": k.count, "payload": []any{}, "user_expressions": k.expressions(r.Expressions, out)}
}

// abortQueued answers the cells that wait: they were sent in the belief that the failed one would succeed.
func (k *kernel) abortQueued() {
	for _, m := range k.queue.take("execute_request") {
		k.wire.Publish(m, "status", object{"execution_state": "busy"})
		k.wire.Reply(m, "execute_reply", object{"status": "aborted", "execution_count": k.count})
		k.wire.Publish(m, "status", object{"execution_state": "idle"})
	}
}

func (k *kernel) expressions(exprs map[string]string, out published) object {
	values := object{}
	for name, code := range exprs {
		result, failure := k.session.Execute(context.Background(), interp.Cell{Code: code, Number: k.count}, out)
		switch {
		case failure != nil:
			v := errorContent(failure)
			v["status"] = "error"
			values[name] = v
		case result != nil:
			values[name] = object{"status": "ok", "data": orEmpty(result.Data), "metadata": orEmpty(result.Metadata)}
		default:
			values[name] = object{"status": "ok", "data": object{}, "metadata": object{}}
		}
	}
	return values
}

func errorContent(e *interp.Error) object {
	return object{"ename": e.Name, "evalue": e.Value, "traceback": e.Traceback()}
}

func orEmpty(m display.MIMEMap) display.MIMEMap {
	if m == nil {
		return display.MIMEMap{}
	}
	return m
}

// published sends a cell's output to the front ends, as children of the request.
type published struct {
	wire   *wire.Wire
	parent *wire.Message
}

func (p published) Stream(name, text string) {
	p.wire.Publish(p.parent, "stream", object{"name": name, "text": text})
}

func (p published) Display(d display.Data, update bool) {
	kind := "display_data"
	if update {
		kind = "update_display_data"
	}
	p.wire.Publish(p.parent, kind, object{"data": orEmpty(d.Data), "metadata": orEmpty(d.Metadata), "transient": orEmpty(d.Transient)})
}

func (p published) Clear(wait bool) {
	p.wire.Publish(p.parent, "clear_output", object{"wait": wait})
}

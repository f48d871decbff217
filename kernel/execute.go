package kernel

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/hardneg/hardneg/kernel/display"
	"github.com/hardneg/hardneg/kernel/interp"
	"github.com/hardneg/hardneg/kernel/wire"
)

type executeRequest struct {
	Code        string            `json:"code"`
	Silent      bool              `json:"silent"`        // nothing is published, nor kept in the history
	Store       *bool             `json:"store_history"` // absent: true
	Expressions map[string]string `json:"user_expressions"`
	Stdin       bool              `json:"allow_stdin"`
	StopOnError *bool             `json:"stop_on_error"` // absent: true
}

func (k *kernel) execute(m *wire.Message) object {
	r := decode[executeRequest](m)
	store := !r.Silent && (r.Store == nil || *r.Store)
	if store {
		k.count++
	}
	publish := func(msgType string, content object) {
		if !r.Silent {
			k.wire.Publish(m, wire.Packet{Type: msgType, Content: content})
		}
	}
	publish("execute_input", object{"code": r.Code, "execution_count": k.count})
	if text, ok := k.session.Page(r.Code); ok {
		if store {
			k.history.Add(k.count, r.Code, "")
		}
		return k.succeeded(r, []any{object{"source": "page", "data": object{"text/plain": text}, "start": 0}})
	}
	out := &output{k: k, parent: m, silent: r.Silent, stdin: r.Stdin}
	if k.died != "" && !r.Silent {
		out.Stream("stderr", k.died)
		k.died = ""
	}
	ran := k.runs(r.Code)
	result, failure := k.session.Execute(context.Background(), interp.Cell{Code: r.Code, Number: k.count}, out)
	ran()
	text := ""
	if result != nil {
		text = fmt.Sprint(result.Data[display.MIMETypeText])
	}
	if store {
		k.history.Add(k.count, r.Code, text)
	}
	if failure != nil {
		content := errorContent(failure)
		publish("error", content)
		if !r.Silent && (r.StopOnError == nil || *r.StopOnError) { // a front end's own question stops no user's cell
			k.aborted = k.queue.waiting()
		}
		reply := object{"status": "error", "execution_count": k.count, "user_expressions": object{}, "payload": []any{}}
		for key, v := range content {
			reply[key] = v
		}
		return reply
	}
	if result != nil {
		publish("execute_result", object{"execution_count": k.count,
			"data": result.Data, "metadata": result.Metadata})
	}
	return k.succeeded(r, []any{})
}

func (k *kernel) succeeded(r executeRequest, payload []any) object {
	return object{"status": "ok", "execution_count": k.count, "payload": payload, "user_expressions": k.expressions(r.Expressions)}
}

// abort answers the cells that were to follow one that failed.
func (k *kernel) abort() {
	for _, m := range k.aborted {
		k.wire.Status(m, "busy")
		k.wire.Reply(m, "execute_reply", object{"status": "aborted", // without a count: the cell has none
			"ename": "aborted", "evalue": "a cell before this one failed", "traceback": []string{}})
		k.wire.Status(m, "idle")
	}
	k.aborted = nil
}

// expressions evaluates what a request asks for besides its cell.
func (k *kernel) expressions(exprs map[string]string) object {
	values := object{}
	for _, name := range slices.Sorted(maps.Keys(exprs)) {
		code := exprs[name]
		result, failure := k.session.Execute(context.Background(), interp.Cell{Code: code, Number: k.count}, &output{k: k, silent: true})
		switch {
		case failure != nil:
			v := errorContent(failure)
			v["status"] = "error"
			values[name] = v
		case result != nil:
			values[name] = object{"status": "ok", "data": result.Data, "metadata": result.Metadata}
		default:
			values[name] = object{"status": "ok", "data": object{}, "metadata": object{}}
		}
	}
	return values
}

func errorContent(e *interp.Error) object {
	return object{"ename": e.Name, "evalue": e.Value, "traceback": e.Traceback()}
}

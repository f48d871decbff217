package kernel

import (
	"context"

	"github.com/hardneg/hardneg/kernel/display"
	"github.com/hardneg/hardneg/kernel/session"
	"github.com/hardneg/hardneg/kernel/wire"
)

// output sends what a cell produces to the front ends, as children of the request.
type output struct {
	k      *kernel
	parent *wire.Message
	silent bool // nothing is sent
	stdin  bool // the front end answers questions
}

func (o *output) publish(msgType string, content object) {
	if !o.silent {
		o.k.wire.Publish(o.parent, wire.Packet{Type: msgType, Content: content})
	}
}

func (o *output) Stream(name, text string) {
	o.publish("stream", object{"name": name, "text": text})
}

func (o *output) Display(d display.Data, update bool) {
	kind := "display_data"
	if update {
		kind = "update_display_data"
	}
	o.publish(kind, object{"data": d.Data, "metadata": d.Metadata, "transient": d.Transient})
}

func (o *output) Clear(wait bool) { o.publish("clear_output", object{"wait": wait}) }

// Ask asks the user of the front end that sent the cell.
func (o *output) Ask(ctx context.Context, prompt string, secret bool) (string, error) {
	if !o.stdin {
		return "", session.ErrNoAnswer
	}
	return o.k.answers.wait(ctx, func() error {
		return o.k.wire.Ask(o.parent, "input_request", object{"prompt": prompt, "password": secret})
	})
}

package kernel

import (
	"unicode/utf8"

	"github.com/hardneg/hardneg/kernel/interp"
	"github.com/hardneg/hardneg/kernel/wire"
)

// isComplete tells a console whether to run what was typed, or to ask for another line and how far to indent it.
func (k *kernel) isComplete(m *wire.Message) object {
	r := decode[struct{ Code string }](m)
	status, indent := interp.IsComplete(r.Code)
	if status == interp.Incomplete {
		return object{"status": status, "indent": indent}
	}
	return object{"status": status}
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
	from, to := utf8.RuneCountInString(p.Code[:start]), utf8.RuneCountInString(p.Code[:p.offset()])
	matches, kinds := []string{}, []object{}
	for _, w := range words {
		matches = append(matches, w.Name)
		kinds = append(kinds, object{"text": w.Name, "type": w.Kind, "start": from, "end": to})
	}
	return object{"status": "ok", "matches": matches, "cursor_start": from, "cursor_end": to,
		"metadata": object{"_jupyter_types_experimental": kinds}} // the name that ipykernel gave it and front ends know
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

package kernel

import (
	"fmt"

	"github.com/hardneg/hardneg/kernel/internal/history"
	"github.com/hardneg/hardneg/kernel/wire"
)

type historyRequest struct {
	Output  bool    `json:"output"`
	Access  string  `json:"hist_access_type"` // range, tail or search
	Session int     `json:"session"`          // of a range; 0: this one, -1: the one before
	Start   int     `json:"start"`
	Stop    int     `json:"stop"` // absent or null: the end
	N       *int    `json:"n"`    // of tail and search
	Pattern *string `json:"pattern"`
	Unique  bool    `json:"unique"`
}

// tail is how many entries a request gets that does not say.
const tail = 10

// past answers history_request. What is raw and what is not is the same here.
func (k *kernel) past(m *wire.Message) object {
	r := decode[historyRequest](m)
	var found []history.Entry
	switch r.Access {
	case "range":
		found = k.history.Range(r.Session, r.Start, r.Stop)
	case "search":
		pattern, n := "*", 0
		if r.Pattern != nil {
			pattern = *r.Pattern
		}
		if r.N != nil {
			n = *r.N
		}
		found = k.history.Search(pattern, r.Unique, n)
	case "tail":
		n := tail
		if r.N != nil {
			n = *r.N
		}
		found = k.history.Tail(n)
	default:
		panic(badContent{fmt.Errorf("content of %s: hist_access_type is %q, want range, tail or search", m.Header.Type, r.Access)})
	}
	list := make([]any, len(found))
	for i, e := range found {
		list[i] = []any{e.Session, e.Line, e.Code}
		if r.Output {
			var shown any
			if e.Shown != "" {
				shown = e.Shown
			}
			list[i] = []any{e.Session, e.Line, []any{e.Code, shown}}
		}
	}
	return object{"status": "ok", "history": list}
}

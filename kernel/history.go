package kernel

import (
	"github.com/hardneg/hardneg/kernel/wire"
)

// history is what was executed since the kernel started, in memory.
type history struct{ entries []executed }

type executed struct {
	line        int
	code, shown string
}

// entriesKept bounds the history.
const entriesKept = 10_000

func (h *history) add(line int, code, shown string) {
	h.entries = append(h.entries, executed{line, code, shown})
	if extra := len(h.entries) - entriesKept; extra > 0 {
		h.entries = h.entries[extra:]
	}
}

type historyRequest struct {
	Output  bool   `json:"output"`
	Access  string `json:"hist_access_type"`
	Start   int    `json:"start"`
	Stop    int    `json:"stop"`
	N       int    `json:"n"`
	Pattern string `json:"pattern"`
	Unique  bool   `json:"unique"`
}

func (k *kernel) past(m *wire.Message) object {
	r := decode[historyRequest](m)
	found := k.history.find(r)
	list := make([]any, len(found))
	for i, e := range found {
		list[i] = []any{0, e.line, e.code}
		if r.Output {
			list[i] = []any{0, e.line, []any{e.code, e.shown}}
		}
	}
	return object{"status": "ok", "history": list}
}

func (h *history) find(r historyRequest) (found []executed) {
	for _, e := range h.entries {
		switch r.Access {
		case "range":
			if e.line < r.Start || r.Stop > 0 && e.line >= r.Stop {
				continue
			}
		case "search":
			if !matches(r.Pattern, e.code) {
				continue
			}
		}
		found = append(found, e)
	}
	if r.Unique {
		found = lastOfEach(found)
	}
	if r.Access != "range" && r.N > 0 && len(found) > r.N {
		found = found[len(found)-r.N:]
	}
	return found
}

func lastOfEach(all []executed) (out []executed) {
	last := map[string]int{}
	for i, e := range all {
		last[e.code] = i
	}
	for i, e := range all {
		if last[e.code] == i {
			out = append(out, e)
		}
	}
	return out
}

// matches compares a text with a pattern in which * stands for any text and ? for one letter.
func matches(pattern, text string) bool {
	p, t := []rune(pattern), []rune(text)
	star, back := -1, 0
	i, j := 0, 0
	for j < len(t) {
		switch {
		case i < len(p) && p[i] == '*':
			star, back = i, j
			i++
		case i < len(p) && (p[i] == '?' || p[i] == t[j]):
			i, j = i+1, j+1
		case star >= 0:
			back++
			i, j = star+1, back
		default:
			return false
		}
	}
	for i < len(p) && p[i] == '*' {
		i++
	}
	return i == len(p)
}

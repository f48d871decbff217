package notebook

import (
	"strings"
	"sync"

	"github.com/hardneg/hardneg/kernel/display"
	"github.com/hardneg/hardneg/kernel/interp"
)

// outputs gathers what a cell produces as the notebook stores it, and updates in place what earlier cells have shown.
type outputs struct {
	mu      sync.Mutex
	list    []any
	pending bool // the next output clears those before it
	shown   map[string][]object
}

func (o *outputs) Stream(name, text string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.clearPending()
	if n := len(o.list); n > 0 {
		if last := o.list[n-1].(object); last["output_type"] == "stream" && last["name"] == name {
			last["text"] = overwrite(last["text"].(string) + text)
			return
		}
	}
	o.list = append(o.list, object{"output_type": "stream", "name": name, "text": overwrite(text)})
}

// overwrite does what a carriage return does on a screen: what follows it stands in the line's place.
func overwrite(s string) string {
	if !strings.Contains(s, "\r") {
		return s
	}
	rows := strings.SplitAfter(s, "\n")
	for i, row := range rows {
		end := ""
		if strings.HasSuffix(row, "\n") {
			row, end = strings.TrimSuffix(strings.TrimSuffix(row, "\n"), "\r"), "\n"
		}
		if k := strings.LastIndexByte(strings.TrimSuffix(row, "\r"), '\r'); k >= 0 {
			row = row[k+1:]
		}
		rows[i] = row + end
	}
	return strings.Join(rows, "")
}

func (o *outputs) Display(d display.Data, update bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	id, _ := d.Transient["display_id"].(string)
	if update {
		for _, out := range o.shown[id] {
			out["data"], out["metadata"] = plain(d.Data), plain(d.Metadata)
		}
		return
	}
	o.clearPending()
	out := object{"output_type": "display_data", "data": plain(d.Data), "metadata": plain(d.Metadata)}
	o.list = append(o.list, out)
	if id != "" {
		o.shown[id] = append(o.shown[id], out)
	}
}

func (o *outputs) Clear(wait bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.pending = wait
	if !wait {
		o.list = nil
	}
}

func (o *outputs) clearPending() {
	if o.pending {
		o.list, o.pending = nil, false
	}
}

// start begins a cell.
func (o *outputs) start() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.list, o.pending = nil, false
}

// end adds the cell's result or failure and returns all.
func (o *outputs) end(number int, result *display.Data, failure *interp.Error) []any {
	o.mu.Lock()
	defer o.mu.Unlock()
	if result != nil {
		o.clearPending()
		o.list = append(o.list, object{"output_type": "execute_result", "execution_count": number,
			"data": plain(result.Data), "metadata": plain(result.Metadata)})
	}
	if failure != nil {
		o.clearPending()
		trace := []any{}
		for _, line := range failure.Traceback() {
			trace = append(trace, line)
		}
		o.list = append(o.list, object{"output_type": "error", "ename": failure.Name, "evalue": failure.Value, "traceback": trace})
	}
	out := o.list
	if out == nil {
		out = []any{}
	}
	return out
}

func plain(m display.MIMEMap) object {
	if m == nil {
		return object{}
	}
	return m
}

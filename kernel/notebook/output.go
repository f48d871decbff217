package notebook

import (
	"strings"
	"sync"

	"github.com/hardneg/hardneg/kernel/display"
	"github.com/hardneg/hardneg/kernel/interp"
)

// board is what the cells of a notebook have shown so far: a later cell may change what an earlier one has shown, and a
// goroutine may print when its cell has ended.
type board struct {
	mu    sync.Mutex // guards this and all outputs
	shown map[string][]object
}

// outputs gathers what one cell produces, as the notebook stores it.
type outputs struct {
	board   *board
	list    []any
	pending bool // the next output clears those before it
}

func (o *outputs) Stream(name, text string) {
	o.board.mu.Lock()
	defer o.board.mu.Unlock()
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
	o.board.mu.Lock()
	defer o.board.mu.Unlock()
	id, _ := d.Transient["display_id"].(string)
	if update {
		for _, out := range o.board.shown[id] {
			out["data"], out["metadata"] = d.Data, d.Metadata
		}
		return
	}
	o.clearPending()
	out := object{"output_type": "display_data", "data": d.Data, "metadata": d.Metadata}
	o.list = append(o.list, out)
	if id != "" {
		o.board.shown[id] = append(o.board.shown[id], out)
	}
}

func (o *outputs) Clear(wait bool) {
	o.board.mu.Lock()
	defer o.board.mu.Unlock()
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

// end adds the cell's result or failure.
func (o *outputs) end(number int, result *display.Data, failure *interp.Error) {
	o.board.mu.Lock()
	defer o.board.mu.Unlock()
	if result != nil {
		o.clearPending()
		o.list = append(o.list, object{"output_type": "execute_result", "execution_count": number,
			"data": result.Data, "metadata": result.Metadata})
	}
	if failure != nil {
		o.clearPending()
		trace := []any{}
		for _, line := range failure.Traceback() {
			trace = append(trace, line)
		}
		o.list = append(o.list, object{"output_type": "error", "ename": failure.Name, "evalue": failure.Value, "traceback": trace})
	}
}

// stored is all of it as the notebook has it; the board is locked.
func (o *outputs) stored() []any { return append([]any{}, o.list...) }

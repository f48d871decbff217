package kernel

import (
	"strings"

	"github.com/hardneg/hardneg/kernel/internal/history"
	"github.com/hardneg/hardneg/kernel/wire"
)

// Some errors of Go's end the process, whatever a program does: maps written by two goroutines at once, memory that is not
// there. The cell that is about to run is therefore on disk, and the next kernel tells which one it was.

// remember tells of kernels that died, in the log and to the first cell, and makes the file for this one.
func (k *kernel) remember(o Options) {
	if o.NoHistory {
		return
	}
	file, err := history.Place()
	if err != nil || file == nil {
		return
	}
	r, died, err := file.Running()
	if err != nil {
		wire.Log.Printf("the running cell will not be written down: %v", err)
	} else {
		k.running = r
	}
	var text []string
	for _, d := range died {
		wire.Log.Print(d)
		text = append(text, d.String())
	}
	k.died = strings.Join(text, "")
}

// runs writes down a cell until ended is called.
func (k *kernel) runs(code string) (ended func()) {
	if k.running == nil {
		return func() {}
	}
	if err := k.running.Begin(k.count, code); err != nil {
		wire.Log.Printf("the running cell is not written down: %v", err)
	}
	return func() {
		if err := k.running.End(); err != nil {
			wire.Log.Printf("the cell that ended is still written down: %v", err)
		}
	}
}

package interp

import (
	"fmt"
	"runtime"
	"testing"
)

// A cell that declares a variable and shows it keeps little beyond the variable: `go test -run Heap -v` prints how much.
func TestHeapOfCells(t *testing.T) {
	in := New()
	const cells = 4000
	run := func(from, to int) {
		for i := from; i < to; i++ {
			if got := evaluate(in, i+1, fmt.Sprintf("x%d := %d\nx%d", i, i, i)); got != fmt.Sprint(i) {
				t.Fatalf("cell %d: %s", i, got)
			}
		}
	}
	heap := func() uint64 {
		var m runtime.MemStats
		runtime.GC()
		runtime.GC()
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	run(0, keep) // whose texts are kept
	before := heap()
	run(keep, keep+cells)
	each := (int64(heap()) - int64(before)) / cells
	runtime.KeepAlive(in)
	t.Logf("%d bytes a cell", each)
	if each > 2000 {
		t.Errorf("a cell keeps %d bytes, more than 2000", each)
	}
}

package session

import (
	"fmt"
	"math"
	"os"
	"runtime/debug"
	"runtime/metrics"
	"time"

	"github.com/hardneg/hardneg/kernel/interp"
)

// A process that wants more memory than there is is ended by the operating system, with all that the user has computed.
// A cell that comes near is therefore stopped. The limit is that of the environment variable GOMEMLIMIT, which Go reads
// too ("8GiB"; "off" for none), else three quarters of the machine's memory or of the container's, whichever is less.

// memoryLimit is the limit in bytes, 0 for none.
func memoryLimit() int64 {
	if os.Getenv("GOMEMLIMIT") != "" {
		if limit := debug.SetMemoryLimit(-1); limit < math.MaxInt64 {
			return limit
		}
		return 0
	}
	limit := machineMemory() / 4 * 3
	if limit > 0 {
		debug.SetMemoryLimit(limit) // the collector works harder before a cell is stopped
	}
	return limit
}

// glance is how often a running cell's memory is looked at.
const glance = 50 * time.Millisecond

// watchMemory stops the running cell when the process uses more than limit bytes, until the returned function is called.
// A cell that starts above the limit, with what earlier ones have kept, may use a sixteenth more: it may be the one that
// lets go of it.
func watchMemory(in *interp.Interp, limit int64) (end func()) {
	if limit <= 0 {
		return func() {}
	}
	done := make(chan struct{})
	go func() {
		t := time.NewTicker(glance)
		defer t.Stop()
		allowed := max(limit, inUse()+limit/16)
		for {
			select {
			case <-done:
				return
			case <-t.C:
			}
			if now := inUse(); now > allowed {
				in.InterruptFor(&interp.Error{Name: "memory", Value: fmt.Sprintf("the cell was stopped, since the kernel uses %d MiB of memory and its limit is %d MiB; "+
					"what the cell had done so far is kept, set large variables to nil to go on. GOMEMLIMIT in the kernel's environment sets another limit", now>>20, limit>>20)})
				return
			}
		}
	}()
	return func() { close(done) }
}

// inUse is how many bytes the process's values and stacks take.
func inUse() int64 {
	s := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}, {Name: "/memory/classes/heap/stacks:bytes"}}
	metrics.Read(s)
	return int64(s[0].Value.Uint64() + s[1].Value.Uint64())
}

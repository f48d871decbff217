package interp

import (
	"fmt"
	"os"
	"strconv"
	"strings"
)

// kill ends a process and those that it has started, which would otherwise run on and hold its pipes open.
func kill(p *os.Process) error {
	killChildren(p.Pid)
	return p.Kill()
}

func killChildren(pid int) {
	list, err := os.ReadFile(fmt.Sprintf("/proc/%d/task/%d/children", pid, pid))
	if err != nil {
		return // it has ended, or this kernel does not tell
	}
	for _, s := range strings.Fields(string(list)) {
		child, err := strconv.Atoi(s)
		if err != nil {
			continue
		}
		killChildren(child)
		if p, err := os.FindProcess(child); err == nil {
			p.Kill()
		}
	}
}

package session

import (
	"os"
	"strconv"
	"strings"
)

// machineMemory is how many bytes of memory there are for this process, 0 if that cannot be known.
func machineMemory() (least int64) {
	keep := func(n int64, err error) {
		if err == nil && n > 0 && (least == 0 || n < least) {
			least = n
		}
	}
	for _, name := range []string{"/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"} {
		if b, err := os.ReadFile(name); err == nil {
			keep(strconv.ParseInt(strings.TrimSpace(string(b)), 10, 64)) // "max" is no number, and no limit
		}
	}
	info, _ := os.ReadFile("/proc/meminfo")
	for line := range strings.Lines(string(info)) {
		if f := strings.Fields(line); len(f) >= 2 && f[0] == "MemTotal:" {
			kib, err := strconv.ParseInt(f[1], 10, 64)
			keep(kib<<10, err)
		}
	}
	return least
}

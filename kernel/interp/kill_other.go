//go:build !linux

package interp

import "os"

// kill ends a process.
func kill(p *os.Process) error { return p.Kill() }

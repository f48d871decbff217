//go:build !linux && !darwin

package session

// machineMemory is how many bytes of memory the machine has, 0 if that cannot be known: not here. GOMEMLIMIT sets a limit.
func machineMemory() int64 { return 0 }

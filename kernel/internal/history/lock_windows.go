package history

import (
	"os"

	"golang.org/x/sys/windows"
)

// lock takes f for this process, or fails at once. The system drops the lock of a process that ends.
func lock(f *os.File) (unlock func(), err error) {
	h := windows.Handle(f.Fd())
	const how = windows.LOCKFILE_EXCLUSIVE_LOCK | windows.LOCKFILE_FAIL_IMMEDIATELY
	if err := windows.LockFileEx(h, how, 0, 1, 0, &windows.Overlapped{}); err != nil {
		return nil, err
	}
	return func() { windows.UnlockFileEx(h, 0, 1, 0, &windows.Overlapped{}) }, nil
}

//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package datasets

import (
	"os"
	"syscall"
)

// lockFile makes path and locks it, or returns errLocked at once if another process or goroutine holds it. The
// system drops the lock of a process that ends, however it ends.
func lockFile(path string) (unlock func(), err error) {
	for {
		f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o644)
		if err != nil {
			return nil, err
		}
		if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
			f.Close()
			if err == syscall.EWOULDBLOCK {
				return nil, errLocked
			}
			return nil, &os.PathError{Op: "flock", Path: path, Err: err}
		}
		mine, err := f.Stat()
		if now, err2 := os.Stat(path); err != nil || err2 != nil || !os.SameFile(mine, now) {
			f.Close() // its holder removed it in between
			continue
		}
		return func() { os.Remove(path); f.Close() }, nil
	}
}

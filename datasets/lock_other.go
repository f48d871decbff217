//go:build !(darwin || dragonfly || freebsd || linux || netbsd || openbsd || windows)

package datasets

import (
	"errors"
	"io/fs"
	"os"
)

// lockFile makes path, or returns errLocked if it is there: where the system has no better lock. A process that
// is killed leaves it behind.
func lockFile(path string) (unlock func(), err error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644)
	if errors.Is(err, fs.ErrExist) {
		return nil, errLocked
	}
	if err != nil {
		return nil, err
	}
	f.Close()
	return func() { os.Remove(path) }, nil
}

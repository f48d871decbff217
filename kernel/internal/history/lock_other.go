//go:build !(darwin || dragonfly || freebsd || linux || netbsd || openbsd || windows)

package history

import (
	"errors"
	"os"
)

// lock fails: the history of such a system is in memory only.
func lock(*os.File) (unlock func(), err error) {
	return nil, errors.New("files cannot be locked on this system")
}

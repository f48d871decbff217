//go:build !windows

package kernel

import (
	"context"
	"os"
	"time"
)

// parent is the process that started this one; it is asked for at once, before it can have died.
var parent = os.Getppid()

// watchParent calls died when the process that started this one ends: an orphan gets another parent. That the parent is
// process 1 says nothing by itself, since in a container the server is.
func watchParent(ctx context.Context, died func()) {
	t := time.NewTicker(250 * time.Millisecond)
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-t.C:
			if os.Getppid() != parent {
				died()
				return
			}
		}
	}
}

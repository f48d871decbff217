//go:build !windows

package kernel

import (
	"context"
	"os"
	"time"
)

// watchParent calls died when the process that started this one ends: an orphan gets another parent. That the parent is
// process 1 says nothing by itself, since in a container the server is.
func watchParent(ctx context.Context, died func()) {
	parent := os.Getppid()
	t := time.NewTicker(500 * time.Millisecond)
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

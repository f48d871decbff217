package kernel

import (
	"context"
	"os"
)

// watchParent calls died when the process that started this one ends: it waits on the parent's handle.
func watchParent(ctx context.Context, died func()) {
	p, err := os.FindProcess(os.Getppid())
	if err != nil {
		return
	}
	if _, err := p.Wait(); err == nil && ctx.Err() == nil {
		died()
	}
}

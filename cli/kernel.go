package cli

import (
	"context"
	"errors"
	"io"
)

func kernelCommand(ctx context.Context, args []string, out, errw io.Writer) int {
	return fail(errw, errors.New("kernel: not built yet"))
}

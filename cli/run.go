package cli

import (
	"context"
	"errors"
	"io"
)

func runCommand(ctx context.Context, args []string, out, errw io.Writer) int {
	return fail(errw, errors.New("run: not built yet"))
}

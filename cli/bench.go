package cli

import (
	"context"
	"errors"
	"io"
)

func benchCommand(ctx context.Context, args []string, out, errw io.Writer) int {
	return fail(errw, errors.New("bench: not built yet"))
}

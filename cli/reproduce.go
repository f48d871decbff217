package cli

import (
	"context"
	"errors"
	"io"
)

func reproduceCommand(ctx context.Context, args []string, out, errw io.Writer) int {
	return fail(errw, errors.New("reproduce: not built yet"))
}

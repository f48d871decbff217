package cli

import (
	"context"
	"errors"
	"io"
)

func dataCommand(ctx context.Context, args []string, out, errw io.Writer) int {
	return fail(errw, errors.New("data: not built yet"))
}

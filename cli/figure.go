package cli

import (
	"context"
	"errors"
	"io"
)

func figureCommand(ctx context.Context, args []string, out, errw io.Writer) int {
	return fail(errw, errors.New("figure: not built yet"))
}

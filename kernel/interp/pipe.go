package interp

import (
	"context"
	"io"

	"github.com/hardneg/hardneg/kernel/interp/stop"
)

// The ends of an io.Pipe wait for each other. An interrupt of the cell that has made it closes it, and so does one of a
// cell that reads or writes it.

func init() {
	type transfer = func([]byte) (int, error)
	method("Read", func(r *io.PipeReader) transfer {
		return func(p []byte) (int, error) {
			defer context.AfterFunc(stop.Context(), func() { r.CloseWithError(ErrInterrupted) })()
			return r.Read(p)
		}
	})
	method("Write", func(w *io.PipeWriter) transfer {
		return func(p []byte) (int, error) {
			defer context.AfterFunc(stop.Context(), func() { w.CloseWithError(ErrInterrupted) })()
			return w.Write(p)
		}
	})
}

func pipe() (*io.PipeReader, *io.PipeWriter) {
	r, w := io.Pipe()
	context.AfterFunc(stop.Context(), func() {
		r.CloseWithError(ErrInterrupted)
		w.CloseWithError(ErrInterrupted)
	})
	return r, w
}

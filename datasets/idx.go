package datasets

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
	"io"
)

// readIDX reads the file path from r: uint8 values with exactly the dimensions dims. sum sees each byte.
//
// An IDX file is a magic number (two zero bytes, the type of the values, 8 for uint8, the number of dimensions), the
// length of each dimension as a 32-bit big-endian integer, then the values, the last dimension fastest.
func readIDX(r io.Reader, set, path string, dims []int, sum hash.Hash) ([]uint8, error) {
	fail := func(at int64, err error, format string, args ...any) error {
		if err == io.EOF || errors.Is(err, io.ErrUnexpectedEOF) {
			err = nil
		}
		return &FileError{Set: set, Path: path, Offset: at, Problem: fmt.Sprintf(format, args...), Err: err}
	}
	head := make([]byte, 4*(1+len(dims)))
	if got, err := io.ReadFull(r, head); err != nil {
		return nil, fail(int64(got), err, "the file ends in its header of %d bytes%s", len(head), kindOf(head[:got]))
	}
	sum.Write(head)
	if got, want := binary.BigEndian.Uint32(head), uint32(0x0800+len(dims)); got != want {
		return nil, fail(0, nil, "magic number %#08x, want %#08x: an IDX file of uint8 with %d dimensions%s", got, want, len(dims), kindOf(head))
	}
	total := 1
	for d, want := range dims {
		if got := binary.BigEndian.Uint32(head[4+4*d:]); uint64(got) != uint64(want) {
			return nil, fail(int64(4+4*d), nil, "dimension %d has length %d, want %d", d, got, want)
		}
		total *= want
	}
	values := make([]uint8, total)
	if got, err := io.ReadFull(r, values); err != nil {
		return nil, fail(int64(len(head)+got), err, "the file ends, want %d bytes after the header of %d", total, len(head))
	}
	sum.Write(values)
	if problem, err := atEnd(r); problem != "" {
		return nil, fail(int64(len(head)+total), err, "%s, want %d bytes after the header of %d", problem, total, len(head))
	}
	return values, nil
}

// checkLabels is an error for a label that is no class; labels begin at offset first of the file.
func checkLabels(labels []uint8, classes int, set, path string, first int) error {
	for i, l := range labels {
		if int(l) >= classes {
			return &FileError{Set: set, Path: path, Offset: int64(first + i),
				Problem: fmt.Sprintf("label %d of image %d, want 0 to %d", l, i, classes-1)}
		}
	}
	return nil
}

// greyToRGB is (N, 3): each value three times.
func greyToRGB(grey []uint8) []uint8 {
	rgb := make([]uint8, 3*len(grey))
	for i, v := range grey {
		rgb[3*i], rgb[3*i+1], rgb[3*i+2] = v, v, v
	}
	return rgb
}

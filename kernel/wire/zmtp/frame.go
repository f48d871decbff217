// Package zmtp is as much of ZeroMQ as a kernel needs: sockets of the types ROUTER, REP and PUB that listen, over TCP or
// a Unix socket, with the mechanism NULL of ZMTP 3.0 (https://rfc.zeromq.org/spec/23/).
//
// It takes nothing on trust: a peer that sends what is no ZMTP, claims a length that it does not send, is silent or has
// stopped reading loses its own connection or its own messages, and costs the others nothing.
package zmtp

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// The bounds of one message. Whoever exceeds them is not heard again.
const (
	MaxFrames = 1024
	MaxBytes  = 256 << 20
)

// ErrFrame is the error for bytes that are no ZMTP.
var ErrFrame = errors.New("malformed frame")

// The flags of a frame.
const (
	more    = 1
	long    = 2
	command = 4
)

// chunk is how many bytes are made room for before any of them has come.
const chunk = 64 << 10

// ReadMessage reads the frames of a message, or the single frame of a command.
func ReadMessage(r *bufio.Reader) (frames [][]byte, isCommand bool, err error) {
	total := 0
	for {
		flags, err := r.ReadByte()
		if err != nil {
			return nil, false, cut(err, len(frames) > 0)
		}
		switch {
		case flags&^(more|long|command) != 0:
			return nil, false, fmt.Errorf("%w: flags %#x", ErrFrame, flags)
		case flags&command != 0 && (flags&more != 0 || len(frames) > 0):
			return nil, false, fmt.Errorf("%w: a command inside a message", ErrFrame)
		case len(frames) == MaxFrames:
			return nil, false, fmt.Errorf("%w: more than %d frames", ErrFrame, MaxFrames)
		}
		size, err := readSize(r, flags&long != 0)
		if err != nil {
			return nil, false, cut(err, true)
		}
		if size > uint64(MaxBytes-total) {
			return nil, false, fmt.Errorf("%w: more than %d bytes", ErrFrame, MaxBytes)
		}
		total += int(size)
		body, err := readBody(r, int(size))
		if err != nil {
			return nil, false, cut(err, true)
		}
		frames = append(frames, body)
		if flags&more == 0 {
			return frames, flags&command != 0, nil
		}
	}
}

func readSize(r *bufio.Reader, isLong bool) (uint64, error) {
	if !isLong {
		b, err := r.ReadByte()
		return uint64(b), err
	}
	var b [8]byte
	_, err := io.ReadFull(r, b[:])
	return binary.BigEndian.Uint64(b[:]), err
}

// readBody makes room as bytes come, not as they are claimed.
func readBody(r *bufio.Reader, size int) ([]byte, error) {
	if size <= chunk {
		b := make([]byte, size)
		_, err := io.ReadFull(r, b)
		return b, err
	}
	var b bytes.Buffer
	n, err := io.CopyN(&b, r, int64(size))
	if err == nil && n < int64(size) {
		err = io.ErrUnexpectedEOF
	}
	return b.Bytes(), err
}

// cut tells an end in the middle from one between messages.
func cut(err error, inside bool) error {
	if errors.Is(err, io.EOF) && inside {
		return io.ErrUnexpectedEOF
	}
	return err
}

// Encode writes the frames of a message as they go over the wire.
func Encode(frames [][]byte) []byte {
	n := 0
	for _, f := range frames {
		n += len(f) + 9
	}
	out := make([]byte, 0, n)
	for i, f := range frames {
		flags := byte(more)
		if i == len(frames)-1 {
			flags = 0
		}
		out = appendFrame(out, flags, f)
	}
	return out
}

func appendFrame(out []byte, flags byte, body []byte) []byte {
	if len(body) > 255 {
		out = append(out, flags|long)
		out = binary.BigEndian.AppendUint64(out, uint64(len(body)))
	} else {
		out = append(out, flags, byte(len(body)))
	}
	return append(out, body...)
}

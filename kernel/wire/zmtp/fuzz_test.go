package zmtp

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"testing"
)

// No bytes crash the reader or make it allocate what was only claimed, and what it reads is what Encode writes.
func FuzzFrames(f *testing.F) {
	f.Add(Encode([][]byte{[]byte("a"), nil, bytes.Repeat([]byte("x"), 300)}))
	f.Add([]byte{2, 0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF})
	f.Add([]byte{1, 0, 4, 1, 0})
	f.Add(appendCommand(nil, "PING", []byte{0, 1, 'c'}))
	f.Fuzz(func(t *testing.T, data []byte) {
		r := bufio.NewReader(bytes.NewReader(data))
		for {
			frames, isCommand, err := ReadMessage(r)
			if err != nil {
				if !errors.Is(err, ErrFrame) && err != io.EOF && err != io.ErrUnexpectedEOF {
					t.Errorf("error %v", err)
				}
				return
			}
			if isCommand {
				name, body, ok := readCommand(frames[0])
				if ok && len(name)+len(body)+1 != len(frames[0]) {
					t.Errorf("%q is read as %q and %q", frames[0], name, body)
				}
				continue
			}
			again, _, err := ReadMessage(bufio.NewReader(bytes.NewReader(Encode(frames))))
			if err != nil || len(again) != len(frames) {
				t.Fatalf("%q is written so that it reads %q, %v", frames, again, err)
			}
			for i := range frames {
				if !bytes.Equal(frames[i], again[i]) {
					t.Errorf("frame %d: %q became %q", i, frames[i], again[i])
				}
			}
		}
	})
}

// No greeting crashes us, and none is accepted but that of a peer whose type fits.
func FuzzGreeting(f *testing.F) {
	hello := append([]byte{0xFF, 0, 0, 0, 0, 0, 0, 0, 1, 0x7F, 3, 1, 'N', 'U', 'L', 'L'}, make([]byte, 48)...)
	f.Add(append(hello, appendCommand(nil, "READY", appendProperty(appendProperty(nil, "Socket-Type", "DEALER"), "Identity", "me"))...))
	f.Add(append(hello, appendCommand(nil, "ERROR", []byte("\x02no"))...))
	f.Add(hello)
	f.Fuzz(func(t *testing.T, data []byte) {
		for kind, peers := range compatible {
			_, err := greet(io.Discard, bufio.NewReader(bytes.NewReader(data)), kind)
			if err != nil {
				continue
			}
			fits := false
			for _, p := range peers {
				fits = fits || bytes.Contains(data, []byte(p))
			}
			if !fits || !bytes.Contains(data, []byte("NULL")) {
				t.Errorf("a %s accepted %q", kind, data)
			}
		}
	})
}

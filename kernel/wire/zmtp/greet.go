package zmtp

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"slices"
)

// compatible says which types of peer each type of ours talks to.
var compatible = map[string][]string{
	"ROUTER": {"DEALER", "REQ", "ROUTER"},
	"REP":    {"REQ", "DEALER"},
	"PUB":    {"SUB", "XSUB"},
}

// longest is how many bytes the READY of a peer may have.
const longest = 4096

// greet introduces us as a socket of type kind, and learns the peer's identity: "" where it has none.
func greet(w io.Writer, r *bufio.Reader, kind string) (identity string, err error) {
	hello := [64]byte{0: 0xFF, 9: 0x7F, 10: 3}
	copy(hello[12:], "NULL")
	if _, err := w.Write(hello[:]); err != nil {
		return "", err
	}
	var theirs [64]byte
	if _, err := io.ReadFull(r, theirs[:]); err != nil {
		return "", fmt.Errorf("greeting: %w", err)
	}
	if theirs[0] != 0xFF || theirs[9]&1 != 1 || theirs[10] < 3 {
		return "", fmt.Errorf("%w: greeting %x is not that of ZMTP 3", ErrFrame, theirs[:12])
	}
	if want := [20]byte{'N', 'U', 'L', 'L'}; [20]byte(theirs[12:32]) != want {
		return "", fmt.Errorf("%w: mechanism %q, want NULL", ErrFrame, theirs[12:32])
	}
	ready := appendCommand(nil, "READY", appendProperty(appendProperty(nil, "Socket-Type", kind), "Identity", ""))
	if _, err := w.Write(ready); err != nil {
		return "", err
	}
	frames, isCommand, err := ReadMessage(r)
	if err != nil {
		return "", fmt.Errorf("READY: %w", err)
	}
	name, body, ok := readCommand(frames[0])
	if !isCommand || !ok || name != "READY" || len(body) > longest {
		return "", fmt.Errorf("%w: want READY", ErrFrame)
	}
	properties, err := readProperties(body)
	if err != nil {
		return "", err
	}
	if peer := properties["socket-type"]; !slices.Contains(compatible[kind], peer) {
		return "", fmt.Errorf("%w: a peer of type %q at a %s", ErrFrame, peer, kind)
	}
	return properties["identity"], nil
}

func appendCommand(out []byte, name string, body []byte) []byte {
	b := append([]byte{byte(len(name))}, name...)
	return appendFrame(out, command, append(b, body...))
}

// readCommand parts a command's name from what follows it.
func readCommand(frame []byte) (name string, body []byte, ok bool) {
	if len(frame) == 0 || len(frame) < 1+int(frame[0]) {
		return "", nil, false
	}
	n := 1 + int(frame[0])
	return string(frame[1:n]), frame[n:], true
}

func appendProperty(out []byte, name, value string) []byte {
	out = append(append(out, byte(len(name))), name...)
	return append(binary.BigEndian.AppendUint32(out, uint32(len(value))), value...)
}

// readProperties reads names, of which case does not matter, and values.
func readProperties(b []byte) (map[string]string, error) {
	out := map[string]string{}
	for len(b) > 0 {
		n := 1 + int(b[0])
		if len(b) < n+4 {
			return nil, fmt.Errorf("%w: a property is cut", ErrFrame)
		}
		name := lower(b[1:n])
		size := binary.BigEndian.Uint32(b[n:])
		b = b[n+4:]
		if uint64(len(b)) < uint64(size) {
			return nil, fmt.Errorf("%w: property %q is cut", ErrFrame, name)
		}
		out[name] = string(b[:size])
		b = b[size:]
	}
	return out, nil
}

func lower(b []byte) string {
	out := slices.Clone(b)
	for i, c := range out {
		if 'A' <= c && c <= 'Z' {
			out[i] = c + 'a' - 'A'
		}
	}
	return string(out)
}

package safetensors

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"os"
	"slices"
	"strings"
)

// maxHeader is the format's own limit on the length of the header: 100 MB.
const maxHeader = 100_000_000

// entry is one tensor of the header.
type entry struct {
	Dtype   string   `json:"dtype"`
	Shape   []int    `json:"shape"`
	Offsets [2]int64 `json:"data_offsets"`
}

// Read reads the file at path. Errors name the file, and where it makes sense the tensor and the offset in the file.
func Read(path string) (*File, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	f, err := Decode(b)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return f, nil
}

// Decode reads the contents of a file.
func Decode(b []byte) (*File, error) {
	if len(b) < 8 {
		return nil, fmt.Errorf("not a safetensors file: %d bytes, and the length of the header alone takes 8", len(b))
	}
	length := binary.LittleEndian.Uint64(b)
	if length > maxHeader || length > uint64(len(b)-8) {
		return nil, fmt.Errorf("truncated, or not a safetensors file: a header of %d bytes at offset 8 in a file of %d bytes", length, len(b))
	}
	entries, metadata, err := header(b[8 : 8+length])
	if err != nil {
		return nil, fmt.Errorf("header at offset 8: %w", err)
	}
	f := &File{Metadata: metadata}
	body, start := b[8+length:], 8+int64(length)
	var at int64
	for _, e := range entries {
		if e.Offsets[0] != at || e.Offsets[1] < at {
			return nil, fmt.Errorf("tensor %q: bytes %d to %d of the data, want them to begin at %d, where the one before ends",
				e.name, e.Offsets[0], e.Offsets[1], at)
		}
		at = e.Offsets[1]
		if at > int64(len(body)) {
			return nil, fmt.Errorf("tensor %q: truncated: it ends at offset %d, the file at %d", e.name, start+at, len(b))
		}
		values, err := decode(e.entry, body[e.Offsets[0]:at])
		if err != nil {
			return nil, fmt.Errorf("tensor %q at offset %d: %w", e.name, start+e.Offsets[0], err)
		}
		f.Tensors = append(f.Tensors, Tensor{Name: e.name, Shape: slices.Clone(e.Shape), Data: values})
	}
	if at != int64(len(body)) {
		return nil, fmt.Errorf("%d bytes after the last tensor, at offset %d", int64(len(body))-at, start+at)
	}
	return f, nil
}

type named struct {
	name string
	entry
}

// header decodes the JSON of the header; the entries come in the order of their bytes.
func header(b []byte) ([]named, map[string]string, error) {
	var metadata map[string]string
	var entries []named
	d := json.NewDecoder(bytes.NewReader(b))
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return nil, nil, fmt.Errorf("not a JSON object")
	}
	seen := map[string]bool{}
	for d.More() {
		t, err := d.Token()
		if err != nil {
			return nil, nil, err
		}
		name, _ := t.(string)
		if seen[name] {
			return nil, nil, fmt.Errorf("%q twice", name)
		}
		seen[name] = true
		if name == "__metadata__" {
			if err := d.Decode(&metadata); err != nil {
				return nil, nil, fmt.Errorf("%q: %w", name, err)
			}
			continue
		}
		e := named{name: name}
		if err := d.Decode(&e.entry); err != nil {
			return nil, nil, fmt.Errorf("%q: %w", name, err)
		}
		entries = append(entries, e)
	}
	if _, err := d.Token(); err != nil {
		return nil, nil, fmt.Errorf("not a JSON object: %w", err)
	}
	if rest, err := io.ReadAll(io.MultiReader(d.Buffered(), bytes.NewReader(b[d.InputOffset():]))); err != nil || strings.TrimSpace(string(rest)) != "" {
		return nil, nil, fmt.Errorf("something follows the JSON object")
	}
	slices.SortStableFunc(entries, func(a, b named) int {
		if a.Offsets[0] != b.Offsets[0] {
			return cmp(a.Offsets[0], b.Offsets[0])
		}
		return cmp(a.Offsets[1], b.Offsets[1])
	})
	return entries, metadata, nil
}

func cmp(a, b int64) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// decode makes a slice of b's values.
func decode(e entry, b []byte) (any, error) {
	n, ok := size(e.Shape)
	if !ok {
		return nil, fmt.Errorf("shape %v", e.Shape)
	}
	width := map[string]int{"F32": 4, "F64": 8, "I64": 8}[e.Dtype]
	if width == 0 {
		return nil, fmt.Errorf("type %q is not read here: want F32, F64 or I64", e.Dtype)
	}
	if len(b) != n*width {
		return nil, fmt.Errorf("%d bytes for shape %v of %s, want %d", len(b), e.Shape, e.Dtype, n*width)
	}
	switch e.Dtype {
	case "F32":
		values := make([]float32, n)
		for i := range values {
			values[i] = math.Float32frombits(binary.LittleEndian.Uint32(b[4*i:]))
		}
		return values, nil
	case "F64":
		values := make([]float64, n)
		for i := range values {
			values[i] = math.Float64frombits(binary.LittleEndian.Uint64(b[8*i:]))
		}
		return values, nil
	}
	values := make([]int64, n)
	for i := range values {
		values[i] = int64(binary.LittleEndian.Uint64(b[8*i:]))
	}
	return values, nil
}

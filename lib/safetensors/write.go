package safetensors

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"

	"github.com/hardneg/hardneg/lib/atomicfile"
)

// Write makes the file at path, whole or not at all. The same File gives the same bytes.
func Write(path string, f *File) error {
	head, err := encodeHeader(f)
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return atomicfile.Write(path, func(w io.Writer) error { return encode(w, head, f) })
}

// Encode returns the bytes that Write writes: Decode reads them.
func Encode(f *File) ([]byte, error) {
	head, err := encodeHeader(f)
	if err != nil {
		return nil, err
	}
	size := 8 + len(head)
	for _, t := range f.Tensors {
		size += binary.Size(t.Data)
	}
	b := bytes.NewBuffer(make([]byte, 0, size))
	if err := encode(b, head, f); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

func encode(w io.Writer, head []byte, f *File) error {
	if err := binary.Write(w, binary.LittleEndian, uint64(len(head))); err != nil {
		return err
	}
	if _, err := w.Write(head); err != nil {
		return err
	}
	for _, t := range f.Tensors {
		if err := binary.Write(w, binary.LittleEndian, t.Data); err != nil {
			return err
		}
	}
	return nil
}

// encodeHeader checks the tensors and makes the header, padded with spaces so that the data begins at a multiple
// of 8 bytes.
func encodeHeader(f *File) ([]byte, error) {
	var head bytes.Buffer
	head.WriteByte('{')
	if len(f.Metadata) > 0 {
		if err := field(&head, "__metadata__", f.Metadata); err != nil {
			return nil, err
		}
	}
	seen := map[string]bool{"__metadata__": true}
	var at int64
	for _, t := range f.Tensors {
		if seen[t.Name] {
			return nil, fmt.Errorf("tensor %q: the name is taken", t.Name)
		}
		seen[t.Name] = true
		e := entry{Shape: append([]int{}, t.Shape...)}
		var have, width int
		switch d := t.Data.(type) {
		case []float32:
			e.Dtype, have, width = "F32", len(d), 4
		case []float64:
			e.Dtype, have, width = "F64", len(d), 8
		case []int64:
			e.Dtype, have, width = "I64", len(d), 8
		default:
			return nil, fmt.Errorf("tensor %q: data of type %T, want []float32, []float64 or []int64", t.Name, t.Data)
		}
		if n, ok := size(t.Shape); !ok || n != have {
			return nil, fmt.Errorf("tensor %q: %d values for shape %v", t.Name, have, t.Shape)
		}
		e.Offsets = [2]int64{at, at + int64(have*width)}
		at = e.Offsets[1]
		if err := field(&head, t.Name, e); err != nil {
			return nil, err
		}
	}
	head.WriteByte('}')
	for head.Len()%8 != 0 {
		head.WriteByte(' ')
	}
	return head.Bytes(), nil
}

// field writes one member of the header's object.
func field(head *bytes.Buffer, name string, value any) error {
	key, err := json.Marshal(name)
	if err != nil {
		return err
	}
	v, err := json.Marshal(value)
	if err != nil {
		return err
	}
	if head.Len() > 1 {
		head.WriteByte(',')
	}
	head.Write(key)
	head.WriteByte(':')
	head.Write(v)
	return nil
}

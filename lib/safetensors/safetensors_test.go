package safetensors_test

import (
	"bytes"
	"encoding/binary"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/hardneg/hardneg/lib/safetensors"
)

// library is what the safetensors library wrote (safetensors 0.6, save_file of four torch tensors).
const library = "testdata/library.safetensors"

var contents = map[string]safetensors.Tensor{
	"a":     {Name: "a", Shape: []int{}, Data: []int64{7}},
	"b":     {Name: "b", Shape: []int{2, 2}, Data: []float32{1.5, -2, 3, 4}},
	"c":     {Name: "c", Shape: []int{1}, Data: []float64{0.1}},
	"empty": {Name: "empty", Shape: []int{0, 3}, Data: []float32{}},
}

func same(t *testing.T, f *safetensors.File) {
	t.Helper()
	if len(f.Tensors) != len(contents) || f.Metadata["format"] != "pt" {
		t.Errorf("%d tensors, metadata %v", len(f.Tensors), f.Metadata)
	}
	for name, want := range contents {
		if got, ok := f.Get(name); !ok || !reflect.DeepEqual(got, want) {
			t.Errorf("%q: %+v, want %+v", name, got, want)
		}
	}
}

func TestReadWhatTheLibraryWrote(t *testing.T) {
	f, err := safetensors.Read(library)
	if err != nil {
		t.Fatal(err)
	}
	same(t, f)
}

func TestWriteAndRead(t *testing.T) {
	f := &safetensors.File{Metadata: map[string]string{"format": "pt"}}
	for _, name := range []string{"a", "b", "c", "empty"} {
		f.Tensors = append(f.Tensors, contents[name])
	}
	dir := t.TempDir()
	one, two := filepath.Join(dir, "one"), filepath.Join(dir, "two")
	for _, path := range []string{one, two} {
		if err := safetensors.Write(path, f); err != nil {
			t.Fatal(err)
		}
		back, err := safetensors.Read(path)
		if err != nil {
			t.Fatal(err)
		}
		same(t, back)
		encoded, err := safetensors.Encode(f)
		if written, _ := os.ReadFile(path); err != nil || !bytes.Equal(encoded, written) {
			t.Errorf("Encode gives other bytes than Write (%v)", err)
		}
	}
	a, _ := os.ReadFile(one)
	b, _ := os.ReadFile(two)
	if string(a) != string(b) {
		t.Error("writing twice gives different bytes")
	}
	for _, padding := range []string{"", "1", "12", "123"} { // at most one of these headers is aligned by chance
		f.Metadata["padding"] = padding
		if err := safetensors.Write(one, f); err != nil {
			t.Fatal(err)
		}
		a, _ = os.ReadFile(one)
		if n := binary.LittleEndian.Uint64(a); n%8 != 0 {
			t.Errorf("a header of %d bytes, want a multiple of 8", n)
		}
	}
}

func TestTyped(t *testing.T) {
	f, err := safetensors.Read(library)
	if err != nil {
		t.Fatal(err)
	}
	if v, err := f.Float32("b"); err != nil || len(v) != 4 {
		t.Error(v, err)
	}
	if v, err := f.Int64("a"); err != nil || v[0] != 7 {
		t.Error(v, err)
	}
	if v, err := f.Float64("c"); err != nil || v[0] != 0.1 {
		t.Error(v, err)
	}
	for _, name := range []string{"a", "none"} {
		if _, err := f.Float32(name); err == nil || !strings.Contains(err.Error(), `"`+name+`"`) {
			t.Errorf("Float32(%q): %v, want an error that names it", name, err)
		}
	}
}

func TestWriteRefuses(t *testing.T) {
	for want, tensors := range map[string][]safetensors.Tensor{
		`"x": 3 values for shape [2]`: {{Name: "x", Shape: []int{2}, Data: make([]float32, 3)}},
		`"x": the name is taken`:      {{Name: "x", Data: []int64{1}}, {Name: "x", Data: []int64{1}}},
		`"x": data of type []int`:     {{Name: "x", Shape: []int{1}, Data: []int{1}}},
		`"x": 1 values for shape`:     {{Name: "x", Shape: []int{-1, -1}, Data: []int64{1}}},
	} {
		path := filepath.Join(t.TempDir(), "w")
		err := safetensors.Write(path, &safetensors.File{Tensors: tensors})
		if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), path) {
			t.Errorf("%v, want an error with %s and %s", err, want, path)
		}
		if _, err := os.Stat(path); err == nil {
			t.Error("a file was left behind")
		}
	}
}

// file is a header and a body as they lie in a file.
func file(header, body string) []byte {
	b := binary.LittleEndian.AppendUint64(nil, uint64(len(header)))
	return append(b, header+body...)
}

func TestReadRefuses(t *testing.T) {
	good := file(`{"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}`, "1234")
	if _, err := safetensors.Decode(good); err != nil {
		t.Fatal(err)
	}
	long := binary.LittleEndian.AppendUint64(nil, 1<<60)
	for _, c := range []struct {
		want string
		b    []byte
	}{
		{"not a safetensors file: 3 bytes", []byte("abc")},
		{"header of 1152921504606846976 bytes", long},
		{"header of 54 bytes", good[:30]},
		{`"x": truncated: it ends at offset 66, the file at 65`, good[:len(good)-1]},
		{"1 bytes after the last tensor, at offset 66", append(good[:len(good):len(good)], 0)},
		{"not a JSON object", file(`[]`, "")},
		{"header at offset 8", file(`{"x":`, "")},
		{"something follows", file(`{} {}`, "")},
		{`"x" twice`, file(`{"x":{"dtype":"F32","shape":[0],"data_offsets":[0,0]},"x":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}}`, "")},
		{`"x": bytes 0 to 4`, file(`{"y":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}`, "1234")},
		{`"x": bytes 4 to 8 of the data, want them to begin at 0`, file(`{"x":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}`, "12345678")},
		{`"x": bytes 0 to -4`, file(`{"x":{"dtype":"F32","shape":[1],"data_offsets":[0,-4]}}`, "1234")},
		{`type "BF16" is not read here`, file(`{"x":{"dtype":"BF16","shape":[2],"data_offsets":[0,4]}}`, "1234")},
		{"4 bytes for shape [2] of F32, want 8", file(`{"x":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}`, "1234")},
		{"shape [-1]", file(`{"x":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}`, "1234")},
		{"shape [4294967296 4294967296]", file(`{"x":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,0]}}`, "")},
	} {
		if _, err := safetensors.Decode(c.b); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v, want an error with %s", err, c.want)
		}
	}
	path := filepath.Join(t.TempDir(), "bad.safetensors")
	if err := os.WriteFile(path, good[:20], 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := safetensors.Read(path); err == nil || !strings.Contains(err.Error(), path) {
		t.Errorf("%v, want an error that names the file", err)
	}
}

// Whatever the bytes, Decode returns an error or tensors that can be written and read back.
func FuzzDecode(f *testing.F) {
	b, err := os.ReadFile(library)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(b)
	f.Add(file(`{"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}`, "1234"))
	f.Add(file(`{"x":{"dtype":"I64","shape":[],"data_offsets":[0,8]},"__metadata__":{"a":"b"}}  `, "12345678"))
	f.Fuzz(func(t *testing.T, b []byte) {
		file, err := safetensors.Decode(b)
		if err != nil {
			return
		}
		for _, x := range file.Tensors {
			n := 1
			for _, d := range x.Shape {
				n *= d
			}
			if got := reflect.ValueOf(x.Data).Len(); got != n {
				t.Fatalf("%q: %d values for shape %v", x.Name, got, x.Shape)
			}
		}
		path := filepath.Join(t.TempDir(), "f")
		if err := safetensors.Write(path, file); err != nil {
			t.Fatalf("cannot write what was read: %v", err)
		}
		again, err := safetensors.Read(path)
		if err != nil {
			t.Fatal(err)
		}
		if len(again.Tensors) != len(file.Tensors) {
			t.Fatalf("%d tensors, then %d", len(file.Tensors), len(again.Tensors))
		}
	})
}

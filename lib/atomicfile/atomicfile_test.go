package atomicfile

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"
)

func TestWriteKeepsTheOldFileOnError(t *testing.T) {
	path := filepath.Join(t.TempDir(), "made", "record.json")
	if err := WriteBytes(path, []byte("first")); err != nil {
		t.Fatal(err)
	}
	full := errors.New("no space left on device")
	err := Write(path, func(w io.Writer) error { io.WriteString(w, "half of the sec"); return full })
	if !errors.Is(err, full) {
		t.Fatalf("error %v, want it to wrap %v", err, full)
	}
	if b, _ := os.ReadFile(path); string(b) != "first" {
		t.Fatalf("file holds %q", b)
	}
	if entries, _ := os.ReadDir(filepath.Dir(path)); len(entries) != 1 {
		t.Fatalf("left behind: %v", entries)
	}
}

func TestWriteNamesThePath(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := WriteBytes(file, nil); err != nil {
		t.Fatal(err)
	}
	err := WriteBytes(filepath.Join(file, "below"), []byte("x"))
	if err == nil || !filepath.IsAbs(file) {
		t.Fatal("a file was made below a file")
	}
	t.Log(err)
}

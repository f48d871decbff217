package atomicfile

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
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

func TestWriteLeavesNothingBehindAPanic(t *testing.T) {
	path := filepath.Join(t.TempDir(), "record.json")
	func() {
		defer func() {
			if recover() != "f" {
				t.Error("the panic of f does not reach the caller")
			}
		}()
		_ = Write(path, func(io.Writer) error { panic("f") })
	}()
	if entries, _ := os.ReadDir(filepath.Dir(path)); len(entries) != 0 {
		t.Fatalf("left behind: %v", entries)
	}
}

func TestWriteNamesThePath(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := WriteBytes(file, nil); err != nil {
		t.Fatal(err)
	}
	below := filepath.Join(file, "below")
	if err := WriteBytes(below, []byte("x")); err == nil || !strings.Contains(err.Error(), below) {
		t.Fatalf("error %v, want one that names %s", err, below)
	}
}

package experiment

import (
	"os"
	"os/signal"
	"strings"
	"syscall"
	"testing"
)

// A limit on the size of files makes writes fail as a full disk does, midway through a file.
func TestFullDisk(t *testing.T) {
	r, err := ReadRecord("testdata/version1.json")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	path, err := r.Write(dir)
	if err != nil {
		t.Fatal(err)
	}
	before, _ := os.ReadFile(path)

	signal.Ignore(syscall.SIGXFSZ)
	defer signal.Reset(syscall.SIGXFSZ)
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &limit); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: 1000, Max: limit.Max}); err != nil {
		t.Skip(err)
	}
	_, werr := r.Write(dir)
	perr := ProbeFolder(dir)
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &limit); err != nil {
		t.Fatal(err)
	}

	if werr == nil || perr == nil || !strings.Contains(perr.Error(), "make room") {
		t.Fatalf("write: %v; probe: %v", werr, perr)
	}
	after, _ := os.ReadFile(path)
	left, _ := os.ReadDir(dir)
	if string(after) != string(before) || len(left) != 1 {
		t.Errorf("the earlier record is changed, or %d files are left", len(left))
	}
}

package experiment

import (
	"context"
	"os"
	"os/signal"
	"reflect"
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

// A checkpoint that the disk has no room for is told of once; training goes on, and those before it stay.
func TestFullDiskInTraining(t *testing.T) {
	s, dir := methods()["band"], t.TempDir()
	whole, _, _, _ := finish(t, s, Options{Dir: t.TempDir()})

	signal.Ignore(syscall.SIGXFSZ)
	defer signal.Reset(syscall.SIGXFSZ)
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &limit); err != nil {
		t.Fatal(err)
	}
	room := func(bytes uint64) {
		if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: bytes, Max: limit.Max}); err != nil {
			t.Fatal(err)
		}
	}
	defer room(limit.Cur)
	var notices []string
	left := map[int][]string{} // after each step
	r, err := Run(context.Background(), s, Options{Dir: dir, CheckpointEvery: 1,
		Notice: func(line string) { notices = append(notices, line) },
		Progress: func(p Progress) {
			if p.Phase != "train" {
				return
			}
			entries, _ := os.ReadDir(dir)
			for _, e := range entries {
				left[p.Step] = append(left[p.Step], dir+"/"+e.Name())
			}
			switch p.Step {
			case 2:
				room(1000)
			case 5:
				room(limit.Cur)
			}
		}})
	if err != nil || !reflect.DeepEqual(result(r), result(whole)) {
		t.Fatalf("the run has ended otherwise: %v", err)
	}
	if len(notices) != 1 || !strings.Contains(notices[0], "no checkpoint of step 3: ") || !strings.Contains(notices[0], "training goes on") {
		t.Errorf("told: %q", notices)
	}
	before := []string{checkpointPath(dir, s, 1), checkpointPath(dir, s, 2)}
	for step, want := range map[int][]string{2: before, 3: before, 4: before, 5: before, 6: {before[1], checkpointPath(dir, s, 6)}} {
		if !reflect.DeepEqual(left[step], want) {
			t.Errorf("after step %d there are %v, want %v", step, left[step], want)
		}
	}
}

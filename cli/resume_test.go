package cli

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/hardneg/hardneg/lib/experiment"
)

// longer has 90 steps, of milliseconds each, in the arm that is killed.
func longer(dir string, args ...string) []string {
	return reproduce(dir, append([]string{"--set", "epochs=30", "--set", "seed=3", "--arms", "5-60"}, args...)...)
}

// killed runs the program until it has kept a checkpoint of a step from on, kills it with a signal that no program
// sees, and returns the step of the newest one.
func killed(t *testing.T, dir string, from int, args ...string) int {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	c := exec.CommandContext(ctx, self, longer(dir, append(args, "--checkpoint-every", "1ns")...)...)
	c.Env = append(os.Environ(), asProgram+"=1")
	var errs bytes.Buffer
	c.Stderr = &errs
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() { _ = c.Wait(); close(ended) }()
	newest := 0
	for newest < from {
		select {
		case <-ended:
			t.Fatalf("it ended at step %d, before %d: %s", newest, from, errs.String())
		case <-time.After(time.Millisecond):
		}
		newest = newestStep(dir)
	}
	if err := c.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	<-ended
	if c.ProcessState.Success() {
		t.Fatalf("it ended before it was killed: %s", errs.String())
	}
	return newestStep(dir)
}

// newestStep is the step of the newest checkpoint in dir, by its name; 0: none.
func newestStep(dir string) (newest int) {
	paths, _ := filepath.Glob(filepath.Join(dir, "*.checkpoint"))
	for _, path := range paths {
		name := strings.TrimSuffix(path, ".checkpoint")
		if step, err := strconv.Atoi(name[strings.LastIndexByte(name, '.')+1:]); err == nil {
			newest = max(newest, step)
		}
	}
	return newest
}

// timeless is the record in dir without times and without the number of threads.
func timeless(t *testing.T, dir string) experiment.Record {
	t.Helper()
	records, err := experiment.ReadRecords(dir)
	if err != nil || len(records) != 1 {
		t.Fatalf("%d records, %v", len(records), err)
	}
	r := *records[0]
	r.Timings, r.Finished, r.Environment.Threads = experiment.Timings{}, time.Time{}, 0
	for i := range r.History {
		r.History[i].Seconds = 0
	}
	return r
}

// A program that is killed twice in mid-run, and started again with the same command, by other numbers of threads even,
// leaves the record of a run that was left alone, number for number, and nothing else.
func TestKilledRunGoesOn(t *testing.T) {
	alone, dir := t.TempDir(), t.TempDir()
	if code, _, errs := call(longer(alone, "--threads", "1")...); code != exitOK {
		t.Fatal(errs)
	}
	first := killed(t, dir, 4, "--threads", "2")
	second := killed(t, dir, first+7, "--threads", "3")
	code, _, errs := call(longer(dir, "--threads", "2")...)
	if code != exitOK || !strings.Contains(errs, "resumed at step "+strconv.Itoa(second)+" of 90, from "+dir) {
		t.Fatalf("after step %d: exit %d, %q", second, code, errs)
	}
	if got, want := timeless(t, dir), timeless(t, alone); !reflect.DeepEqual(got, want) {
		t.Errorf("killed after steps %d and %d it ends otherwise:\n%+v\n%+v", first, second, got, want)
	}
	entries, _ := os.ReadDir(dir)
	for _, e := range entries {
		if strings.HasSuffix(e.Name(), ".checkpoint") || strings.HasPrefix(e.Name(), ".") {
			t.Errorf("%s is left", e.Name())
		}
	}
}

// A checkpoint that cannot be used ends the command with the reason and what to type, and that works.
func TestRefusedCheckpoint(t *testing.T) {
	dir := t.TempDir()
	step := killed(t, dir, 3)
	paths, _ := filepath.Glob(filepath.Join(dir, "*.checkpoint"))
	for _, path := range paths {
		if err := os.Truncate(path, 5000); err != nil {
			t.Fatal(err)
		}
	}
	code, _, errs := call(longer(dir)...)
	if code != exitFailure || !strings.Contains(errs, "truncated") || !strings.Contains(errs, "--no-resume") {
		t.Errorf("after step %d: exit %d, %q", step, code, errs)
	}
	if code, _, errs := call(longer(dir, "--no-resume")...); code != exitOK || strings.Contains(errs, "resumed") || newestStep(dir) != 0 {
		t.Errorf("--no-resume: exit %d, %q", code, errs)
	}
}

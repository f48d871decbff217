package cli

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// A program that stands for PyTorch's: each of its steps takes 20 ms.
func TestBenchTakesTurns(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("needs a shell")
	}
	t.Chdir("..") // where peers/ is
	dir := t.TempDir()
	peer, turns := filepath.Join(dir, "python"), filepath.Join(dir, "turns")
	if err := os.WriteFile(peer, []byte("#!/bin/sh\necho \"$@\" >> "+turns+"\necho '{\"ms\": [10, 20, 30]}'\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	code, out, errs := call("bench", "step", "--net", "main", "--steps", "1", "--rounds", "2", "--peer", peer)
	if code != 0 || !strings.Contains(out, "PyTorch 20.0 ms, ratio ") || !strings.Contains(out, "over 2 rounds in turns") {
		t.Errorf("exit %d, %q, %q", code, out, errs)
	}
	text, err := os.ReadFile(turns)
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Count(string(text), "bench_step.py --net main --batch 128 --steps 1"); got != 2 {
		t.Errorf("PyTorch had %d turns, want 2: %s", got, text)
	}
	for _, args := range [][]string{{"bench", "steps"}, {"bench", "step", "--rounds", "0"}, {"bench", "run", "--epochs", "0"}} {
		if code, _, errs := call(args...); code != exitUsage {
			t.Errorf("%v: exit %d, %q", args, code, errs)
		}
	}
}

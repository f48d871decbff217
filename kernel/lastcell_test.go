package kernel

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/hardneg/hardneg/kernel/internal/history"
)

// A kernel that dies of what cannot be caught leaves word of the cell, which the next one tells, once.
func TestTheNextKernelTellsWhatTheLastDiedOf(t *testing.T) {
	for name, fatal := range map[string]string{
		"memory": "import \"bytes\"\nbig := bytes.Repeat([]byte{1}, 1<<46)",
		"maps":   "m := map[int]int{}\nfor range 8 { go func() { for { m[1]++ } }() }\nfor { m[2]++ }",
	} {
		t.Run(name, func(t *testing.T) {
			env := history.Variable + "=" + filepath.Join(t.TempDir(), "history.jsonl")
			first := start(t, env)
			c := first.client()
			c.run("kept := 1")
			c.execute(fatal)
			if err := first.wait(patience); err == nil {
				t.Fatal("the kernel ended well")
			}
			second := start(t, env)
			c = second.client()
			_, out := c.run("kept2 := 2")
			if line := strings.Split(fatal, "\n")[1]; !strings.Contains(out, "died, with all its variables, while it ran cell [2]") || !strings.Contains(out, line) {
				t.Errorf("the first cell of the next kernel says %q", out)
			}
			if _, out = c.run("kept2"); strings.Contains(out, "died") {
				t.Errorf("it is told again: %q", out)
			}
		})
	}
}

func TestACleanEndLeavesNoFile(t *testing.T) {
	dir := t.TempDir()
	k := start(t, history.Variable+"="+filepath.Join(dir, "history.jsonl"))
	c := k.client()
	c.run("x := 1")
	files := func() []string {
		list, err := filepath.Glob(filepath.Join(dir, "running", "*.json"))
		if err != nil {
			t.Fatal(err)
		}
		return list
	}
	list := files()
	if len(list) != 1 {
		t.Fatalf("files of a kernel that runs: %q", list)
	}
	if info, err := os.Stat(list[0]); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%s: %v, %v", list[0], info.Mode(), err)
	}
	c.ask("shutdown_request", object{"restart": false})
	if err := k.wait(10 * time.Second); err != nil {
		t.Fatal(err)
	}
	if list := files(); len(list) != 0 {
		t.Errorf("left behind: %q", list)
	}
}

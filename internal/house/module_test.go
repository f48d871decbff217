package house

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// A program in an empty module imports the subject of the library through a replace.
func TestAnotherModuleImportsContrast(t *testing.T) {
	here, err := filepath.Abs(root)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	write := func(name, text string) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("main.go", `package main

import (
	"fmt"

	"github.com/hardneg/hardneg/lib/contrast"
)

func main() {
	start, end, err := contrast.Band{Lo: 0, Hi: 5}.Ranks(4096)
	fmt.Println(start, end, err)
}
`)
	sum, err := os.ReadFile(filepath.Join(here, "go.sum"))
	if err != nil {
		t.Fatal(err)
	}
	write("go.sum", string(sum))
	write("go.mod", "module example.org/empty\n\ngo 1.26\n")
	for _, args := range [][]string{
		{"mod", "edit", "-require=" + module + "@v0.0.0", "-replace=" + module + "=" + here},
		{"run", "-mod=mod", "."},
	} {
		cmd := exec.Command("go", args...)
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "GOFLAGS=-buildvcs=false", "GONOSUMDB=*")
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("go %v: %v\n%s", args, err, out)
		}
		if args[0] == "run" && string(out) != "0 205 <nil>\n" {
			t.Fatalf("printed %q", out)
		}
	}
}

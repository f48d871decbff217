package bindings_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// The committed files are what the generator writes now. It reads packages.txt and the packages as they are, so a new
// exported name in one of them fails here until `go generate ./kernel/bindings` has run.
func TestBindingsAreCurrent(t *testing.T) {
	if testing.Short() {
		t.Skip("the generator takes some seconds")
	}
	dir := t.TempDir()
	cmd := exec.Command("go", "run", "./gen", "-list", "packages.txt", "-o", dir)
	cmd.Env = append(os.Environ(), "GOOS=linux", "GOARCH=amd64")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("the generator: %v\n%s", err, out)
	}
	want := files(t, dir)
	got := files(t, ".")
	for name, text := range want {
		switch old, ok := got[name]; {
		case !ok:
			t.Errorf("%s is missing: run `go generate ./kernel/bindings`", name)
		case old != text:
			t.Errorf("%s is not current, from line %d: run `go generate ./kernel/bindings`", name, firstDifference(old, text))
		}
	}
	for name := range got {
		if _, ok := want[name]; !ok {
			t.Errorf("%s belongs to no package of packages.txt", name)
		}
	}
}

func files(t *testing.T, dir string) map[string]string {
	t.Helper()
	out := map[string]string{}
	for _, kind := range []string{"bind_*_.go", "typedata/*.gz", "typedata/index.txt"} {
		paths, err := filepath.Glob(filepath.Join(dir, kind))
		if err != nil || len(paths) == 0 {
			t.Fatalf("no files %s in %s: %v", kind, dir, err)
		}
		for _, p := range paths {
			b, err := os.ReadFile(p)
			if err != nil {
				t.Fatal(err)
			}
			out[filepath.Base(p)] = string(b)
		}
	}
	return out
}

func firstDifference(a, b string) int {
	x, y := strings.Split(a, "\n"), strings.Split(b, "\n")
	for i := range x {
		if i >= len(y) || x[i] != y[i] {
			return i + 1
		}
	}
	return len(x)
}

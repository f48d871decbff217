package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestFigureOfSteps(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "steps.json")
	text := `[{"net": "main", "policy": "0-100", "seed": 1, "engine": "avx", "torch": "2.15", "deviation": [1e-8, 1e-6], "torch_deviation": [1e-8, 2e-6], "inside": true}]`
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	if code, out, errs := call("figure", "--steps", file); code != 0 || !strings.Contains(out, filepath.Join(dir, "steps.svg")) {
		t.Errorf("exit %d, %q, %q", code, out, errs)
	}
	if code, _, errs := call("figure", dir, "--steps", file); code != exitUsage || !strings.Contains(errs, "hardneg figure --steps") {
		t.Errorf("a folder beside --steps: exit %d, %q", code, errs)
	}
	for name, content := range map[string]string{"object.json": "{}", "empty.json": "[]", "short.json": `[{"deviation": [1]}]`} {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
		if code, _, errs := call("figure", "--steps", path); code != exitFailure || !strings.Contains(errs, path) {
			t.Errorf("%s: exit %d, %q", name, code, errs)
		}
	}
}

package house

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

func read(t *testing.T, path string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(root, path))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// The conda environment and .venv take their Python packages from one file, and that pins every one.
func TestOneSourceOfVersions(t *testing.T) {
	const file = "peers/jupyter.txt"
	pip := regexp.MustCompile(`(?m)^ +- pip:\n((?: {6,}- .*\n?)+)`).FindStringSubmatch(read(t, "environment.yml"))
	if pip == nil || strings.TrimSpace(pip[1]) != "- -r "+file {
		t.Errorf("environment.yml's pip part is %q, want only `-r %s`", pip, file)
	}
	if make := read(t, "Makefile"); !strings.Contains(make, "-r "+file) {
		t.Errorf("the Makefile does not install %s", file)
	}
	for _, line := range strings.Split(read(t, file), "\n") {
		line = strings.TrimSpace(line)
		if line != "" && !strings.HasPrefix(line, "#") && !regexp.MustCompile(`^[A-Za-z0-9_.\[\]-]+==[0-9][0-9A-Za-z.]*$`).MatchString(line) {
			t.Errorf("%s: %q pins no exact version", file, line)
		}
	}
	for _, name := range []string{"jupyterlab", "nbclient"} {
		if !strings.Contains(read(t, file), name+"==") {
			t.Errorf("%s does not pin %s", file, name)
		}
	}
}

// Go's version is written in go.mod, the conda environment and the Makefile's own check.
func TestOneVersionOfGo(t *testing.T) {
	want := regexp.MustCompile(`(?m)^go (\d+\.\d+)`).FindStringSubmatch(read(t, "go.mod"))[1]
	if !strings.Contains(read(t, "environment.yml"), "- go="+want) {
		t.Errorf("environment.yml does not ask for Go %s as go.mod does", want)
	}
	if !strings.Contains(read(t, "Makefile"), "GO_MINOR := "+strings.TrimPrefix(want, "1.")) {
		t.Errorf("the Makefile does not look for Go %s as go.mod does", want)
	}
}

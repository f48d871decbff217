package house

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// root is the repository's folder, as seen from this package's.
const root = "../.."

// run runs a program in the repository's root and fails with what it printed.
func run(t *testing.T, env []string, name string, args ...string) []byte {
	t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Dir, cmd.Env = root, append(os.Environ(), env...)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Errorf("%s %s: %v\n%s", name, strings.Join(args, " "), err, out)
	}
	return out
}

// tracked lists the repository's files of an ending, generated Go files left out.
func tracked(t *testing.T, ending string) []string {
	t.Helper()
	cmd := exec.Command("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "*"+ending)
	cmd.Dir = root
	out, err := cmd.Output()
	if err != nil {
		t.Skipf("not a git checkout: %v", err)
	}
	var files []string
	for _, f := range strings.Split(string(out), "\x00") {
		if f == "" {
			continue
		}
		text, err := os.ReadFile(filepath.Join(root, f))
		if err != nil || generated.Match(text) {
			continue
		}
		files = append(files, f)
	}
	return files
}

var generated = regexp.MustCompile(`(?m)^// Code generated .* DO NOT EDIT\.$`)

func TestGofmt(t *testing.T) {
	if out := run(t, nil, "gofmt", append([]string{"-l"}, tracked(t, ".go")...)...); len(out) > 0 {
		t.Errorf("not formatted:\n%s", out)
	}
}

func TestVet(t *testing.T) { run(t, nil, "go", "vet", "./...") }

// Nothing but amd64 has the fast engine, nothing but Linux has every signal: the others must still be vetted and linked.
func TestOtherPlatforms(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: building for other platforms compiles every dependency again")
	}
	for _, p := range []string{"linux/arm64", "darwin/arm64", "windows/amd64"} {
		t.Run(p, func(t *testing.T) {
			goos, arch, _ := strings.Cut(p, "/")
			env := []string{"GOOS=" + goos, "GOARCH=" + arch, "CGO_ENABLED=0"}
			run(t, env, "go", "vet", "./...")
			run(t, env, "go", "build", "-o", filepath.Join(t.TempDir(), "hardneg"), ".")
		})
	}
}

func TestStaticcheck(t *testing.T) { run(t, nil, "go", "tool", "staticcheck", "./...") }

func TestRuff(t *testing.T) {
	ruff, err := filepath.Abs(filepath.Join(root, ".venv", "bin", "ruff"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(ruff); err != nil {
		t.Skip("no ruff in .venv: `make venv` installs it")
	}
	run(t, nil, ruff, "check", "peers")
	run(t, nil, ruff, "format", "--check", "peers")
}

// A file is one idea: 400 lines at the most, but for generated ones.
func TestFilesAreShort(t *testing.T) {
	for _, f := range append(tracked(t, ".go"), tracked(t, ".py")...) {
		text, err := os.ReadFile(filepath.Join(root, f))
		if err != nil {
			t.Fatal(err)
		}
		if n := bytes.Count(text, []byte("\n")); n > 400 {
			t.Errorf("%s has %d lines", f, n)
		}
	}
}

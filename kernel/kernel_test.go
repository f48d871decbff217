package kernel

import (
	"bytes"
	"encoding/json"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/hardneg/hardneg/kernel/internal/history"
)

// The kernel under Jupyter's own client: peers/kernel_test.py, of which every case must pass.
func TestUnderJupyter(t *testing.T) {
	python, err := filepath.Abs("../.venv/bin/python")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(python); err != nil {
		t.Skip("no Jupyter in .venv: `make venv` installs it")
	}
	dir := t.TempDir()
	program := testkernel(t)
	if _, err := Install(InstallOptions{Prefix: dir, Program: program, Args: []string{}}); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(python, "../peers/kernel_test.py")
	// of two kernels of one name Jupyter takes the first on its path
	cmd.Env = append(os.Environ(), "JUPYTER_PATH="+filepath.Join(dir, "share", "jupyter"), "JUPYTER_PREFER_ENV_PATH=0",
		"JUPYTER_DATA_DIR="+dir, "JUPYTER_RUNTIME_DIR="+dir, "IPYTHONDIR="+dir, history.Variable+"="+filepath.Join(dir, "history"))
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Errorf("%v\n%s", err, out)
	}
	t.Logf("%s", out)
}

func TestInstall(t *testing.T) {
	prefix := t.TempDir()
	dir, err := Install(InstallOptions{Prefix: prefix})
	if err != nil {
		t.Fatal(err)
	}
	if want := filepath.Join(prefix, "share", "jupyter", "kernels", "hardneg"); dir != want {
		t.Errorf("installed into %s, want %s", dir, want)
	}
	b, err := os.ReadFile(filepath.Join(dir, "kernel.json"))
	if err != nil {
		t.Fatal(err)
	}
	var spec struct {
		Argv      []string
		Language  string
		Interrupt string `json:"interrupt_mode"`
		Protocol  string `json:"kernel_protocol_version"`
	}
	if err := json.Unmarshal(b, &spec); err != nil {
		t.Fatal(err)
	}
	if len(spec.Argv) != 4 || !filepath.IsAbs(spec.Argv[0]) || spec.Argv[3] != "{connection_file}" || spec.Interrupt != "message" || spec.Language != "go" || spec.Protocol != "5.5" {
		t.Errorf("kernel.json is %s", b)
	}
	for name, size := range map[string]int{"logo-32x32.png": 32, "logo-64x64.png": 64} {
		b, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		if img, err := png.Decode(bytes.NewReader(b)); err != nil || img.Bounds().Dx() != size {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := os.Stat(filepath.Join(dir, "logo-svg.svg")); err != nil {
		t.Error(err)
	}
}

func TestInstallFolders(t *testing.T) {
	t.Setenv("JUPYTER_DATA_DIR", "/data")
	t.Setenv("VIRTUAL_ENV", "/venv")
	for _, c := range []struct {
		o    InstallOptions
		want string
	}{
		{InstallOptions{}, "/data"}, {InstallOptions{User: true}, "/data"}, {InstallOptions{SysPrefix: true}, "/venv/share/jupyter"},
	} {
		if got, err := c.o.dataFolder(); err != nil || filepath.ToSlash(got) != c.want {
			t.Errorf("%+v: %s, %v, want %s", c.o, got, err, c.want)
		}
	}
	if _, err := (InstallOptions{User: true, SysPrefix: true}).dataFolder(); err == nil {
		t.Error("two places at once were accepted")
	}
}

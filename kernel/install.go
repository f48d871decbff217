package kernel

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/hardneg/hardneg/kernel/wire"
	"github.com/hardneg/hardneg/lib/atomicfile"
)

// Name is the kernel's name, which notebooks carry.
const Name = "hardneg"

// DisplayName is what front ends show.
const DisplayName = "Go (hardneg)"

// InstallOptions say where the kernel is made known to Jupyter. The zero value is the user's own folder.
type InstallOptions struct {
	User      bool     // the user's Jupyter folder: the default
	Prefix    string   // PREFIX/share/jupyter
	SysPrefix bool     // the active Python environment: VIRTUAL_ENV, CONDA_PREFIX, or that of python3
	Program   string   // absolute path of the program; empty: this one
	Args      []string // its arguments before the connection file; nil: kernel start
}

// Install writes the kernel's specification and logos, and returns their folder. It replaces an older one.
func Install(o InstallOptions) (dir string, err error) {
	root, err := o.dataFolder()
	if err != nil {
		return "", fmt.Errorf("install the kernel: %w", err)
	}
	program := o.Program
	if program == "" {
		if program, err = os.Executable(); err != nil {
			return "", fmt.Errorf("install the kernel: %w", err)
		}
	}
	if program, err = filepath.Abs(program); err != nil {
		return "", fmt.Errorf("install the kernel: %w", err)
	}
	args := o.Args
	if args == nil {
		args = []string{"kernel", "start"}
	}
	spec := struct {
		Argv      []string          `json:"argv"`
		Name      string            `json:"display_name"`
		Language  string            `json:"language"`
		Interrupt string            `json:"interrupt_mode"`
		Protocol  string            `json:"kernel_protocol_version"`
		Metadata  map[string]string `json:"metadata"`
	}{append(append([]string{program}, args...), "{connection_file}"), DisplayName, "go", "message", wire.Version, map[string]string{}}
	text, err := json.MarshalIndent(spec, "", " ")
	if err != nil {
		return "", err
	}
	dir = filepath.Join(root, "kernels", Name)
	for name, content := range map[string][]byte{
		"kernel.json": append(text, '\n'), "logo-32x32.png": logoPNG(32), "logo-64x64.png": logoPNG(64), "logo-svg.svg": []byte(logoSVG),
	} {
		err := atomicfile.Write(filepath.Join(dir, name), func(w io.Writer) error {
			_, err := w.Write(content)
			return err
		})
		if err != nil {
			return "", fmt.Errorf("install the kernel: %w", err)
		}
	}
	return dir, nil
}

// dataFolder is the Jupyter data folder that the options name.
func (o InstallOptions) dataFolder() (string, error) {
	given := 0
	for _, b := range []bool{o.User, o.Prefix != "", o.SysPrefix} {
		if b {
			given++
		}
	}
	switch {
	case given > 1:
		return "", errors.New("give one of user, prefix and sys-prefix")
	case o.Prefix != "":
		p, err := filepath.Abs(o.Prefix)
		return filepath.Join(p, "share", "jupyter"), err
	case o.SysPrefix:
		p, err := sysPrefix()
		return filepath.Join(p, "share", "jupyter"), err
	}
	return userFolder()
}

func sysPrefix() (string, error) {
	for _, name := range []string{"VIRTUAL_ENV", "CONDA_PREFIX"} {
		if p := os.Getenv(name); p != "" {
			return p, nil
		}
	}
	for _, python := range []string{"python3", "python"} {
		if out, err := exec.Command(python, "-c", "import sys; print(sys.prefix)").Output(); err == nil {
			return string(bytes.TrimSpace(out)), nil
		}
	}
	return "", errors.New("no Python environment is active and python3 is not on the PATH: give --prefix")
}

// userFolder is where Jupyter looks for the user's own kernels.
func userFolder() (string, error) {
	if d := os.Getenv("JUPYTER_DATA_DIR"); d != "" {
		return d, nil
	}
	if runtime.GOOS == "windows" {
		if d := os.Getenv("APPDATA"); d != "" {
			return filepath.Join(d, "jupyter"), nil
		}
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return "", err
	}
	if runtime.GOOS == "darwin" {
		return filepath.Join(home, "Library", "Jupyter"), nil
	}
	if d := os.Getenv("XDG_DATA_HOME"); d != "" && strings.HasPrefix(d, string(filepath.Separator)) {
		return filepath.Join(d, "jupyter"), nil
	}
	return filepath.Join(home, ".local", "share", "jupyter"), nil
}

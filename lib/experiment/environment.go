package experiment

import (
	"bufio"
	"os"
	"runtime"
	"runtime/debug"
	"strings"

	"github.com/hardneg/hardneg/lib/engine"
	_ "github.com/hardneg/hardneg/lib/engine/avx" // engine.Open finds it
	_ "github.com/hardneg/hardneg/lib/engine/cpu" // and this one
	"github.com/hardneg/hardneg/lib/parallel"
)

// environment describes this process on e. Program and commit are given by who knows them; an empty commit is
// looked for in the binary.
func environment(e engine.Engine, program, commit string) Environment {
	if commit == "" {
		commit = builtCommit()
	}
	return Environment{
		Program: program, Commit: commit,
		Engine: e.Name(), Variant: e.Variant(),
		CPU: cpuModel(), System: runtime.GOOS + "/" + runtime.GOARCH,
		Go: runtime.Version(), Threads: parallel.Threads(),
	}
}

func builtCommit() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return ""
	}
	commit, dirty := "", ""
	for _, s := range info.Settings {
		switch {
		case s.Key == "vcs.revision":
			commit = s.Value
		case s.Key == "vcs.modified" && s.Value == "true":
			dirty = "+dirty"
		}
	}
	return commit + dirty
}

// cpuModel is the processor's name where the system tells it in a file, else the architecture's.
func cpuModel() string {
	f, err := os.Open("/proc/cpuinfo")
	if err != nil {
		return runtime.GOARCH
	}
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		key, value, _ := strings.Cut(lines.Text(), ":")
		if strings.TrimSpace(key) == "model name" {
			return strings.TrimSpace(value)
		}
	}
	return runtime.GOARCH
}

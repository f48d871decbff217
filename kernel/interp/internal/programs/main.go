// Command programs renews the corpus of programs in kernel/interp/testdata/programs: it takes those of Go's own tree
// that a cell could run, builds every program with the tool chain, runs it twice, and stores what it did. From the
// repository's root:
//
//	go run ./kernel/interp/internal/programs -update
//
// Programs of this project's own (the archives own-*.txtar) are edited by hand; new ones get their results here.
package main

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"sort"
	"strings"

	"github.com/hardneg/hardneg/kernel/interp/internal/corpus"
)

const licence = "From the folder test of the Go project, which is under the BSD licence in LICENSE beside this file.\n"

func main() {
	update := flag.Bool("update", false, "write the archives; without it only what would be taken is listed")
	dir := flag.String("dir", "kernel/interp/testdata/programs", "folder of the archives")
	only := flag.String("only", "", "renew only the archives whose name matches this expression")
	flag.Parse()
	if err := renew(*dir, *only, *update); err != nil {
		fmt.Fprintln(os.Stderr, "programs:", err)
		os.Exit(1)
	}
}

func renew(dir, only string, update bool) error {
	match, err := regexp.Compile(only)
	if err != nil {
		return err
	}
	archives := map[string][]corpus.Program{}
	own, err := filepath.Glob(filepath.Join(dir, "own-*.txtar"))
	if err != nil {
		return err
	}
	for _, path := range own {
		b, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		name := strings.TrimSuffix(filepath.Base(path), ".txtar")
		if archives[name], err = corpus.Parse(name, b); err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
	}
	root, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		return fmt.Errorf("ask for the tool chain's folder: %w", err)
	}
	taken, left, err := fromTree(filepath.Join(strings.TrimSpace(string(root)), "test"))
	if err != nil {
		return err
	}
	for _, p := range taken {
		archives[p.Archive] = append(archives[p.Archive], p)
	}
	var names []string
	for name := range archives {
		if match.MatchString(name) {
			names = append(names, name)
		}
	}
	sort.Strings(names)
	for _, name := range names {
		fmt.Printf("%s: %d programs\n", name, len(archives[name]))
		if !update {
			continue
		}
		list := record(archives[name], left)
		if isOwn := strings.HasPrefix(name, "own-"); isOwn && len(list) < len(archives[name]) {
			return fmt.Errorf("%s: mend the programs named above", name)
		}
		comment := "Recorded with " + runtime.Version() + " on " + runtime.GOOS + "/" + runtime.GOARCH + ".\n"
		if !strings.HasPrefix(name, "own-") {
			comment += licence
		}
		if err := os.WriteFile(filepath.Join(dir, name+".txtar"), corpus.Format(comment, list), 0o644); err != nil {
			return err
		}
	}
	for _, reason := range sortedKeys(left) {
		fmt.Printf("left out, %s: %d\n", reason, len(left[reason]))
	}
	return nil
}

func sortedKeys(m map[string][]string) (keys []string) {
	for k := range m {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}

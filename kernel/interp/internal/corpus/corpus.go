// Package corpus holds Go programs together with what they did when the real tool chain had compiled them. The
// interpreter's tests run the same programs as cells and compare.
//
// A folder has archives (golang.org/x/tools/txtar). In an archive the program `a/b.go` is a file of that name, and what
// it did stands after it in the files `a/b.go:out` (standard output), `a/b.go:err` (standard error, without the trace of
// a panic), `a/b.go:panic` (the first line of a panic, without the word) and `a/b.go:exit` (another exit status than 0).
// What is empty or 0 has no file.
package corpus

import (
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strconv"
	"strings"

	"golang.org/x/tools/txtar"
)

// Program is a whole program and what it does.
type Program struct {
	Name    string // path below the archive's folder, with .go
	Archive string // base name of its archive, without .txtar
	Source  string
	Want    Result
}

// Result is what a run of a program did.
type Result struct {
	Stdout, Stderr string
	Panic          string // first line of the panic that ended it; empty if none did
	Exit           int    // status; 2 for a panic
}

// Load reads all archives of a folder, sorted by name.
func Load(dir string) ([]Program, error) {
	paths, err := filepath.Glob(filepath.Join(dir, "*.txtar"))
	if err != nil {
		return nil, err
	}
	if len(paths) == 0 {
		return nil, fmt.Errorf("no archives in %s", dir)
	}
	sort.Strings(paths)
	var all []Program
	for _, path := range paths {
		b, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		list, err := Parse(strings.TrimSuffix(filepath.Base(path), ".txtar"), b)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		all = append(all, list...)
	}
	return all, nil
}

// Parse reads the programs of one archive.
func Parse(archive string, data []byte) ([]Program, error) {
	var list []Program
	for _, f := range txtar.Parse(data).Files {
		name, part, isPart := strings.Cut(f.Name, ":")
		text := string(f.Data)
		if !isPart {
			list = append(list, Program{Name: name, Archive: archive, Source: text})
			continue
		}
		if len(list) == 0 || list[len(list)-1].Name != name {
			return nil, fmt.Errorf("%s does not stand after its program", f.Name)
		}
		w := &list[len(list)-1].Want
		switch part {
		case "out":
			w.Stdout = unended(text)
		case "err":
			w.Stderr = unended(text)
		case "panic":
			w.Panic = strings.TrimSuffix(text, "\n")
		case "exit":
			n, err := strconv.Atoi(strings.TrimSpace(text))
			if err != nil {
				return nil, fmt.Errorf("%s: %w", f.Name, err)
			}
			w.Exit = n
		default:
			return nil, fmt.Errorf("%s is not a part of a result", f.Name)
		}
	}
	return list, nil
}

// Format writes an archive with a comment in front.
func Format(comment string, list []Program) []byte {
	a := &txtar.Archive{Comment: []byte(comment)}
	for _, p := range list {
		a.Files = append(a.Files, txtar.File{Name: p.Name, Data: []byte(p.Source)})
		part := func(name, text string) {
			if text != "" {
				a.Files = append(a.Files, txtar.File{Name: p.Name + ":" + name, Data: []byte(text)})
			}
		}
		part("out", ended(p.Want.Stdout))
		part("err", ended(p.Want.Stderr))
		part("panic", p.Want.Panic)
		if p.Want.Exit != 0 {
			part("exit", strconv.Itoa(p.Want.Exit))
		}
	}
	return txtar.Format(a)
}

// noNewline ends a text that does not end with a newline; an archive's files all do.
const noNewline = "\\ No newline at end\n"

func ended(s string) string {
	if s == "" || strings.HasSuffix(s, "\n") {
		return s
	}
	return s + "\n" + noNewline
}

func unended(s string) string {
	if t, ok := strings.CutSuffix(s, "\n"+noNewline); ok {
		return t
	}
	return s
}

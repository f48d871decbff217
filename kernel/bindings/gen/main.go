// Command gen writes gomacro bindings for compiled packages: one Go file for each, whose init registers the package.
//
//	gen -list packages.txt -o DIR
package main

import (
	"bufio"
	"errors"
	"flag"
	"fmt"
	"go/format"
	"io/fs"
	"log"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/tools/go/packages"
)

func main() {
	log.SetFlags(0)
	log.SetPrefix("gen: ")
	list := flag.String("list", "packages.txt", "file with one import path a line, and its other names")
	dir := flag.String("o", ".", "folder for the files; those of the types go to its subfolder typedata")
	verbose := flag.Bool("v", false, "print what cannot be bound")
	flag.Parse()
	entries, err := read(*list)
	if err != nil {
		log.Fatal(err)
	}
	files, skipped, err := bind(entries)
	if err != nil {
		log.Fatal(err)
	}
	if *verbose {
		for _, s := range skipped {
			log.Print(s)
		}
	}
	if err := write(*dir, files); err != nil {
		log.Fatal(err)
	}
}

// entry is a line of the list.
type entry struct {
	path    string
	aliases []string
}

func read(path string) (out []entry, err error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	seen := map[string]bool{}
	s := bufio.NewScanner(f)
	for n := 1; s.Scan(); n++ {
		line, _, _ := strings.Cut(s.Text(), "#")
		words := strings.Fields(line)
		if len(words) == 0 {
			continue
		}
		for _, w := range words {
			if seen[w] {
				return nil, fmt.Errorf("%s:%d: %s is there twice", path, n, w)
			}
			seen[w] = true
		}
		out = append(out, entry{words[0], words[1:]})
	}
	return out, s.Err()
}

// bind loads the packages' types from their export data and returns the files by name.
func bind(entries []entry) (files map[string][]byte, skipped []string, err error) {
	var paths []string
	aliases := map[string][]string{}
	for _, e := range entries {
		paths = append(paths, e.path)
		aliases[e.path] = e.aliases
	}
	loaded, err := packages.Load(&packages.Config{Mode: packages.NeedName | packages.NeedTypes}, paths...)
	if err != nil {
		return nil, nil, err
	}
	files = map[string][]byte{}
	for _, p := range loaded {
		if len(p.Errors) > 0 {
			return nil, nil, fmt.Errorf("load %s: %v", p.PkgPath, p.Errors[0])
		}
		if p.Types == nil || p.Types.Scope().Len() == 0 {
			return nil, nil, fmt.Errorf("load %s: it has no types", p.PkgPath)
		}
		src, skip := generate(p.Types, aliases[p.PkgPath])
		for _, s := range skip {
			skipped = append(skipped, p.PkgPath+": skipped "+s)
		}
		out, err := format.Source(src)
		if err != nil {
			return nil, nil, fmt.Errorf("%s: %w in\n%s", p.PkgPath, err, src)
		}
		files[fileName(p.PkgPath)] = out
		if files[typeFile(p.PkgPath)], err = typeData(p.Types); err != nil {
			return nil, nil, fmt.Errorf("%s: %w", p.PkgPath, err)
		}
	}
	files[indexFile] = index(entries)
	return files, skipped, nil
}

var flat = strings.NewReplacer("/", "_", ".", "_", "-", "_", "~", "_")

func fileName(path string) string { return "bind_" + flat.Replace(path) + "_.go" }

// write replaces the generated files of a folder.
func write(dir string, files map[string][]byte) error {
	for _, kind := range []string{"bind_*_.go", typeFolder + "/*.gz"} {
		old, err := filepath.Glob(filepath.Join(dir, kind))
		if err != nil {
			return err
		}
		for _, path := range old {
			name, err := filepath.Rel(dir, path)
			if err != nil {
				return err
			}
			if _, keep := files[filepath.ToSlash(name)]; !keep {
				if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
					return err
				}
			}
		}
	}
	if err := os.MkdirAll(filepath.Join(dir, typeFolder), 0o755); err != nil {
		return err
	}
	for name, src := range files {
		if err := os.WriteFile(filepath.Join(dir, name), src, 0o644); err != nil {
			return err
		}
	}
	return nil
}

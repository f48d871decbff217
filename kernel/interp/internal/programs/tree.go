package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"

	"github.com/hardneg/hardneg/kernel/interp/internal/corpus"
)

// largest is the size in bytes above which a program is left out.
const largest = 16 << 10

// fixed is the part of fixedbugs that is taken: every third, by the order of names.
const fixed = 3

// standard are the packages that a program may import.
var standard = map[string]bool{
	"bufio": true, "bytes": true, "cmp": true, "context": true, "encoding": true, "encoding/binary": true, "encoding/json": true,
	"errors": true, "fmt": true, "hash/fnv": true, "io": true, "io/ioutil": true, "iter": true, "log": true, "maps": true, "math": true,
	"math/big": true, "math/bits": true, "math/cmplx": true, "math/rand": true, "os": true, "path": true, "path/filepath": true,
	"reflect": true, "regexp": true, "runtime": true, "slices": true, "sort": true, "strconv": true, "strings": true, "sync": true,
	"sync/atomic": true, "text/tabwriter": true, "text/template": true, "time": true, "unicode": true, "unicode/utf8": true,
	"unicode/utf16": true, "container/list": true, "container/heap": true, "container/ring": true, "encoding/xml": true,
}

// compiled finds what only a compiled program has: its frames, its heap, its threads, its arguments.
var compiled = regexp.MustCompile(`runtime\.(Callers?|CallersFrames|ReadMemStats|MemStats|MemProfile\w*|SetFinalizer|AddCleanup|` +
	`NumGoroutine|Stack|FuncForPC|KeepAlive|LockOSThread|GOROOT|Compiler|Version)\b|//go:linkname|os\.Args|GODEBUG`)

// fromTree takes the programs of Go's own tests which stand alone and say by themselves whether they are right. What is
// left out is counted by its reason.
func fromTree(root string) (taken []corpus.Program, left map[string][]string, err error) {
	left = map[string][]string{}
	bugs := 0
	err = filepath.WalkDir(root, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") {
			return err
		}
		b, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		src := string(b)
		first, _, _ := strings.Cut(src, "\n")
		if strings.TrimSpace(first) != "// run" {
			return nil
		}
		rel, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		rel = filepath.ToSlash(rel)
		reason := unfit(rel, src)
		folder, _, _ := strings.Cut(rel, "/")
		if folder == rel {
			folder = "top"
		}
		if reason == "" && folder == "fixedbugs" {
			if bugs++; bugs%fixed != 1 {
				reason = "not of the third of fixedbugs that is taken"
			}
		}
		if reason != "" {
			left[reason] = append(left[reason], rel)
			return nil
		}
		taken = append(taken, corpus.Program{Name: rel, Archive: "go-" + folder, Source: src})
		return nil
	})
	return taken, left, err
}

// unfit is the reason for which a program is left out, or empty.
func unfit(name, src string) string {
	file, err := parser.ParseFile(token.NewFileSet(), name, src, parser.ParseComments)
	switch {
	case err != nil:
		return "not for go/parser"
	case file.Name.Name != "main":
		return "not a program"
	case len(src) > largest:
		return "larger than 16 KiB"
	case strings.Contains(src, "\n-- ") || strings.ContainsRune(src, '\r') || !strings.HasSuffix(src, "\n"):
		return "not for an archive of texts"
	case strings.Contains(src, "//go:build") || strings.HasPrefix(name, "dwarf/"):
		return "for some machines only"
	case compiled.MatchString(src):
		return "looks at the compiled program itself"
	}
	for _, s := range file.Imports {
		path, _ := strconv.Unquote(s.Path.Value)
		if !standard[path] {
			return "imports " + path
		}
	}
	if !checks(file) {
		return "neither prints nor checks"
	}
	return ""
}

// checks tells whether a program can be seen to be wrong: whether it calls anything that prints, panics or exits.
func checks(file *ast.File) (yes bool) {
	ast.Inspect(file, func(n ast.Node) bool {
		c, ok := n.(*ast.CallExpr)
		if !ok {
			return true
		}
		switch f := c.Fun.(type) {
		case *ast.Ident:
			yes = yes || f.Name == "panic" || f.Name == "print" || f.Name == "println"
		case *ast.SelectorExpr:
			x, _ := f.X.(*ast.Ident)
			yes = yes || x != nil && (x.Name == "fmt" || x.Name == "os" || x.Name == "log")
		}
		return true
	})
	return yes
}

// Package typedata holds the types of every package that a cell can import, as Go's own checker reads them: the export
// data of packages.txt, one compressed file for each. `go generate ./kernel/bindings` writes them.
package typedata

import (
	"compress/gzip"
	"embed"
	"fmt"
	"go/token"
	"go/types"
	"io"
	"sort"
	"strings"

	"golang.org/x/tools/go/gcexportdata"
)

//go:embed *.gz
var files embed.FS

//go:embed index.txt
var index string

// Set is the packages read so far. They refer to each other: a type that two packages use is one type.
type Set struct {
	fset *token.FileSet
	read map[string]*types.Package
	own  map[string]*types.Package // as this platform has them; see localize
}

// NewSet makes an empty set. Positions, of which the data has none, are in fset.
func NewSet(fset *token.FileSet) *Set {
	return &Set{fset, map[string]*types.Package{"unsafe": types.Unsafe}, map[string]*types.Package{}}
}

// Import returns the types of a package by its path or one of its other names. The error says that there is no data.
func (s *Set) Import(path string) (*types.Package, error) {
	own, ok := paths()[path]
	if !ok {
		return nil, fmt.Errorf("no type data for package %q", path)
	}
	if p := s.own[own]; p != nil {
		return p, nil
	}
	p, err := s.load(own)
	if err != nil {
		return nil, err
	}
	s.own[own] = localize(p)
	return s.own[own], nil
}

func (s *Set) load(own string) (*types.Package, error) {
	if p := s.read[own]; p != nil && p.Complete() {
		return p, nil
	}
	f, err := files.Open(fileName(own))
	if err != nil {
		return nil, fmt.Errorf("no type data for package %q: %w", own, err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		return nil, fmt.Errorf("type data of %s: %w", own, err)
	}
	p, err := gcexportdata.Read(io.Reader(z), s.fset, s.read, own)
	if err != nil {
		return nil, fmt.Errorf("type data of %s: %w", own, err)
	}
	return p, nil
}

// Has tells whether there are types for an import path.
func Has(path string) bool { _, ok := paths()[path]; return ok }

// Paths are the import paths that have types, sorted.
func Paths() []string {
	out := make([]string, 0, len(paths()))
	for p := range paths() {
		out = append(out, p)
	}
	sort.Strings(out)
	return out
}

var byPath map[string]string

func init() {
	byPath = map[string]string{}
	for line := range strings.Lines(index) {
		if w := strings.Fields(line); len(w) > 0 {
			for _, name := range w {
				byPath[name] = w[0]
			}
		}
	}
}

func paths() map[string]string { return byPath }

var flat = strings.NewReplacer("/", "_", ".", "_", "-", "_", "~", "_")

func fileName(path string) string { return flat.Replace(path) + ".gz" }

package interp_test

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/doc"
	"go/format"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/hardneg/hardneg/kernel/interp"
)

// The examples of all linked packages, those of the standard library and of gonum among them, say what they print.

const examplesFile = "testdata/examples.txt"

// example is a program of a package's documentation.
type example struct {
	name, code, output string
	unordered          bool
}

// examples reads those of a package in dir which are whole programs and say what they print.
func examples(path, dir string) (out []example, err error) {
	names, err := filepath.Glob(filepath.Join(dir, "*_test.go"))
	if err != nil {
		return nil, err
	}
	set := token.NewFileSet()
	var files []*ast.File
	for _, name := range names {
		f, err := parser.ParseFile(set, name, nil, parser.ParseComments)
		if err != nil {
			return nil, err
		}
		files = append(files, f)
	}
	for _, e := range doc.Examples(files...) {
		if e.Play == nil || e.Output == "" && !e.EmptyOutput {
			continue
		}
		e.Play.Comments = nil // go/format would set them where they do not belong
		var b bytes.Buffer
		if err := format.Node(&b, set, e.Play); err != nil {
			return nil, fmt.Errorf("%s.%s: %w", path, e.Name, err)
		}
		out = append(out, example{path + "." + e.Name, b.String(), e.Output, e.Unordered})
	}
	return out, nil
}

// importable tells whether a program imports nothing that is not linked.
func importable(code string, linked []string) bool {
	f, err := parser.ParseFile(token.NewFileSet(), "", code, parser.ImportsOnly)
	if err != nil {
		return false
	}
	return !slices.ContainsFunc(f.Imports, func(i *ast.ImportSpec) bool { return !slices.Contains(linked, strings.Trim(i.Path.Value, `"`)) })
}

func sameOutput(got, want string, unordered bool) bool {
	got, want = strings.TrimSpace(got), strings.TrimSpace(want)
	if unordered {
		a, b := strings.Split(got, "\n"), strings.Split(want, "\n")
		slices.Sort(a)
		slices.Sort(b)
		return slices.Equal(a, b)
	}
	return got == want
}

// Every example of a linked package prints as a cell what it says, or is listed.
func TestExamplesOfLinkedPackages(t *testing.T) {
	linked := interp.Packages()
	list, err := exec.Command("go", append([]string{"list", "-e", "-f", "{{.ImportPath}} {{.Dir}}"}, linked...)...).Output()
	if err != nil {
		t.Skipf("the sources of the linked packages are not here: %v", err)
	}
	listed := map[string]bool{}
	text, err := os.ReadFile(examplesFile)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		if name, _, _ := strings.Cut(strings.TrimSpace(line), " "); name != "" && name[0] != '#' {
			listed[name] = true
		}
	}
	var p pool
	defer p.stop()
	right, n := 0, 0
	for line := range strings.Lines(string(list)) {
		path, dir, _ := strings.Cut(strings.TrimSpace(line), " ")
		all, err := examples(path, dir)
		if err != nil {
			t.Error(err)
		}
		for _, e := range all {
			if n++; testing.Short() && n%10 != 0 || !importable(e.code, linked) {
				continue
			}
			got, err := p.run(whole(e.code))
			how := ""
			switch {
			case err != nil:
				how = fmt.Sprintf("the process ended: %v", err)
			case got.Failure != "":
				how = strings.Join(got.Trace, "\n")
			case !sameOutput(got.Stdout, e.output, e.unordered):
				how = fmt.Sprintf("prints\n%s\nwant\n%s", got.Stdout, e.output)
			}
			switch {
			case how == "" && listed[e.name]:
				t.Errorf("%s does as it should: take it out of %s", e.name, examplesFile)
			case how == "":
				right++
			case !listed[e.name]:
				t.Errorf("%s: %s", e.name, how)
			}
			delete(listed, e.name)
		}
	}
	if !testing.Short() {
		for name := range listed {
			t.Errorf("%s has %s, which is no example", examplesFile, name)
		}
	}
	t.Logf("%d examples of %d do as they say", right, n)
}

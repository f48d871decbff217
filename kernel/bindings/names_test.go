package bindings_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/cosmos72/gomacro/imports"
	_ "github.com/hardneg/hardneg/kernel/bindings"
)

// Every name of gophernotes' package display is in ours, of the same kind. gophernotes is a program and cannot be
// imported, so its own list is read from its source.
func TestDisplayHasTheNamesOfGophernotes(t *testing.T) {
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/gopherdata/gophernotes").Output()
	dir := strings.TrimSpace(string(out))
	if err != nil || dir == "" {
		t.Skipf("gophernotes' module is not in the module cache: %v", err)
	}
	file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(dir, "x_package.go"), nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	theirs := map[string]map[string]bool{} // section -> names
	ast.Inspect(file, func(n ast.Node) bool {
		kv, ok := n.(*ast.KeyValueExpr)
		if !ok {
			return true
		}
		section, ok := kv.Key.(*ast.Ident)
		list, isList := kv.Value.(*ast.CompositeLit)
		if !ok || !isList {
			return true
		}
		names := map[string]bool{}
		for _, e := range list.Elts {
			if lit, ok := e.(*ast.KeyValueExpr).Key.(*ast.BasicLit); ok {
				name, _ := strconv.Unquote(lit.Value)
				names[name] = true
			}
		}
		theirs[section.Name] = names
		return false
	})
	if len(theirs["Binds"]) < 20 || len(theirs["Types"]) < 10 {
		t.Fatalf("gophernotes' list was not understood: %v", theirs)
	}
	ours := imports.Packages["display"]
	for name := range theirs["Binds"] {
		if _, ok := ours.Binds[name]; !ok {
			t.Errorf("display.%s is missing", name)
		}
	}
	for name := range theirs["Types"] {
		if _, ok := ours.Types[name]; !ok && name != "Image" { // there a type and a function have one name
			t.Errorf("type display.%s is missing", name)
		}
	}
	for name := range theirs["Proxies"] {
		if _, ok := ours.Proxies[name]; !ok && name != "Image" {
			t.Errorf("a cell cannot implement display.%s", name)
		}
	}
}

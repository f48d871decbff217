package notebook

import (
	"bytes"
	"context"
	"go/ast"
	"go/parser"
	"go/token"
	"image"
	"image/jpeg"
	"image/png"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/hardneg/hardneg/kernel/display"
	"github.com/hardneg/hardneg/kernel/interp"
	"github.com/hardneg/hardneg/kernel/session"
)

// gophernotes is the folder of that module, which go.mod keeps by a tool line.
func gophernotes(t *testing.T) string {
	t.Helper()
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/gopherdata/gophernotes").Output()
	dir := strings.TrimSpace(string(out))
	if err != nil || dir == "" {
		t.Skipf("gophernotes' module is not in the module cache: %v", err)
	}
	return dir
}

// theirCase is a cell of gophernotes' own tests and what that wants: the result's text or the messages of a stream.
type theirCase struct {
	cell string
	want []string
}

// theirCases reads the table of one of its tests from the source, as it is `package main` and cannot be imported.
func theirCases(t *testing.T, test string) (list []theirCase) {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(gophernotes(t), "kernel_test.go"), nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	texts := func(e ast.Expr) (out []string) {
		ast.Inspect(e, func(n ast.Node) bool {
			if lit, ok := n.(*ast.BasicLit); ok {
				s, err := strconv.Unquote(lit.Value)
				if err != nil {
					t.Fatal(err)
				}
				out = append(out, s)
			}
			return true
		})
		return out
	}
	for _, d := range file.Decls {
		f, ok := d.(*ast.FuncDecl)
		if !ok || f.Name.Name != test {
			continue
		}
		table := f.Body.List[0].(*ast.AssignStmt).Rhs[0].(*ast.CompositeLit)
		for _, e := range table.Elts {
			c := e.(*ast.CompositeLit)
			list = append(list, theirCase{strings.Join(texts(c.Elts[0]), "\n"), texts(c.Elts[1])})
		}
	}
	return list
}

// pieces is the output of a cell as its messages come.
type pieces map[string][]string

func (p pieces) Stream(name, text string)   { p[name] = append(p[name], text) }
func (p pieces) Display(display.Data, bool) {}
func (p pieces) Clear(bool)                 {}

// elsewise are the cells whose result is another here, as docs/kernel.md says.
var elsewise = map[string]string{
	"30 true":  "30",  // m["c"]: there the second value, which only an assignment asks for in Go, is shown too
	"123 true": "123", // <-out

	"<nil> To err is human": "<nil> error: To err is human",
}

// refused is the cell that Go refuses, and so do we: an expression that is not used.
const refused = "if 1 < 2 {\n    3\n}"

// gophernotes' own cases run here, in its order and in one session.
func TestCasesOfGophernotes(t *testing.T) {
	s, err := session.New()
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	count, number := 0, 0
	for _, test := range []string{"TestEvaluate", "TestPrintStdout", "TestPrintStderr"} {
		for _, c := range theirCases(t, test) {
			number++
			out := pieces{}
			result, failure := s.Execute(context.Background(), interp.Cell{Code: c.cell, Number: number}, out)
			count++
			if failed := failure != nil; failed != (c.cell == refused) {
				t.Errorf("%s\nfailed: %v %v", c.cell, failed, failure)
			}
			if failure != nil {
				continue
			}
			got := ""
			switch test {
			case "TestPrintStdout":
				got = strings.Join(out["stdout"], "|")
			case "TestPrintStderr":
				got = strings.Join(out["stderr"], "|")
			default:
				if result != nil {
					got, _ = result.Data[display.MIMETypeText].(string)
				}
			}
			want := strings.Join(c.want, "|")
			if other, ok := elsewise[want]; ok {
				want = other
			}
			if got != want {
				t.Errorf("%s\n got: %q\nwant: %q", c.cell, got, want)
			}
		}
	}
	if count != 21 {
		t.Errorf("%d cases were understood, want 21", count)
	}
	if _, failure := s.Execute(context.Background(), interp.Cell{Code: `panic("error")`, Number: number + 1}, pieces{}); failure == nil {
		t.Error("a panic is no error")
	}
}

// pictures answers any download with a picture of the kind that its address names, so that the cells which download
// run without a network.
type pictures struct{}

func (pictures) RoundTrip(r *http.Request) (*http.Response, error) {
	var b bytes.Buffer
	var err error
	m := image.NewGray(image.Rect(0, 0, 8, 8))
	switch filepath.Ext(r.URL.Path) {
	case ".svg":
		b.WriteString(`<svg xmlns="http://www.w3.org/2000/svg" width="8" height="8"></svg>`)
	case ".jpg":
		err = jpeg.Encode(&b, m, nil)
	default:
		err = png.Encode(&b, m)
	}
	return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: io.NopCloser(&b), Request: r}, err
}

// The notebooks that gophernotes ships run to their end, all but the one that needs a service of faces. Cells that
// cannot do here what they did there are named, with the start of their error.
func TestNotebooksOfGophernotes(t *testing.T) {
	dir := filepath.Join(gophernotes(t), "examples")
	transport := http.DefaultTransport
	http.DefaultTransport = pictures{}
	defer func() { http.DefaultTransport = transport }()
	for _, c := range []struct {
		name   string
		shows  []string
		errors map[int]string // by the number of the code cell
	}{
		{"Matrix_Operations", []string{"a = ⎡1  2  3⎤", "d = a + b = ⎡ 9  11  13⎤", "g = a^5"}, nil},
		{"Worker_Pools", []string{"processing job 9"}, nil},
		{"Display", []string{"Hello, World", "text/latex", "image/svg+xml", "image/jpeg", "image/png", "Hello again, world!", "G_{"}, map[int]string{8: "plot.New"}}, // of an older version, which returned an error too
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.name == "Worker_Pools" && testing.Short() {
				t.Skip("its cells sleep for some seconds")
			}
			out := filepath.Join(t.TempDir(), "out.ipynb")
			if err := Run(context.Background(), filepath.Join(dir, c.name+".ipynb"), out, Options{AllowErrors: true}); err != nil {
				t.Fatal(err)
			}
			text, err := os.ReadFile(out)
			if err != nil {
				t.Fatal(err)
			}
			for _, want := range c.shows {
				if !strings.Contains(string(text), want) {
					t.Errorf("shows no %q", want)
				}
			}
			number := 0
			for i, outputs := range said(t, out) {
				if n, err := Read(out); err != nil || !n.Cells()[i].Code() {
					continue
				}
				number++
				failed := hasError(t, out, i)
				want, listed := c.errors[number]
				if failed != listed || failed && !strings.Contains(outputs, want) {
					t.Errorf("code cell %d: %s", number, outputs)
				}
			}
		})
	}
}

// hasError tells whether cell i of a notebook holds an error.
func hasError(t *testing.T, path string, i int) bool {
	n, err := Read(path)
	if err != nil {
		t.Fatal(err)
	}
	list, _ := n.Cells()[i].fields["outputs"].([]any)
	for _, o := range list {
		if o.(object)["output_type"] == "error" {
			return true
		}
	}
	return false
}

package notebook

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	_ "github.com/hardneg/hardneg/kernel/bindings"
)

// testdata/kinds.ipynb was written by nbformat.
func TestWriteIsWhatNbformatWrites(t *testing.T) {
	want, err := os.ReadFile("testdata/kinds.ipynb")
	if err != nil {
		t.Fatal(err)
	}
	n, err := Parse(want)
	if err != nil {
		t.Fatal(err)
	}
	got, err := n.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("written anew, the notebook differs:\n%s", got)
	}
}

// notebook makes a file of code cells; a cell that starts with "#tag " has that tag.
func notebook(t *testing.T, cells ...string) string {
	t.Helper()
	doc := object{"nbformat": 4, "nbformat_minor": 2, "metadata": object{"mine": object{"n": 1}}}
	var list []any
	for _, c := range cells {
		m := object{}
		if rest, ok := strings.CutPrefix(c, "#"); ok {
			tag, source, _ := strings.Cut(rest, " ")
			m["tags"], c = []any{tag}, source
		}
		list = append(list, object{"cell_type": "code", "metadata": m, "outputs": []any{}, "execution_count": nil, "source": c})
	}
	doc["cells"] = list
	b, err := json.Marshal(doc)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "n.ipynb")
	if err := os.WriteFile(path, b, 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// said is the text of all outputs of each cell.
func said(t *testing.T, path string) (out []string) {
	t.Helper()
	n, err := Read(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range n.Cells() {
		var b strings.Builder
		list, _ := c.fields["outputs"].([]any)
		for _, o := range list {
			o := o.(object)
			b.WriteString(joined(o["text"]))
			if d, ok := o["data"].(object); ok {
				b.WriteString("[" + joined(d["text/plain"]) + "]")
			}
			if o["output_type"] == "error" {
				b.WriteString(o["ename"].(string) + ": " + o["evalue"].(string))
			}
		}
		out = append(out, b.String())
	}
	return out
}

func check(t *testing.T, path string, want ...string) {
	t.Helper()
	if got := said(t, path); strings.Join(got, "|") != strings.Join(want, "|") {
		t.Errorf("outputs %q, want %q", got, want)
	}
}

func TestRun(t *testing.T) {
	in := notebook(t, "import \"fmt\"\nx := 2", "fmt.Print(\"a\")\nfmt.Print(\"b\")\nx * 3",
		"h := display.Show(\"old\")", "h.Update(\"new\")", "fmt.Print(\"gone\"); display.Clear(true); fmt.Print(\"stays\")",
		"import \"os\"\n_, err := os.Stat(\"n.ipynb\")\nerr == nil")
	var told []string
	out := filepath.Join(t.TempDir(), "deep", "out.ipynb")
	err := Run(context.Background(), in, out, Options{Progress: func(done, total int, note string) { told = append(told, note) }})
	if err != nil {
		t.Fatal(err)
	}
	check(t, out, "", "ab[6]", "[new]", "", "stays", "[true]")
	if len(told) != 7 || told[1] != `fmt.Print("a")` {
		t.Errorf("progress told %q", told)
	}
	b, _ := os.ReadFile(out)
	for _, want := range []string{`"mine"`, `"name": "hardneg"`, `"nbformat_minor": 5`} {
		if !bytes.Contains(b, []byte(want)) {
			t.Errorf("%s is not in the notebook", want)
		}
	}
}

func TestRunStopsAtAFailure(t *testing.T) {
	in := notebook(t, "1", "panic(\"no\")", "3")
	out := filepath.Join(t.TempDir(), "out.ipynb")
	err := Run(context.Background(), in, out, Options{})
	var failed *CellError
	if !errors.As(err, &failed) || failed.Number != 2 {
		t.Fatalf("error %v, want that of cell 2", err)
	}
	check(t, out, "[1]", "panic: no", "")
	if err := Run(context.Background(), in, out, Options{AllowErrors: true}); err != nil {
		t.Fatal(err)
	}
	check(t, out, "[1]", "panic: no", "[3]")
	if err := Run(context.Background(), notebook(t, "#raises-exception panic(\"no\")", "3"), out, Options{}); err != nil {
		t.Fatal(err)
	}
	check(t, out, "panic: no", "[3]")
}

func TestRunStopsALoop(t *testing.T) {
	in := notebook(t, "n := 0", "for { n++ }", "n > 0")
	out := filepath.Join(t.TempDir(), "out.ipynb")
	err := Run(context.Background(), in, out, Options{Timeout: 100 * time.Millisecond})
	if err == nil || !strings.Contains(err.Error(), "longer than 100ms") {
		t.Errorf("error %v, want that of the time", err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 100*time.Millisecond)
	defer cancel()
	if err := Run(ctx, in, out, Options{AllowErrors: true}); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("error %v, want that of ctx", err)
	}
	if got := said(t, out); !strings.HasPrefix(got[1], "interrupted: ") || got[2] != "" {
		t.Errorf("outputs %q", got)
	}
}

func TestParameters(t *testing.T) {
	in := notebook(t, "import \"fmt\"", "#parameters var seeds = 5\nname := \"taxa\"\nrate := .5", "fmt.Print(seeds, name, rate)")
	out := filepath.Join(t.TempDir(), "out.ipynb")
	if err := Run(context.Background(), in, out, Options{Parameters: Parameters{"seeds": "2", "name": "cifar10"}}); err != nil {
		t.Fatal(err)
	}
	check(t, out, "", "", "", "2cifar100.5")
	// what was executed runs again, with the parameters of the new run in the place of the old
	if err := Run(context.Background(), out, out, Options{Parameters: Parameters{"rate": "1e-3"}}); err != nil {
		t.Fatal(err)
	}
	check(t, out, "", "", "", "5taxa0.001")
	for p, want := range map[string]string{"seed": `did you mean "seeds"`, "x": "unknown parameter"} {
		if err := Run(context.Background(), in, out, Options{Parameters: Parameters{p: "1"}}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("-p %s: error %v, want %q", p, err, want)
		}
	}
	if err := Run(context.Background(), notebook(t, "1"), out, Options{Parameters: Parameters{"a": "1"}}); err == nil {
		t.Error("a notebook without a tagged cell took a parameter")
	}
}

func TestParseRefuses(t *testing.T) {
	for text, want := range map[string]string{
		"":                               "EOF",
		"{}":                             "nbformat is",
		`{"nbformat":3,"cells":[]}`:      "nbformat is 3",
		`{"nbformat":4}`:                 "no list of cells",
		`{"nbformat":4,"cells":[1]}`:     "cell 0 is no object",
		`{"nbformat":4,"cells":[{}]}`:    "cell 0 has type",
		`{"nbformat":4,"cells":[]} more`: "more after",
	} {
		if _, err := Parse([]byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("Parse(%q): error %v, want %q", text, err, want)
		}
	}
	if err := Run(context.Background(), "none.ipynb", "out.ipynb", Options{}); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("missing notebook: %v", err)
	}
}

// Whatever is read is written so that it reads the same.
func FuzzParse(f *testing.F) {
	b, err := os.ReadFile("testdata/kinds.ipynb")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(b)
	f.Add([]byte(`{"nbformat":4,"nbformat_minor":4,"cells":[{"cell_type":"code","source":["a\n","b"],"outputs":[{"text":"x"}]}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		n, err := Parse(data)
		if err != nil {
			return
		}
		one, err := n.Bytes()
		if err != nil {
			t.Fatal(err)
		}
		again, err := Parse(one)
		if err != nil {
			t.Fatalf("what was written does not parse: %v\n%s", err, one)
		}
		if two, _ := again.Bytes(); !bytes.Equal(one, two) {
			t.Errorf("written twice, it differs:\n%s\n%s", one, two)
		}
	})
}

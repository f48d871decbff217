package notebook

import (
	"context"
	"encoding/json"
	"errors"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"
)

// everything is a notebook whose cells produce every kind of output.
func everything(t *testing.T) string {
	return notebook(t,
		"import (\"fmt\"; \"os\"; \"image\"; \"time\")\nfmt.Print(\"out\")\nfmt.Fprint(os.Stderr, \"err\")\nfmt.Print(\"more\")",
		"image.NewGray(image.Rect(0, 0, 4, 4))",
		"Display(display.MIME(display.MIMEMap{\"text/html\": []byte(\"<b>\"), \"application/json\": map[string]any{\"a\": 1}, \"text/plain\": 7}, nil))",
		"h := display.Show(\"old\")\nh.Update(\"newer\")",
		"h.Update(\"newest\")",
		"// a comment",
		"",
		"panic(\"no\")",
		"fmt.Print(\"a\"); display.Clear(false); fmt.Print(\"b\")",
		"nothing + 1",
		"go func() { time.Sleep(100 * time.Millisecond); fmt.Print(\"late\") }()\nfmt.Print(\"first\")",
		"time.Sleep(300 * time.Millisecond)\nfmt.Print(\"last\")",
		"import \"math\"\ndisplay.JSON(map[string]any{\"x\": math.Inf(1)})",
	)
}

func TestEveryKindOfOutput(t *testing.T) {
	out := filepath.Join(t.TempDir(), "out.ipynb")
	if err := Run(context.Background(), everything(t), out, Options{AllowErrors: true}); err != nil {
		t.Fatal(err)
	}
	n, err := Read(out)
	if err != nil {
		t.Fatal(err)
	}
	var counts []string
	for _, c := range n.Cells() {
		b, _ := json.Marshal(c.fields["execution_count"])
		counts = append(counts, string(b))
	}
	if got := strings.Join(counts, " "); got != "1 2 3 4 5 6 null 7 8 9 10 11 12" {
		t.Errorf("execution counts %s", got)
	}
	got := said(t, out)
	for i, want := range map[int]string{0: "outerrmore", 2: "[7]", 3: "[newest]", 4: "", 7: "panic: no", 8: "b", 10: "firstlate", 11: "last"} {
		if got[i] != want {
			t.Errorf("cell %d: %q, want %q", i, got[i], want)
		}
	}
}

// nbformat itself, which Jupyter uses, finds nothing wrong.
func TestNbformatTakesIt(t *testing.T) {
	python, err := filepath.Abs("../../.venv/bin/python")
	if err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command(python, "-c", "import nbformat").CombinedOutput(); err != nil {
		t.Skipf("no nbformat in .venv: %v %s", err, out)
	}
	out := filepath.Join(t.TempDir(), "out.ipynb")
	if err := Run(context.Background(), everything(t), out, Options{AllowErrors: true}); err != nil {
		t.Fatal(err)
	}
	check := `import json, sys, nbformat
n = json.load(open(sys.argv[1]))
assert (n["nbformat"], n["nbformat_minor"]) == (4, 5)
nbformat.validate(n, relax_add_props=False)
assert n["metadata"]["language_info"]["name"] == "go"`
	if text, err := exec.Command(python, "-W", "error", "-c", check, out).CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, text)
	}
}

func TestIdsAreMended(t *testing.T) {
	n, err := Parse([]byte(`{"nbformat":4,"nbformat_minor":5,"cells":[{"cell_type":"markdown","id":"a b","source":"x"},
		{"cell_type":"code","id":"ok","source":"1"},{"cell_type":"code","id":"ok","source":"1"}]}`))
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, c := range n.Cells() {
		id := c.fields["id"].(string)
		if seen[id] || !validID.MatchString(id) || c.fields["metadata"] == nil {
			t.Errorf("cell %v", c.fields)
		}
		seen[id] = true
	}
	if !seen["ok"] {
		t.Error("an id that was right was changed")
	}
}

// A cell that does not stop ends the run, with what was executed written, also where errors are allowed.
func TestRunEndsAtACallThatDoesNotStop(t *testing.T) {
	old := grace
	grace = 100 * time.Millisecond
	defer func() { grace = old }()
	stdout, socket := os.Stdout, filepath.Join(t.TempDir(), "s")
	in := notebook(t, "1", "import \"net\"\nl, err := net.Listen(\"unix\", `"+socket+"`)\nif err == nil { l.Accept() }", "3")
	out := filepath.Join(t.TempDir(), "out.ipynb")
	err := Run(context.Background(), in, out, Options{AllowErrors: true, Timeout: 100 * time.Millisecond})
	var failed *CellError
	if !errors.As(err, &failed) || failed.Number != 2 || !strings.Contains(err.Error(), "longer than 100ms") {
		t.Errorf("error %v, want that of cell 2", err)
	}
	got := said(t, out)
	if got[0] != "[1]" || !strings.HasPrefix(got[1], "interrupted: ") || got[2] != "" {
		t.Errorf("outputs %q", got)
	}
	if c, err := net.Dial("unix", socket); err != nil {
		t.Error(err)
	} else {
		c.Close()
	}
	for range 100 { // the session ends with the call, and gives the process's files back
		if os.Stdout == stdout {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Error("the session did not end")
}

// So does one that takes the goroutine of cells away.
func TestRunEndsAtACompiledGoexit(t *testing.T) {
	stdout := os.Stdout
	in := notebook(t, "1", "import (\"fmt\"; \"reflect\"; \"testing\")\nfmt.Print(\"so far\")\nreflect.ValueOf(&testing.T{}).MethodByName(\"SkipNow\").Call(nil)", "3")
	out := filepath.Join(t.TempDir(), "out.ipynb")
	err := Run(context.Background(), in, out, Options{AllowErrors: true, Timeout: 10 * time.Second})
	var failed *CellError
	if !errors.As(err, &failed) || failed.Number != 2 || failed.Err.Name != "panic" || !strings.Contains(err.Error(), "runtime.Goexit") {
		t.Errorf("error %v, want that of cell 2", err)
	}
	if got := said(t, out); got[0] != "[1]" || !strings.HasPrefix(got[1], "so farpanic: ") || got[2] != "" {
		t.Errorf("outputs %q", got)
	}
	if os.Stdout != stdout {
		t.Error("the session did not end")
	}
}

// That the notebook cannot be written is known before a cell runs.
func TestRunAsksFirstWhetherItCanWrite(t *testing.T) {
	dir := t.TempDir()
	ran := filepath.Join(dir, "ran")
	in := notebook(t, "import \"os\"\nos.WriteFile(`"+ran+"`, nil, 0o600)")
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, out := range []string{dir, filepath.Join(file, "out.ipynb")} {
		if err := Run(context.Background(), in, out, Options{}); err == nil || !strings.Contains(err.Error(), out) {
			t.Errorf("to %s: %v", out, err)
		}
		if _, err := os.Stat(ran); err == nil {
			t.Errorf("to %s: the cell has run", out)
		}
	}
	if list, _ := os.ReadDir(dir); len(list) != 1 {
		t.Errorf("left behind: %v", list)
	}
}

func TestDeclared(t *testing.T) {
	for source, want := range map[string]map[string]bool{
		"seeds := 5\nname := \"taxa\"":                                         {"seeds": false, "name": true},
		"var (\n\trate float64 = .5\n\tout string\n)\nvar a, b = 1, `x`":       {"rate": false, "out": true, "a": false, "b": true},
		"import \"time\"\nwait := time.Second // long":                         {"wait": false},
		"func f() { x := 1; _ = x }":                                           {},
		"s := fmt.Sprint(1)\nif s != \"\" { y := 2; _ = y }\nseeds = 3\n_ = s": {"s": false},
		"seeds := := 5": {},
	} {
		got := map[string]bool{}
		declared(source, got)
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%s\n got %v, want %v", source, got, want)
		}
	}
}

// What runs after another notebook's run finds the working directory as it was.
func TestRunGivesTheFolderBack(t *testing.T) {
	before, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	out := filepath.Join(t.TempDir(), "out.ipynb")
	in := notebook(t, "import \"os\"\nd, _ := os.Getwd()\nd == \""+dir+"\"")
	if err := Run(context.Background(), in, out, Options{Dir: dir}); err != nil {
		t.Fatal(err)
	}
	check(t, out, "[true]")
	if after, _ := os.Getwd(); after != before {
		t.Errorf("in %s, want %s", after, before)
	}
}

// A cell that asks what a name is has the answer as its output.
func TestRunAnswersQuestions(t *testing.T) {
	in := notebook(t, "xs := []int{1}", "xs?", "?nothing")
	out := filepath.Join(t.TempDir(), "out.ipynb")
	if err := Run(context.Background(), in, out, Options{}); err != nil {
		t.Fatal(err)
	}
	if got := said(t, out); !strings.Contains(got[1], "[]int") || !strings.Contains(got[2], "not known") {
		t.Errorf("outputs %q", got)
	}
}

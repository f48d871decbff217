package cli

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/hardneg/hardneg/lib/experiment"
)

// With asProgram set this test binary is the program: a test can interrupt it as a user does.
const asProgram = "HARDNEG_TEST_AS_PROGRAM"

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		os.Exit(Main(Program{}, os.Args[1:], os.Stdout, os.Stderr))
	}
	os.Exit(m.Run())
}

// call runs a command and returns its exit code and what it printed.
func call(args ...string) (code int, out, errs string) {
	var o, e bytes.Buffer
	code = run(context.Background(), Program{ThirdParty: "the list"}, args, &o, &e)
	return code, o.String(), e.String()
}

// tiny makes a run of a second of any experiment.
var tiny = strings.Fields("--size smoke --set train_images=96 --set test_images=48 --set size=12 --set width=8 --set dim=16 --set batch=32 --set queue=64 --set epochs=1")

func reproduce(dir string, args ...string) []string {
	return append(append([]string{"reproduce", "E1", "--out", dir}, tiny...), args...)
}

func TestUsageErrorsSayWhatToType(t *testing.T) {
	dir := t.TempDir()
	for _, c := range []struct {
		args  string
		words string
	}{
		{"", "usage: hardneg COMMAND"},
		{"reprodce", `did you mean "reproduce"?`},
		{"reproduce", "hardneg reproduce E1"},
		{"reproduce E1 E2", "takes one experiment"},
		{"reproduce E9", `did you mean "E1"?`},
		{"reproduce E1 --size smok", `did you mean "smoke"?`},
		{"reproduce E1 --dataset cifr10", `did you mean "cifar10"?`},
		{"reproduce E1 --engine axv", `did you mean "avx"?`},
		{"reproduce E1 --sise smoke", `did you mean "size"?`},
		{"reproduce E1 --size", "needs a value"},
		{"reproduce E1 --seeds many", "--seeds many"},
		{"reproduce E1 --seeds -1", "at least 1"},
		{"reproduce E1 --threads -1", "at least 1"},
		{"reproduce E1 --checkpoint-every -1s", "it must be a time"},
		{"reproduce E1 --checkpoint-every often", "not a duration"},
		{"reproduce E1 --set queue=1000", "use 896 or 1024"},
		{"reproduce E1 --set qeue=1024", `did you mean "queue"?`},
		{"reproduce E1 --set temperature", "field=value"},
		{"reproduce E1 --set train_images=100", "set batch to at most 100"},
		{"reproduce E1 --set queue=400 --set batch=100 --arms 0-0.1", "keeps none of 400"},
		{"reproduce E1 --arms 5-5", "smaller than the second"},
		{"reproduce E1 --arms 10-5", "did you mean 5-10?"},
		{"reproduce E1 --arms 0-NaN", "not a decimal number"},
		{"reproduce E1 --set temperature=NaN", "it is a number"},
		{"figure a b", "one folder"},
		{"data", "hardneg data list"},
		{"data lst", `did you mean "list"?`},
		{"data get", "takes one set"},
		{"data get cifr10", `did you mean "cifar10"?`},
		{"bench", "hardneg bench step"},
		{"bench step --net resnet", `"resnet18"`},
		{"version now", `takes no argument "now"`},
		{"reproduce E1 --seeds 1.5", "not a whole number"},
		{"reproduce E1 --arms=", "names no arm"},
		{"reproduce E1 --data nowhere", "no such folder"},
		{"data list --dir nowhere", "no such folder"},
		{"data check cifar10 --dir nowhere", "no such folder"},
		{"data sheet taxa --dir cli_test.go", "name the folder"},
		{"data sheet taxa --images 0", "--images 1 or more"},
		{"data sheet taxa --classes 109", "taxa has 108"},
		{"bench step --engine axv", `did you mean "avx"?`},
		{"kernel", "hardneg kernel install"},
		{"kernel instal", `did you mean "install"?`},
		{"kernel start", "takes one connection file"},
		{"kernel packages fmt", `no argument "fmt"`},
		{"kernel install --user --sys-prefix", "takes one of"},
		{"kernel install --prefix=", "--prefix is empty"},
		{"run", "takes one notebook"},
		{"run x.ipynb -p size", "-p size: want NAME=VALUE"},
		{"run x.ipynb --timeout soon", "not a duration"},
		{"export", "--out DIR"},
		{"export --out x --dataset cifr10", `did you mean "cifar10"?`},
		{"export --out x --engine axv", `did you mean "avx"?`},
		{"export --out x --steps -1", "at least 1"},
		{"export --out x --set seed=3", "--seed 3"},
		{"export --out x --set dataset=taxa", "--dataset taxa"},
		{"reproduce E1 --set dataset=cifar10", "--dataset cifar10"},
		{"help reprodce", `did you mean "reproduce"?`},
	} {
		args := strings.Fields(c.args)
		if len(args) > 0 && args[0] == "reproduce" {
			args = append(args, "--out", dir)
			if c.words == "needs a value" {
				args = args[:len(args)-2]
			}
		}
		code, out, errs := call(args...)
		if code != exitUsage || !strings.Contains(errs, c.words) || out != "" {
			t.Errorf("hardneg %s: exit %d, %q, want 2 and %q", c.args, code, errs, c.words)
		}
	}
	if left, _ := os.ReadDir(dir); len(left) > 0 {
		t.Errorf("usage errors leave %v", left)
	}
}

func TestHelpAndVersion(t *testing.T) {
	if code, out, _ := call("--help"); code != 0 || !strings.Contains(out, "reproduce") {
		t.Errorf("exit %d, %q", code, out)
	}
	for _, c := range commands(Program{}) {
		code, out, errs := call(c.name, "--help")
		if code != 0 || !strings.Contains(out, "usage: hardneg "+c.name) {
			t.Errorf("%s --help: exit %d, %q, %q", c.name, code, out, errs)
		}
		if _, same, _ := call("help", c.name); same != out {
			t.Errorf("help %s: %q, want what --help says", c.name, same)
		}
	}
	if _, out, _ := call("reproduce", "--help"); !strings.Contains(out, "Are the hardest p% of the negatives sufficient?") || !strings.Contains(out, "full: also 0-0.1") {
		t.Errorf("reproduce --help does not say what the experiments are: %q", out)
	}
	if _, out, _ := call("run", "--help"); !strings.Contains(out, "  -p ") || strings.Contains(out, "(0s)") {
		t.Errorf("run --help: %q", out)
	}
	code, out, _ := call("version")
	for _, want := range []string{"hardneg ", "commit ", "engine  cpu (go)", "engine  avx", "BSD-3-Clause"} {
		if code != 0 || !strings.Contains(out, want) {
			t.Errorf("version: exit %d, no %q in %q", code, want, out)
		}
	}
	if _, out, _ := call("version", "--licences"); !strings.Contains(out, "the list") {
		t.Errorf("version --licences: %q", out)
	}
	p := Program{Version: "v1", Commit: "abc", Dirty: "true"}
	if v, c := p.identity(); v != "v1" || c != "abc, with uncommitted changes" {
		t.Errorf("%q %q", v, c)
	}
}

func TestReproduceLeavesRecordsFiguresAndTables(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "out")
	code, out, errs := call(reproduce(dir)...)
	if code != 0 {
		t.Fatalf("exit %d: %s", code, errs)
	}
	records, err := experiment.ReadRecords(dir)
	if err != nil || len(records) != 4 {
		t.Fatalf("%d records, %v", len(records), err)
	}
	for _, name := range []string{"accuracy.svg", "accuracy.png", "figure1.svg", "loss.svg", "band-0-5.png", "table.csv", "table.md"} {
		if info, err := os.Stat(filepath.Join(dir, "E1-taxa-smoke-"+name)); err != nil || info.Size() == 0 {
			t.Errorf("%s: %v", name, err)
		}
	}
	if !strings.Contains(out, "hardest 5%") {
		t.Errorf("it prints no table: %q", out)
	}
	// Again: nothing is trained, the same figures are drawn.
	svg := filepath.Join(dir, "E1-taxa-smoke-accuracy.svg")
	before, _ := os.ReadFile(svg)
	if err := os.Remove(svg); err != nil {
		t.Fatal(err)
	}
	code, _, errs = call(reproduce(dir)...)
	after, _ := os.ReadFile(svg)
	if code != 0 || strings.Contains(errs, "train") || !bytes.Equal(before, after) {
		t.Errorf("again: exit %d, %q, the same figure: %v", code, errs, bytes.Equal(before, after))
	}
	elsewhere := t.TempDir()
	if code, out, errs := call("figure", dir, "--out", elsewhere); code != 0 || !strings.Contains(out, filepath.Join(elsewhere, "taxa-accuracy.svg")) {
		t.Errorf("figure: exit %d, %q, %q", code, out, errs)
	}
	// A record that was cut short is an error that names it, not a run that is done again behind one's back.
	path := filepath.Join(dir, records[0].Setting.FileName())
	if err := os.Truncate(path, 100); err != nil {
		t.Fatal(err)
	}
	if code, _, errs := call(reproduce(dir)...); code != exitFailure || !strings.Contains(errs, path) || !strings.Contains(errs, "delete it") {
		t.Errorf("a cut record: exit %d, %q", code, errs)
	}
}

func TestOutFolderThatCannotBeWritten(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	code, _, errs := call(reproduce(file)...)
	if code != exitFailure || !strings.Contains(errs, "choose another folder") || strings.Contains(errs, "train ") {
		t.Errorf("exit %d, %q", code, errs)
	}
}

func TestFigureOfAnEmptyFolder(t *testing.T) {
	code, _, errs := call("figure", t.TempDir())
	if code != exitFailure || !strings.Contains(errs, "hardneg reproduce E1 --size smoke") {
		t.Errorf("exit %d, %q", code, errs)
	}
}

func TestFigureOfNoFolder(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "none")
	if code, _, errs := call("figure", dir); code != exitFailure || !strings.Contains(errs, "there is no folder "+dir) {
		t.Errorf("exit %d, %q", code, errs)
	}
}

// What goes wrong before a cell runs is one line, and what an executed notebook's progress prints is lines too.
func TestRunPrintsLines(t *testing.T) {
	dir := t.TempDir()
	if code, _, errs := call("run", filepath.Join(dir, "none.ipynb")); code != exitFailure || !strings.HasPrefix(errs, "hardneg: ") {
		t.Errorf("exit %d, %q", code, errs)
	}
	path := filepath.Join(dir, "one.ipynb")
	text := `{"cells":[{"cell_type":"code","id":"a","metadata":{},"source":["x := 1"],"outputs":[],"execution_count":null}],"metadata":{},"nbformat":4,"nbformat_minor":5}`
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	code, out, errs := call("run", path)
	if code != 0 || out != "wrote "+path+"\n" || strings.Contains(errs, "\r") || !strings.Contains(errs, "cell 1 of 1, 0 s: x := 1\n1 of 1 cells, ") {
		t.Errorf("exit %d, %q, %q", code, out, errs)
	}
}

func TestInterruptedInside(t *testing.T) {
	dir := t.TempDir()
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	var errs bytes.Buffer
	code := run(ctx, Program{}, reproduce(dir), io.Discard, &errs)
	if code != exitInterrupted || !strings.Contains(errs.String(), "goes on from there") {
		t.Errorf("exit %d, %q", code, errs.String())
	}
	if left, _ := os.ReadDir(dir); len(left) > 0 {
		t.Errorf("%v is left", left)
	}
}

// Ctrl-C at several moments of a process: exit 130, a line that says how to continue, and no half file.
func TestCtrlC(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("a process cannot be sent Ctrl-C on Windows")
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for _, after := range []time.Duration{0, 300 * time.Millisecond, time.Second} {
		c := exec.Command(self, reproduce(dir, "--seeds", "500")...)
		c.Env = append(os.Environ(), asProgram+"=1")
		pipe, err := c.StderrPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		reader := bufio.NewReader(pipe)
		if _, err := reader.ReadString('\n'); err != nil { // it has begun
			t.Fatal(err)
		}
		time.Sleep(after)
		if err := c.Process.Signal(os.Interrupt); err != nil {
			t.Fatal(err)
		}
		rest, _ := io.ReadAll(reader)
		errs := string(rest)
		err = c.Wait()
		var exit *exec.ExitError
		if !errors.As(err, &exit) || exit.ExitCode() != exitInterrupted || !strings.Contains(errs, "goes on from there") {
			t.Fatalf("after %v: %v, %q", after, err, errs)
		}
		entries, _ := os.ReadDir(dir)
		for _, e := range entries {
			if strings.HasSuffix(e.Name(), ".tmp") || strings.HasPrefix(e.Name(), ".") {
				t.Errorf("%s is left", e.Name())
			}
		}
		if _, err := experiment.ReadRecords(dir); err != nil {
			t.Error(err)
		}
	}
}

func TestData(t *testing.T) {
	code, out, errs := call("data", "list")
	if code != 0 || !strings.Contains(out, "taxa") || !strings.Contains(out, "cifar100-coarse") {
		t.Errorf("list: exit %d, %q, %q", code, out, errs)
	}
	path := filepath.Join(t.TempDir(), "sheet.png")
	if code, _, errs := call("data", "sheet", "taxa", "--out", path, "--classes", "3", "--images", "2"); code != 0 {
		t.Errorf("sheet: exit %d, %q", code, errs)
	}
	if info, err := os.Stat(path); err != nil || info.Size() == 0 {
		t.Errorf("sheet: %v", err)
	}
	empty := t.TempDir()
	t.Setenv("HARDNEG_DATA", empty)
	t.Setenv("XDG_CACHE_HOME", empty)
	t.Setenv("HOME", empty)
	if code, _, errs := call("data", "check", "cifar10", "--dir", empty); code != exitFailure || !strings.Contains(errs, "hardneg data get cifar10") {
		t.Errorf("check: exit %d, %q", code, errs)
	}
	if code, _, errs := call(append([]string{"reproduce", "E1", "--dataset", "cifar10", "--data", empty, "--out", empty}, tiny...)...); code != exitFailure || !strings.Contains(errs, "hardneg data get cifar10") {
		t.Errorf("reproduce: exit %d, %q", code, errs)
	}
}

func TestBenchWithoutPeer(t *testing.T) {
	code, out, errs := call("bench", "step", "--net", "main", "--steps", "1", "--json", "--peer", "nowhere")
	if code != 0 || !strings.Contains(out, `"ratio":null`) || !strings.Contains(out, `"step_ms":`) {
		t.Errorf("exit %d, %q, %q", code, out, errs)
	}
}

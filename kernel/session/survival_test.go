package session

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/hardneg/hardneg/kernel/interp"
)

const workerEnv = "HARDNEG_SURVIVAL_WORKER"

// What would end a process of Go's, or a kernel. Each row's cells run one after the other in a session of another
// process; what the last of them printed and failed with must contain want, and what an earlier cell has declared must
// be there afterwards.
var survived = []struct {
	name  string
	cells []string
	want  string
}{
	{"recursion", []string{"func f(n int) int { return f(n+1) + 1 }\nf(0)"}, "stack overflow: the functions of this cell called each other"},
	{"recursion of two", []string{"func a(n int) int { return b(n) }\nfunc b(n int) int { return a(n) }\na(0)"}, "stack overflow"},
	{"recursion of a method", []string{"type T struct{ n int }\nfunc (t T) Walk() T { return t.Walk() }\nT{1}.Walk()"}, "stack overflow"},
	{"recursion of a pointer's method", []string{"type P struct{ n int }\nfunc (p *P) Walk() { p.n++; p.Walk() }\n(&P{}).Walk()"}, "stack overflow"},
	{"recursion of a closure", []string{"var c func(int) int\nc = func(n int) int { return c(n + 1) }\nc(0)"}, "stack overflow"},
	{"recursion through sort.Slice", []string{"import \"sort\"\nvar s func()\ns = func() { sort.Slice([]int{2, 1}, func(i, j int) bool { s(); return true }) }\ns()"}, "stack overflow"},
	{"recursion through strings.Map", []string{"import \"strings\"\nvar m func(r rune) rune\nm = func(r rune) rune { strings.Map(m, \"ab\"); return r }\nm('x')"}, "stack overflow"},
	{"recursion with defer", []string{"func d(n int) { defer func() { recover() }(); d(n + 1) }\nd(0)"}, "stack overflow"},
	{"recursion in a goroutine", []string{"import \"sync\"\nfunc g(n int) int { return g(n+1) + 1 }\nvar wg sync.WaitGroup\nwg.Add(1)\ngo func() { defer wg.Done(); g(0) }()\nwg.Wait()"}, ""},
	{"deep, but not endless", []string{"func deep(n int) int { if n == 0 { return 0 }; return deep(n-1) + 1 }\ndeep(50000)"}, "result 50000"},
	{"panic", []string{"panic(\"oh\")"}, "panic: oh"},
	{"panic in a goroutine", []string{"import \"sync\"\nvar wg2 sync.WaitGroup\nwg2.Add(1)\ngo func() { defer wg2.Done(); var m map[string]int; m[\"a\"] = 1 }()\nwg2.Wait()\nimport \"time\"\ntime.Sleep(50 * time.Millisecond)"}, "panic in a goroutine: assignment to entry in nil map"},
	{"panic with nil", []string{"panic(nil)"}, "panic"},
	{"Goexit", []string{"import \"runtime\"\nruntime.Goexit()"}, "runtime.Goexit would end"},
	{"Goexit in a goroutine", []string{"import \"runtime\"\nx := make(chan bool)\ngo func() { defer close(x); runtime.Goexit() }()\n<-x"}, ""},
	{"panic under sort.Slice", []string{"import \"sort\"\nsort.Slice([]int{2, 1}, func(i, j int) bool { panic(\"less\") })"}, "panic: less"},
	{"panic under sync.Once", []string{"import \"sync\"\nvar once sync.Once\nonce.Do(func() { panic(\"once\") })"}, "panic: once"},
	{"panic under time.AfterFunc", []string{"import \"time\"\ntime.AfterFunc(0, func() { panic(\"later\") })\ntime.Sleep(100 * time.Millisecond)"}, "panic in a goroutine: later"},
	{"panic under strings.Map", []string{"import \"strings\"\nstrings.Map(func(r rune) rune { panic(\"map\") }, \"a\")"}, "panic: map"},
	{"panic in an http handler", []string{"import (\"net/http\"; \"net/http/httptest\")\nmux := http.NewServeMux()\nmux.HandleFunc(\"/\", func(w http.ResponseWriter, r *http.Request) { panic(\"handler\") })\nsrv := httptest.NewServer(mux)\n_, err := http.Get(srv.URL)\nsrv.Close()\nerr != nil"}, "result true"},
	{"os.Exit", []string{"import \"os\"\nos.Exit(3)"}, "os.Exit(3) would end the kernel"},
	{"os.Exit in a goroutine", []string{"import (\"os\"; \"time\")\ngo os.Exit(3)\ntime.Sleep(50 * time.Millisecond)"}, "os.Exit(3) would end the kernel"},
	{"os.Exit as a value", []string{"import \"os\"\nexit := os.Exit\nexit(4)"}, "os.Exit(4) would end the kernel"},
	{"log.Fatal", []string{"import \"log\"\nlog.Fatalf(\"%d\", 7)"}, "log.Fatal would end the kernel"},
	{"Logger.Fatal", []string{"import (\"log\"; \"os\")\nl := log.New(os.Stderr, \"mine: \", 0)\nl.Fatalln(\"bad\")"}, "stderr:mine: bad"},
	{"flag.Parse", []string{"import \"flag\"\nn := flag.Int(\"n\", 3, \"\")\nflag.Parse()\n*n"}, "result 3"},
	{"flag declared twice", []string{"import \"flag\"\nn2 := flag.Int(\"n2\", 3, \"\")", "n2 := flag.Int(\"n2\", 4, \"\")\nflag.Parse()\n*n2"}, "result 4"},
	{"flag.Usage", []string{"import \"flag\"\nfs := flag.NewFlagSet(\"x\", flag.ExitOnError)\nfs.Parse([]string{\"-nope\"})"}, "panic: flag provided but not defined: -nope"},
	{"unlock of an unlocked Mutex", []string{"import \"sync\"\nvar mu sync.Mutex\nmu.Unlock()"}, "panic: sync: unlock of unlocked mutex"},
	{"negative WaitGroup", []string{"import \"sync\"\nvar w sync.WaitGroup\nw.Done()"}, "panic: sync: negative WaitGroup counter"},
	{"closed os.Stdout", []string{"import (\"os\"; \"fmt\")\nos.Stdout.Close()", "fmt.Println(\"still here\")"}, "still here"},
	{"closed os.Stderr", []string{"import (\"os\"; \"fmt\")\nos.Stderr.Close()", "fmt.Fprintln(os.Stderr, \"still here\")"}, "still here"},
	{"nil os.Stdout", []string{"import (\"os\"; \"fmt\")\nos.Stdout = nil\nfmt.Println(\"x\")", "fmt.Println(\"still here\")"}, "still here"},
	{"testing's FailNow", []string{"import \"testing\"\nt := &testing.T{}\nt.FailNow()"}, "FailNow of package testing would end"},
	{"a program that reads os.Stdin", []string{"import (\"os\"; \"os/exec\")\nc := exec.Command(\"cat\")\nc.Stdin = os.Stdin\nc.Run()"}, ""},
	{"an io.Writer that panics under os/exec", []string{"import \"os/exec\"\ntype W struct{}\nfunc (W) Write(p []byte) (int, error) { panic(\"full\") }\nc := exec.Command(\"echo\", \"x\")\nc.Stdout = W{}\nc.Run()"}, "panic: full"},
	{"a struct that holds itself", []string{"type C struct{ P any }\nc := &C{}\nc.P = c\nc"}, "result &{"},
	{"fmt of a struct that holds itself", []string{"import \"fmt\"\ntype E interface{ N() int }\ntype D struct { up E; down []E }\nfunc (d *D) N() int { return 1 }\nd := &D{}\nd.down = append(d.down, &D{up: d})\nfmt.Println(d, []any{d}, map[string]any{\"d\": d})"}, "&{"},
	{"JSON of a struct that holds itself", []string{"import \"encoding/json\"\ntype J struct{ P *J }\nj := &J{}\nj.P = j\n_, err := json.Marshal(j)\nerr"}, "encountered a cycle via *main.J"},
	{"NUL", []string{"x := 1\x00"}, "syntax error"},
	{"invalid UTF-8", []string{"y := \"\xff\""}, "syntax error"},
	{"make beyond memory", []string{"b := make([]byte, 1<<46)"}, "make"},
	{"make of a variable size", []string{"size := 1 << 46\nb := make([]byte, 0, size)"}, "make"},
	{"make of a negative size", []string{"size2 := -1\nb := make([]byte, size2)"}, "makeslice: len out of range"},
	{"nil function", []string{"var nf func()\nnf()"}, "panic: runtime error: invalid memory address or nil pointer dereference"},
	{"division by zero", []string{"z := 0\n1 / z"}, "panic: runtime error: integer divide by zero"},
	{"closed channel", []string{"k := make(chan int)\nclose(k)\nclose(k)"}, "panic: close of closed channel"},
	{"send on a closed channel", []string{"k2 := make(chan int)\nclose(k2)\nk2 <- 1"}, "panic: send on closed channel"},
	{"an error that panics", []string{"type E struct{}\nfunc (E) Error() string { panic(\"in Error\") }\nE{}"}, "in Error"},
	{"much text", []string{"import (\"fmt\"; \"strings\")\nfmt.Print(strings.Repeat(\"x\", 60<<20))"}, "sets another limit"},
	{"a large result", []string{"make([]int, 1e7)"}, "elements"},
	{"memory without end", []string{"var hoard [][]byte\nfor { hoard = append(hoard, make([]byte, 1<<20)) }"}, "error memory: the cell was stopped"},
	{"memory, and letting go of it", []string{"hoard = nil\nimport \"runtime\"\nruntime.GC()\nlen(make([]byte, 100<<20))"}, "result 104857600"},
	{"a map without end", []string{"hm := map[int][]int{}\nfor i := 0; ; i++ { hm[i] = make([]int, 1000) }", "hm = nil"}, ""},
	{"10 MB in one line", []string{"long := \"" + strings.Repeat("x", 10<<20) + "\"\nlen(long)"}, "result 10485760"},
	{"10 MB of code in one line", []string{"sum := 0" + strings.Repeat(" + 1", 2<<20) + "\nsum"}, ""},
	{"brackets nested 10,000 deep", []string{"par := " + strings.Repeat("(", 10000) + "1" + strings.Repeat(")", 10000) + "\npar"}, "result 1"},
	{"blocks nested 10,000 deep", []string{strings.Repeat("{", 10000) + strings.Repeat("}", 10000)}, ""},
	{"functions nested 3,000 deep", []string{strings.Repeat("func() { ", 3000) + strings.Repeat("}()\n", 3000)}, ""},
	{"conditions nested 5,000 deep", []string{strings.Repeat("if true { ", 5000) + strings.Repeat("}", 5000)}, ""},
	{"brackets nested 1,000,000 deep", []string{strings.Repeat("[", 1000000)}, "syntax error"},
	{"a result that holds itself", []string{"loop := []any{nil}\nloop[0] = loop\nloop"}, "holds itself"},
}

// TestSurvivalWorker is the other process.
func TestSurvivalWorker(t *testing.T) {
	if os.Getenv(workerEnv) == "" {
		t.Skip("started by TestSurvival")
	}
	answers := json.NewEncoder(os.NewFile(3, "answers"))
	requests := json.NewDecoder(bufio.NewReader(os.Stdin)) // before the session takes it
	s, err := New()
	if err != nil {
		t.Fatal(err)
	}
	for n := 1; ; n++ {
		var code []byte
		if requests.Decode(&code) != nil {
			os.Exit(0)
		}
		var r record
		d, e := s.Execute(context.Background(), interp.Cell{Code: string(code), Number: n}, &r)
		if e != nil {
			fmt.Fprintf(&r.b, "error %s", strings.Join(e.Traceback(), "\n"))
		}
		if d != nil {
			fmt.Fprintf(&r.b, "result %v", d.Data["text/plain"])
		}
		text := r.b.String()
		if len(text) > 2000 {
			text = text[:1000] + "..." + text[len(text)-900:]
		}
		answers.Encode(text)
	}
}

// process is a session in another process.
type process struct {
	cmd      *exec.Cmd
	requests *json.Encoder
	answers  *json.Decoder
	stderr   strings.Builder
}

func startProcess(t *testing.T, env ...string) *process {
	t.Helper()
	p := &process{cmd: exec.Command(os.Args[0], "-test.run=^TestSurvivalWorker$")}
	p.cmd.Env = append(append(os.Environ(), workerEnv+"=1"), env...)
	p.cmd.Stderr = &p.stderr
	in, err := p.cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	p.cmd.ExtraFiles = []*os.File{w}
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	w.Close()
	p.requests, p.answers = json.NewEncoder(in), json.NewDecoder(r)
	t.Cleanup(func() { p.cmd.Process.Kill(); p.cmd.Wait() })
	return p
}

func (p *process) run(code string) (string, error) {
	if err := p.requests.Encode([]byte(code)); err != nil {
		return "", err
	}
	var text string
	type answer struct{ err error }
	done := make(chan answer, 1)
	go func() { done <- answer{p.answers.Decode(&text)} }()
	select {
	case a := <-done:
		return text, a.err
	case <-time.After(60 * time.Second):
		p.cmd.Process.Kill()
		<-done
		return "", fmt.Errorf("no answer within a minute")
	}
}

func TestSurvival(t *testing.T) {
	var p *process
	for _, row := range survived {
		if p == nil {
			p = startProcess(t, "GOMEMLIMIT=700MiB")
			if _, err := p.run("kept := 42"); err != nil {
				t.Fatal(err, p.stderr.String())
			}
		}
		var got string
		var err error
		start := time.Now()
		for _, code := range row.cells {
			if got, err = p.run(code); err != nil {
				break
			}
		}
		if err != nil {
			text := p.stderr.String()
			t.Errorf("%s: the process died: %v\n%s", row.name, err, text[:min(len(text), 1500)])
			p = nil
			continue
		}
		if !strings.Contains(got, row.want) {
			t.Errorf("%s:\n got %q\nwant %q", row.name, got, row.want)
		}
		t.Logf("%s: %v", row.name, time.Since(start))
		if got, err := p.run("kept"); err != nil || got != "result 42" {
			t.Errorf("%s: kept is %q afterwards (%v)", row.name, got, err)
			p = nil
		}
	}
}

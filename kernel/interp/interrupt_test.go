package interp_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	_ "github.com/hardneg/hardneg/kernel/bindings"
	"github.com/hardneg/hardneg/kernel/interp"
)

// cell runs code and fails the test when it fails.
func cell(t *testing.T, in *interp.Interp, code string) any {
	t.Helper()
	vs, err := in.Run(context.Background(), interp.Cell{Code: code, Number: 1})
	if err != nil {
		t.Fatalf("%s\n%v", code, err)
	}
	if len(vs) == 0 {
		return nil
	}
	return vs[0].Any
}

// late is how long a test waits for what takes at most a tenth of it.
const late = 2 * time.Second

// interruptible are cells that run for ever. Each is interrupted after a moment, must say so, and must leave kept as it
// was, and no goroutine that still counts.
var interruptible = []struct{ name, code string }{
	{"empty loop", "for {}"},
	{"loop", "for i := 0; ; i++ { kept2 = i }"},
	{"nested functions", "f := func() { for {} }\ng := func() { f() }\ng()"},
	{"method", "type Spin struct{}\nfunc (Spin) Go() { for { kept2++ } }\nSpin{}.Go()"},
	{"goroutine", "go func() { for { counter.Add(1) } }()\nfor {}"},
	{"goroutine of a goroutine", "go func() { go func() { for { counter.Add(1) } }(); for { counter.Add(1) } }()\nfor {}"},
	{"recover", "func() { defer func() { recover() }(); for {} }()\nkept = 0"},
	{"recover in a loop", "for { func() { defer func() { recover() }(); for {} }() }"},
	{"recover and again", "for { func() { defer func() { if r := recover(); r != nil { kept = 0 } }(); for {} }() }"},
	{"defer that loops", "func() { defer func() { for {} }(); for {} }()"},
	{"sort.Slice", "xs := []int{3, 2, 1}\nsort.Slice(xs, func(i, j int) bool { for {} })"},
	{"receive", "<-make(chan int)"},
	{"receive of a nil channel", "var none chan string\nx := <-none\n_ = x"},
	{"receive of two", "v, ok := <-make(chan float64)\n_, _ = v, ok"},
	{"send", "make(chan int) <- 1"},
	{"full channel", "full := make(chan error, 1)\nfor { full <- nil }"},
	{"range over a channel", "for v := range make(chan int) { _ = v }"},
	{"select", "a, b := make(chan int), make(chan string)\nselect { case <-a: case b <- \"x\": case v, ok := <-b: _, _ = v, ok }"},
	{"select {}", "select {}"},
	{"select in a loop", "for { select { case <-make(chan int): default: kept2++ } }"},
	{"ping-pong", "ping, pong := make(chan int), make(chan int)\ngo func() { for v := range ping { counter.Add(1); pong <- v } }()\nfor { ping <- 1; <-pong }"},
	{"goroutines that wait", "for range 100 { go func() { <-make(chan int); counter.Add(1) }() }\nselect {}"},
	{"receive under recover", "for { func() { defer func() { recover() }(); <-make(chan int) }() }"},
	{"Sleep", "time.Sleep(time.Hour)"},
	{"WaitGroup", "var wg sync.WaitGroup\nwg.Add(1)\nwg.Wait()"},
	{"WaitGroup.Go", "var wg sync.WaitGroup\nwg.Go(func() { for { counter.Add(1) } })\nwg.Wait()"},
	{"Mutex", "var mu sync.Mutex\nmu.Lock()\nmu.Lock()"},
	{"embedded Mutex", "type Guarded struct { sync.Mutex; n int }\nvar g Guarded\ng.Lock()\ng.Lock()"},
	{"RWMutex read", "var rw sync.RWMutex\nrw.Lock()\nrw.RLock()"},
	{"RWMutex write", "var rw sync.RWMutex\nrw.RLock()\nrw.Lock()"},
	{"Locker", "var rw sync.RWMutex\nvar l sync.Locker = rw.RLocker()\nrw.Lock()\nl.Lock()"},
	{"Cond", "var mu sync.Mutex\nc := sync.NewCond(&mu)\nfunc() { mu.Lock(); defer mu.Unlock(); for { c.Wait() } }()"},
	{"Once", "var once sync.Once\nonce.Do(func() { for {} })"},
	{"AfterFunc", "time.AfterFunc(time.Millisecond, func() { for { counter.Add(1) } })\nfor {}"},
	{"ctx", "<-ctx.Done()"},
	{"http.Get", "resp, err := http.Get(silent)\n_, _ = resp, err"},
	{"http.Client", "c := &http.Client{}\nresp, err := c.Get(silent)\n_, _ = resp, err"},
	{"http.Client value", "var c http.Client\nresp, err := c.Head(silent)\n_, _ = resp, err"},
	{"http request", "req, _ := http.NewRequest(\"GET\", silent, nil)\nresp, err := http.DefaultClient.Do(req)\n_, _ = resp, err"},
	{"http body", "resp, err := http.Get(silent + \"/body\")\nif err != nil { panic(err) }\nio.ReadAll(resp.Body)"},
	{"http server", "http.ListenAndServe(\"127.0.0.1:0\", nil)"},
	{"exec Run", "exec.Command(\"sleep\", \"1000\").Run()"},
	{"exec Wait", "p := exec.Command(\"sleep\", \"1000\")\np.Start()\np.Wait()"},
	{"exec Output", "exec.Command(\"sh\", \"-c\", \"sleep 1000; true\").Output()"},
	{"exec CombinedOutput", "exec.CommandContext(context.Background(), \"sleep\", \"1000\").CombinedOutput()"},
	{"exec of an earlier cell", "earlier.Wait()"},
	{"io.Pipe", "pr, pw := io.Pipe(); _ = pw; pr.Read(make([]byte, 1))"},
	{"io.Pipe under io.Copy", "pr2, pw2 := io.Pipe(); _ = pw2; io.Copy(io.Discard, pr2)"},
	{"io.Pipe of an earlier cell", "earlierPipe.Read(make([]byte, 1))"},
	{"goto", "func() { l: goto l }()"},
	{"a deferred function of the cell", "defer func() { for {} }()"},
	{"a deferred function in a loop over a function", "func() { for range func(yield func() bool) { yield() } { defer func() { for {} }() } }()"},
}

func TestInterrupt(t *testing.T) {
	in := interp.New()
	cell(t, in, `import ("fmt"; "sort"; "sync"; "sync/atomic"; "time"; "net/http"; "os/exec"; "context"; "log"; "io")
kept := 42
kept2 := 0
var counter atomic.Int64
var _, _, _, _, _, _ = fmt.Sprint, sort.Slice, http.Get, exec.Command, log.Print, io.EOF
var _ = context.Background`)
	silent := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/body" {
			w.(http.Flusher).Flush()
		}
		<-r.Context().Done()
	}))
	defer silent.Close()
	cell(t, in, fmt.Sprintf("silent := %q\nearlier := exec.Command(\"sleep\", \"1000\")\nif err := earlier.Start(); err != nil { panic(err) }\nearlierPipe, _ := io.Pipe()", silent.URL))
	for _, c := range interruptible { // not as subtests: cells run on the goroutine that made the interpreter
		var hit time.Time
		stop := time.AfterFunc(100*time.Millisecond, func() { hit = time.Now(); in.Interrupt() })
		_, err := in.Run(context.Background(), interp.Cell{Code: c.code, Number: 2})
		took := time.Since(hit)
		stop.Stop()
		var e *interp.Error
		if !errors.As(err, &e) || e.Name != "interrupted" {
			t.Errorf("%s: got %v, want interrupted", c.name, err)
			continue
		}
		if took > late {
			t.Errorf("%s: ended %v after the interrupt", c.name, took)
		}
		if got := cell(t, in, "kept"); got != 42 {
			t.Errorf("%s: kept is %v afterwards, want 42", c.name, got)
			cell(t, in, "kept = 42")
		}
		still(t, in, c.name)
		t.Logf("%s: %v", c.name, took)
	}
}

// still waits until no goroutine counts any more.
func still(t *testing.T, in *interp.Interp, name string) {
	t.Helper()
	for start := time.Now(); ; {
		before := cell(t, in, "counter.Load()")
		time.Sleep(5 * time.Millisecond)
		if cell(t, in, "counter.Load()") == before {
			return
		}
		if time.Since(start) > late {
			t.Fatalf("%s: a goroutine of the cell runs on", name)
		}
	}
}

// An interrupt ends what the cell has started, not what an earlier one has; between cells it ends that too.
func TestInterruptSparesEarlierCells(t *testing.T) {
	in := interp.New()
	cell(t, in, "import \"sync/atomic\"\nvar counter atomic.Int64\ngo func() { for { counter.Add(1) } }()")
	time.AfterFunc(50*time.Millisecond, in.Interrupt)
	if _, err := in.Run(context.Background(), interp.Cell{Code: "for {}", Number: 2}); err == nil {
		t.Fatal("for {} ended")
	}
	before := cell(t, in, "counter.Load()").(int64)
	for start := time.Now(); cell(t, in, "counter.Load()").(int64) == before; {
		if time.Since(start) > late {
			t.Fatal("the goroutine of an earlier cell was stopped with the later cell")
		}
	}
	in.Interrupt()
	still(t, in, "after an interrupt between cells")
}

// A goroutine's panic is told with its place, and ends nothing else.
func TestPanicInAGoroutine(t *testing.T) {
	in := interp.New()
	told := make(chan string, 10)
	in.OnTrouble(func(text string) { told <- text })
	cell(t, in, "import (\"sync\"; \"time\"; \"runtime\"; \"os\"; \"log\"; \"context\")\nvar _ = time.Now\nvar _ = os.Getpid\nvar _ = log.Print\nvar _ = context.Background")
	for _, c := range []struct{ code, want string }{
		{"go func() {\n\tvar a []int\n\t_ = a[3]\n}()", "index out of range"},
		{"var wg sync.WaitGroup\nwg.Go(func() { panic(\"one\") })\nwg.Wait()", "panic in a goroutine: one\n  cell [1], line 2"},
		{"time.AfterFunc(0, func() { panic(\"two\") })", "panic in a goroutine: two"},
		{"c, stop := context.WithCancel(ctx)\ncontext.AfterFunc(c, func() { panic(\"three\") })\nstop()", "panic in a goroutine: three"},
		{"go os.Exit(1)", "os.Exit(1) would end the kernel"},
		{"func() { defer func() { panic(\"four\") }(); go runtime.Goexit() }()", ""},
	} {
		if c.want == "" {
			if _, err := in.Run(context.Background(), interp.Cell{Code: c.code, Number: 1}); err == nil {
				t.Errorf("%s ended well", c.code)
			}
			continue
		}
		cell(t, in, c.code)
		select {
		case got := <-told:
			if !strings.Contains(got, c.want) {
				t.Errorf("%s\n told: %s\n want: %s", c.code, got, c.want)
			}
		case <-time.After(10 * time.Second):
			t.Errorf("%s: nothing is told", c.code)
		}
	}
}

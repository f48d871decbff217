package kernel

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/hardneg/hardneg/kernel/session"
)

// pieces are a request's messages with text and displays in the order in which they came, numbers only.
func (c *client) pieces(id string) (out []string, stderr string, bytes int) {
	c.t.Helper()
	var text strings.Builder
	flush := func() {
		out = append(out, strings.Fields(text.String())...)
		text.Reset()
	}
	for {
		m := c.next(c.published)
		if c.parent(m) != id {
			continue
		}
		o := content(m)
		bytes += len(m.Content)
		switch m.Header.Type {
		case "stream":
			if o["name"] == "stderr" {
				stderr += o["text"].(string)
				continue
			}
			text.WriteString(o["text"].(string))
		case "display_data":
			flush()
			s, _, _ := strings.Cut(o["data"].(object)["text/plain"].(string), " ")
			out = append(out, s)
		case "error":
			c.t.Fatalf("%s", m.Content)
		case "status":
			if o["execution_state"] == "idle" {
				flush()
				return out, stderr, bytes
			}
		}
	}
}

// Text and displays of 5 MB come whole and in order, with goroutines printing in between, and within the limits of a
// Jupyter server, which the pace of wire tells (TestPaceKeepsBelowTheServersLimits).
func TestVolumeKeepsOrder(t *testing.T) {
	c := start(t).client()
	id := c.execute(`import ("fmt"; "strings"; "sync")
long := strings.Repeat("x", 200)
big := strings.Repeat("y", 20000)
var wg sync.WaitGroup
for g := range 4 {
	wg.Add(1)
	go func() {
		defer wg.Done()
		for i := range 2500 { fmt.Printf("g%d:%d %s\n", g, i, long[:90]) }
	}()
}
for i := range 100 {
	for k := range 100 { fmt.Println(fmt.Sprint("m:", i*101+k), long) }
	Display(fmt.Sprint("m:", i*101+100, " ", big[:len(big)-1]))
}
wg.Wait()`)
	got, stderr, bytes := c.pieces(id)
	next := map[string]int{}
	for _, word := range got {
		who, number, ok := strings.Cut(word, ":")
		if !ok {
			continue // the ballast
		}
		if number != fmt.Sprint(next[who]) {
			t.Fatalf("%s is followed by %s, %d bytes so far", fmt.Sprint(who, ":", next[who]-1), word, bytes)
		}
		next[who]++
	}
	if next["m"] != 100*101 || next["g0"] != 2500 || next["g3"] != 2500 || stderr != "" {
		t.Errorf("came: %v, stderr %q", next, stderr)
	}
	if bytes < 4_500_000 {
		t.Errorf("%d bytes came", bytes)
	}
}

// Above the limit one line says how many bytes are missing: with those that came, all there were.
func TestVolumeAboveTheLimit(t *testing.T) {
	c := start(t, session.LimitVariable+"=100kB").client()
	for _, cell := range []struct {
		code string
		all  int
	}{
		{`import ("fmt"; "strings")` + "\nfor range 3000 { fmt.Print(strings.Repeat(\"é\", 50)) }", 300_000},
		{`for range 30 { Display(strings.Repeat("z", 10_000)) }`, 300_000},
		{`fmt.Print(strings.Repeat("a", 99_999))`, 99_999},
	} {
		id := c.execute(cell.code)
		came, lost := 0, 0
		for _, line := range strings.Split(c.output(id), "\n") {
			var text string
			switch {
			case strings.HasPrefix(line, "stdout "):
				fmt.Sscanf(line, "stdout %q", &text)
				came += len(text)
			case strings.HasPrefix(line, "display_data "):
				came += len(strings.TrimPrefix(line, "display_data "))
			default:
				if n, _ := fmt.Sscanf(line, "stderr \"[%d bytes of output above 100000 are not shown", &lost); n != 1 {
					t.Errorf("published %q", line)
				}
			}
		}
		if came+lost != cell.all || came > 100_000 || came < 99_900 {
			t.Errorf("%.40s: %d came, %d were lost, of %d", cell.code, came, lost, cell.all)
		}
		c.next(c.replies)
	}
}

// What a goroutine prints and shows is the cell's that started it, whichever runs by then.
func TestGoroutinesPrintToTheirCell(t *testing.T) {
	c := start(t).client()
	first := c.execute(`import ("fmt"; "os"; "log"; "time")
log.SetFlags(0)
go func() {
	time.Sleep(300 * time.Millisecond)
	fmt.Print("1")
	fmt.Fprint(os.Stderr, "2")
	log.Print("3")
	Display("4")
	go func() { fmt.Print("5") }()
}()`)
	if out := c.output(first); out != "" {
		t.Fatalf("before: %q", out)
	}
	second := c.execute("time.Sleep(600 * time.Millisecond)\nfmt.Print(\"end\")")
	var late []string
	for {
		m := c.next(c.published)
		o := content(m)
		what := fmt.Sprint(o["text"], o["data"])
		switch {
		case c.parent(m) == first && m.Header.Type != "status":
			late = append(late, what)
		case c.parent(m) == second && m.Header.Type == "stream" && o["text"] != "end":
			t.Errorf("the second cell printed %q", o["text"])
		case c.parent(m) == second && o["execution_state"] == "idle":
			if got := strings.Join(late, " "); !strings.HasPrefix(got, "1<nil> 2<nil> 3\n") && !strings.HasPrefix(got, "1<nil> 23\n<nil> ") || !strings.Contains(got, "map[text/plain:4]") || !strings.Contains(got, "5") {
				t.Errorf("the first cell's goroutines printed %q", got)
			}
			return
		}
	}
}

// A cell that prints, shows or clears without end, and faster than can be sent, ends soon after it is interrupted.
func TestInterruptOfPrinting(t *testing.T) {
	c := start(t).client()
	const text = "import \"fmt\"\nfor i := 0; ; i++ { fmt.Println(i, \"a line of text that is neither short nor long\") }"
	for _, code := range []string{text, text, "for i := 0; ; i++ { Display(i) }", "h := display.Show(0)\nfor i := 0; ; i++ { h.Update(i) }", "for { display.Clear(false) }"} {
		id := c.execute(code)
		time.Sleep(1500 * time.Millisecond) // by then the pace holds it up
		begin := time.Now()
		c.send(c.control, "interrupt_request", object{})
		if out := c.output(id); !strings.Contains(out, "error interrupted") {
			t.Errorf("published %.100q ... %.100q", out, out[max(0, len(out)-100):])
		}
		took := time.Since(begin)
		t.Logf("%.40q: interrupt to idle: %v", code, took)
		if took > 2*time.Second {
			t.Errorf("%.40q: idle %v after the interrupt", code, took)
		}
	}
}

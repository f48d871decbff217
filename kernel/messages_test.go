package kernel

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/go-zeromq/zmq4"

	"github.com/hardneg/hardneg/kernel/internal/history"
)

// The kernel over real sockets, with a client of our own. What Jupyter's own client sees is in peers/kernel_test.py.

func TestInfo(t *testing.T) {
	c := start(t).client()
	for _, where := range []string{"shell", "control"} {
		var o object
		if where == "shell" {
			o = c.ask("kernel_info_request", object{})
		} else {
			c.send(c.control, "kernel_info_request", object{})
			o = content(c.next(c.controls))
		}
		l := o["language_info"].(object)
		if o["status"] != "ok" || o["protocol_version"] != "5.5" || l["name"] != "go" || l["codemirror_mode"] != "go" ||
			l["pygments_lexer"] != "go" || l["file_extension"] != ".go" || l["nbconvert_exporter"] != "script" || l["mimetype"] != "text/x-go" {
			t.Errorf("%s: %v", where, o)
		}
		if f, ok := o["supported_features"].([]any); !ok || len(f) != 0 {
			t.Errorf("supported_features is %v, want an empty list", o["supported_features"])
		}
	}
	if o := c.ask("connect_request", object{}); int(o["shell_port"].(float64)) != c.conn.Shell {
		t.Errorf("connect_reply is %v", o)
	}
	if o := c.ask("is_complete_request", object{"code": "func f() {\n\tif x {"}); o["status"] != "incomplete" || o["indent"] != "\t\t" {
		t.Errorf("is_complete_reply is %v", o)
	}
	if o := c.ask("complete_request", object{"code": "é := 1; Displ", "cursor_pos": 13}); o["cursor_start"] != 8.0 || o["cursor_end"] != 13.0 || fmt.Sprint(o["matches"]) != "[Display]" {
		t.Errorf("complete_reply is %v", o)
	}
	if o := c.ask("inspect_request", object{"code": "fmt.Println", "cursor_pos": 11}); o["found"] != true || !strings.Contains(fmt.Sprint(o["data"]), "func fmt.Println") {
		t.Errorf("inspect_reply is %v", o)
	}
}

// Every field of execute_request.
func TestExecute(t *testing.T) {
	c := start(t).client()
	for _, r := range []struct {
		name, want string
		request    object
		count      float64
	}{
		{"result", "execute_result 42", object{"code": "6*7"}, 1},
		{"silent", "", object{"code": "import \"fmt\"\nx := 5; fmt.Println(x); Display(x); x", "silent": true}, 1},
		{"not stored", "execute_result 5", object{"code": "x", "store_history": false}, 1},
		{"next", "execute_result 5", object{"code": "x"}, 2},
		{"silent error", "", object{"code": "panic(1)", "silent": true}, 2},
		{"order", "stdout \"a\"\ndisplay_data D\nstdout \"b\"\nstderr \"c\"\nstdout \"d\\n\"\nexecute_result 9", object{
			"code": "import \"os\"\nfmt.Print(\"a\"); Display(\"D\"); fmt.Print(\"b\"); fmt.Fprint(os.Stderr, \"c\"); fmt.Println(\"d\")\n9"}, 3},
		{"clear", `clear_output {"wait":true}`, object{"code": "display.Clear(true)"}, 4},
		{"pager", "", object{"code": "fmt.Println?"}, 5},
		{"no JSON", "execute_result map[x:NaN]\napplication/json is not shown: json: unsupported value: NaN", object{
			"code": "import \"math\"\ndisplay.JSON(map[string]any{\"x\": math.NaN()})"}, 6},
	} {
		id := c.send(c.shell, "execute_request", r.request)
		got := c.output(id)
		reply := content(c.next(c.replies))
		if got != r.want || reply["execution_count"] != r.count {
			t.Errorf("%s: published %q, want %q; reply %v", r.name, got, r.want, reply)
		}
		if r.name == "pager" && !strings.Contains(fmt.Sprint(reply["payload"]), "source:page") {
			t.Errorf("payload is %v", reply["payload"])
		}
		if (reply["status"] == "error") != (r.name == "silent error") {
			t.Errorf("%s: %v", r.name, reply)
		}
	}
	reply := c.ask("execute_request", object{"code": "", "user_expressions": object{"a": "x+1", "b": "nope", "c": "y := 1"}})
	e := reply["user_expressions"].(object)
	if got := fmt.Sprint(e["a"].(object)["data"]); got != "map[text/plain:6]" || e["b"].(object)["status"] != "error" || e["c"].(object)["status"] != "ok" {
		t.Errorf("user_expressions are %v", e)
	}
}

// A cell that fails aborts those that were sent before its reply, unless it says otherwise, and no other request.
func TestStopOnError(t *testing.T) {
	c := start(t).client()
	for _, stop := range []bool{true, false} {
		c.send(c.shell, "execute_request", object{"code": "import \"time\"\ntime.Sleep(100*time.Millisecond)\npanic(1)", "stop_on_error": stop})
		second := c.execute("7")
		c.send(c.shell, "is_complete_request", object{"code": "1"})
		want := map[bool]string{true: "error aborted complete", false: "error ok complete"}[stop]
		var got []string
		for range 3 {
			got = append(got, fmt.Sprint(content(c.next(c.replies))["status"]))
		}
		// requests that are not cells keep their places; aborted ones are answered at once
		if strings.Join(got, " ") != want {
			t.Errorf("stop_on_error %v: replies %v, want %s", stop, got, want)
		}
		if out := c.output(second); (out == "") != stop {
			t.Errorf("stop_on_error %v: the second cell published %q", stop, out)
		}
	}
	// a front end's own question, which fails, stops no cell
	c.send(c.shell, "execute_request", object{"code": "time.Sleep(100*time.Millisecond)\npanic(3)", "silent": true})
	after := c.execute("9")
	if first, second := content(c.next(c.replies))["status"], content(c.next(c.replies))["status"]; first != "error" || second != "ok" {
		t.Errorf("after a silent failure: %v, %v", first, second)
	}
	c.output(after)
	if status, _ := c.run("panic(2)"); status != "error" {
		t.Fatal(status)
	}
	if status, out := c.run("8"); status != "ok" || out != "execute_result 8" {
		t.Errorf("a cell sent after the reply: %s, %q", status, out)
	}
}

// A request that is not what the protocol says is answered with an error, and a type that nobody knows is passed over.
func TestWrongContents(t *testing.T) {
	c := start(t).client()
	for _, msgType := range []string{"execute_request", "is_complete_request", "complete_request", "history_request", "inspect_request"} {
		o := c.ask(msgType, object{"code": 5, "n": "x", "cursor_pos": object{}})
		if o["status"] != "error" || !strings.Contains(fmt.Sprint(o["evalue"]), msgType) {
			t.Errorf("%s: %v", msgType, o)
		}
	}
	if o := c.ask("history_request", object{"hist_access_type": "all"}); o["status"] != "error" || !strings.Contains(fmt.Sprint(o["evalue"]), `"all", want range, tail or search`) {
		t.Errorf("history_request: %v", o)
	}
	c.send(c.shell, "debug_request", object{})
	c.send(c.shell, "comm_msg", object{"comm_id": []int{1}})
	if status, out := c.run("1"); status != "ok" || out != "execute_result 1" {
		t.Errorf("afterwards: %s, %q", status, out)
	}
	if o := c.ask("complete_request", object{"code": "fmt.", "cursor_pos": -5}); o["status"] != "ok" {
		t.Errorf("complete_reply is %v", o)
	}
}

func TestInput(t *testing.T) {
	c := start(t).client()
	answer := func(texts ...string) {
		for _, text := range texts {
			if m := c.next(c.questions); m.Header.Type != "input_request" || content(m)["password"] != false {
				t.Errorf("asked by %s %s", m.Header.Type, m.Content)
			}
			c.send(c.stdin, "input_reply", object{"value": text})
		}
	}
	c.send(c.stdin, "input_reply", object{"value": "too early"})
	for _, cell := range []struct {
		code, want string
		answers    []string
	}{
		{"import (\"fmt\"; \"bufio\"; \"os\"; \"io\")\nvar name string; var n int\nfmt.Print(\"name? \")\nfmt.Scan(&name, &n)\nfmt.Print(name, n)",
			"stdout \"name? \"\nstdout \"Ada36\"", []string{"Ada", "36 left over"}},
		{"r := bufio.NewReader(os.Stdin)\nline, err := r.ReadString('\\n')\nfmt.Printf(\"%q %v\", line, err)", "stdout \"\\\"one two\\\\n\\\" <nil>\"", []string{"one two"}},
		{"s := bufio.NewScanner(os.Stdin)\nfor range 2 { s.Scan(); fmt.Print(s.Text(), \";\") }", "stdout \"a;b;\"", []string{"a", "b"}},
		{"var a, b int\nk, err := fmt.Scanln(&a, &b)\nfmt.Print(k, err, a, b)", "stdout \"2 <nil> 1 2\"", []string{"1 2"}},
		{"_, err = fmt.Scanf(\"%d-%d\\n\", &a, &b)\nfmt.Print(err, a, b)", "stdout \"<nil> 3 4\"", []string{"3-4"}},
		{"long, _ := bufio.NewReaderSize(os.Stdin, 16).ReadString('\\n')\nlen(long)", "execute_result 5001", []string{strings.Repeat("x", 5000)}},
		{"io.CopyN(os.Stdout, os.Stdin, 3)", "stdout \"abc\"\nexecute_result 3", []string{"abcdef"}},
	} {
		id := c.execute(cell.code)
		answer(cell.answers...)
		out := c.output(id)
		// where text is cut depends on the clock
		if got := strings.ReplaceAll(out, "\"\nstdout \"", ""); got != strings.ReplaceAll(cell.want, "\"\nstdout \"", "") {
			t.Errorf("%s\n got %s\nwant %s", cell.code, out, cell.want)
		}
		c.next(c.replies)
	}

	// no answers to be had
	id := c.send(c.shell, "execute_request", object{"code": "fmt.Scan(&n)", "allow_stdin": false})
	if out := c.output(id); !strings.Contains(out, "allow_stdin is false") {
		t.Errorf("without allow_stdin: %q", out)
	}
	c.next(c.replies)

	// an interrupt ends the wait
	id = c.execute("fmt.Scan(&n)")
	c.next(c.questions)
	c.send(c.control, "interrupt_request", object{})
	if out := c.output(id); !strings.HasPrefix(out, "error interrupted") {
		t.Errorf("interrupted: %q", out)
	}
	c.next(c.replies)
	if status, out := c.run("n"); status != "ok" || out != "execute_result 36" {
		t.Errorf("afterwards: %s %q", status, out)
	}

	// what is compiled finds the end of its own standard input
	if _, out := c.run("import \"os/exec\"\nb, err := exec.Command(\"cat\").Output()\nfmt.Print(len(b), err)"); out != `stdout "0 <nil>"` {
		t.Errorf("a child's standard input: %q", out)
	}
}

func TestHistoryOverKernels(t *testing.T) {
	variable := history.Variable + "=" + filepath.Join(t.TempDir(), "h")
	first := start(t, variable).client()
	first.run("1+1")
	first.run("2+2")
	first.send(first.control, "shutdown_request", object{"restart": false})
	if err := first.wait(patience); err != nil {
		t.Fatal(err)
	}
	c := start(t, variable).client()
	c.run("3+3")
	c.ask("execute_request", object{"code": "4+4", "store_history": false})
	for _, r := range []struct {
		request object
		want    string
	}{
		{object{"hist_access_type": "tail", "n": 2}, `[[1,2,"2+2"],[2,1,"3+3"]]`},
		{object{"hist_access_type": "tail", "n": 1, "output": true}, `[[2,1,["3+3","6"]]]`},
		{object{"hist_access_type": "range", "session": -1, "start": 1, "stop": 2}, `[[1,1,"1+1"]]`},
		{object{"hist_access_type": "range", "session": 0, "start": 0, "stop": nil}, `[[2,1,"3+3"]]`},
		{object{"hist_access_type": "search", "pattern": "?+*", "n": 2, "unique": true}, `[[1,2,"2+2"],[2,1,"3+3"]]`},
	} {
		o := c.ask("history_request", r.request)
		if got, _ := json.Marshal(o["history"]); string(got) != r.want {
			t.Errorf("%v: %s, want %s", r.request, got, r.want)
		}
	}
}

func TestComms(t *testing.T) {
	c := start(t).client()
	id := c.send(c.shell, "comm_open", object{"comm_id": "a", "target_name": "nobody", "data": object{}})
	if out := c.output(id); out != `comm_close {"comm_id":"a","data":{}}` {
		t.Errorf("an unknown target: %q", out)
	}
	id = c.send(c.shell, "comm_open", object{"comm_id": "p", "target_name": "echo", "data": "panic"})
	if out := c.output(id); out != "stderr \"panic in the handler of open: asked to\\n\"\n"+`comm_close {"comm_id":"p","data":{}}` {
		t.Errorf("a target that panics: %q", out)
	}
	// the testkernel registers the target "echo", see internal/testkernel
	id = c.send(c.shell, "comm_open", object{"comm_id": "b", "target_name": "echo", "data": object{"x": 1}})
	if out := c.output(id); out != `comm_msg {"comm_id":"b","data":{"opened":{"x":1}}}` {
		t.Errorf("opened: %q", out)
	}
	if got := fmt.Sprint(c.ask("comm_info_request", object{"target_name": "echo"})["comms"]); got != "map[b:map[target_name:echo]]" {
		t.Errorf("comms: %s", got)
	}
	if got := fmt.Sprint(c.ask("comm_info_request", object{"target_name": "other"})["comms"]); got != "map[]" {
		t.Errorf("comms of another target: %s", got)
	}
	frames, id := c.frames("comm_msg", object{"comm_id": "b", "data": "hello"})
	c.shell.SendMulti(zmq4.NewMsgFrom(append(frames, []byte{0, 1, 2})...))
	for {
		m := c.next(c.published)
		if m.Header.Type == "comm_msg" && c.parent(m) == id {
			if string(m.Content) != `{"comm_id":"b","data":"hello"}` || len(m.Buffers) != 1 || len(m.Buffers[0]) != 3 {
				t.Errorf("came back: %s with %v", m.Content, m.Buffers)
			}
			break
		}
	}
	id = c.send(c.shell, "comm_msg", object{"comm_id": "b", "data": "panic"})
	if out := c.output(id); !strings.Contains(out, "panic in the handler of msg: asked to") {
		t.Errorf("a panic: %q", out)
	}
	id = c.send(c.shell, "comm_close", object{"comm_id": "b", "data": object{}})
	if out := c.output(id); out != `stdout "closed\n"` {
		t.Errorf("closed: %q", out)
	}
	if got := fmt.Sprint(c.ask("comm_info_request", object{})["comms"]); got != "map[]" {
		t.Errorf("comms at the end: %s", got)
	}
}

// Restart or not, the reply comes by control and to all front ends, and the process ends by itself, also out of a loop.
func TestShutdown(t *testing.T) {
	for _, busy := range []bool{false, true} {
		c := start(t).client()
		if busy {
			c.execute("for {}")
			time.Sleep(100 * time.Millisecond)
		}
		id := c.send(c.control, "shutdown_request", object{"restart": busy})
		if m := c.next(c.controls); m.Header.Type != "shutdown_reply" || content(m)["restart"] != busy {
			t.Errorf("reply %s %s", m.Header.Type, m.Content)
		}
		if out := c.output(id); !strings.HasPrefix(out, "shutdown_reply") {
			t.Errorf("published %q", out)
		}
		if err := c.wait(patience); err != nil {
			t.Errorf("ended with %v", err)
		}
	}
}

// Requests that need the goroutine of cells wait for it, whichever socket they come by.
func TestControlDoesNotRunCells(t *testing.T) {
	c := start(t).client()
	first := c.execute("import \"time\"\nn := 0\nfor range 20 { n++; time.Sleep(10*time.Millisecond) }\nn")
	for m := c.next(c.published); m.Header.Type != "execute_input"; m = c.next(c.published) {
	}
	second := c.send(c.control, "execute_request", object{"code": "n"})
	if out := c.output(first); out != "execute_result 20" {
		t.Errorf("first: %q", out)
	}
	if out := c.output(second); out != "execute_result 20" {
		t.Errorf("second: %q", out)
	}
}

package kernel

import (
	"encoding/json"
	"fmt"
	"net"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/go-zeromq/zmq4"

	"github.com/hardneg/hardneg/kernel/wire"
)

// Messages that are forged, sent again or no messages are dropped and counted, and the kernel goes on.
func TestForgedMessages(t *testing.T) {
	c := start(t).client()
	send := func(frames [][]byte) { c.shell.SendMulti(zmq4.NewMsgFrom(frames...)) }
	forge := func(key string, change func([][]byte)) [][]byte {
		frames, err := wire.Encode(nil, nil, c.name, wire.Packet{Type: "execute_request", Content: object{"code": "forged := 1"}}, []byte(key))
		if err != nil {
			t.Fatal(err)
		}
		change(frames)
		return frames
	}
	same := func([][]byte) {}
	send(forge("another key", same))
	send(forge("", same))
	send(forge("secret", func(f [][]byte) { f[5] = []byte(`{"code":"forged := 2"}`) }))
	send(forge("secret", func(f [][]byte) { f[1] = f[1][:63] }))
	send([][]byte{[]byte("no message")})
	send([][]byte{[]byte("<IDS|MSG>"), {}, {}, {}, {}})
	good, id := c.frames("execute_request", object{"code": "n := 0\nn"})
	send(good)
	if out := c.output(id); out != "execute_result 0" {
		t.Fatalf("published %q", out)
	}
	send(good) // once more
	if _, out := c.run("forged"); !strings.Contains(out, "undefined: forged") {
		t.Errorf("a forged cell ran: %q", out)
	}
	c.send(c.control, "shutdown_request", object{})
	if err := c.wait(patience); err != nil {
		t.Error(err)
	}
	if log := c.log.String(); !strings.Contains(log, "messages dropped: 2 malformed, 4 with a wrong signature, 1 sent twice") {
		t.Errorf("the log counts otherwise:\n%s", log)
	}
}

// A connection that is no ZeroMQ, or silent, holds nobody up, at any of the sockets.
func TestStrangers(t *testing.T) {
	k := start(t)
	k.client()
	for _, port := range []int{k.conn.Shell, k.conn.Control, k.conn.Stdin, k.conn.IOPub, k.conn.Heartbeat} {
		for _, text := range []string{"", "GET / HTTP/1.1\r\n\r\n" + strings.Repeat("x", 200)} {
			s, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", port))
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			s.Write([]byte(text))
		}
	}
	c := k.client()
	if status, out := c.run("1"); status != "ok" || out != "execute_result 1" {
		t.Errorf("%s %q", status, out)
	}
	beat := zmq4.NewReq(t.Context())
	defer beat.Close()
	if err := beat.Dial(address(k.conn.Heartbeat)); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		beat.Send(zmq4.NewMsgString("ping"))
		if m, err := beat.Recv(); err != nil || string(m.Frames[0]) != "ping" {
			t.Errorf("heartbeat %q, %v", m.Frames, err)
		}
	}
}

// Two front ends see the same, and each gets the replies to its own requests.
func TestTwoClients(t *testing.T) {
	k := start(t)
	a, b := k.client(), k.client()
	for _, c := range []*client{a, b} {
		id := c.execute("40 + 2")
		for _, reader := range []*client{a, b} {
			if out := reader.output(id); out != "execute_result 42" {
				t.Errorf("published %q", out)
			}
		}
		if m := c.next(c.replies); c.parent(m) != id {
			t.Errorf("the reply is to another request: %s", m.Parent)
		}
	}
	if len(a.replies)+len(b.replies) > 0 {
		t.Error("a front end got another's reply")
	}
}

// What cannot be started says why, and what to do.
func TestDoesNotStart(t *testing.T) {
	t.Run("port taken", func(t *testing.T) {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		c, file := connection(t)
		c.IOPub = l.Addr().(*net.TCPAddr).Port
		b, _ := json.Marshal(c)
		os.WriteFile(file, b, 0o600)
		fails(t, file, "listen for iopub at tcp://127.0.0.1:", "start the kernel again")
	})
	t.Run("no file", func(t *testing.T) { fails(t, t.TempDir()+"/none.json", "none.json", "type `jupyter console") })
	t.Run("no JSON", func(t *testing.T) {
		file := t.TempDir() + "/foreign.json"
		os.WriteFile(file, []byte("{}x"), 0o600)
		fails(t, file, "foreign.json", "it is no connection file", "type `jupyter console")
	})
}

func fails(t *testing.T, file string, want ...string) {
	t.Helper()
	out, err := exec.Command(testkernel(t), file).CombinedOutput()
	if _, ok := err.(*exec.ExitError); !ok {
		t.Fatalf("it started: %v", err)
	}
	for _, w := range want {
		if !strings.Contains(string(out), w) {
			t.Errorf("%q does not say %q", out, w)
		}
	}
}

func TestWorldReadableFileIsToldOf(t *testing.T) {
	k := start(t, "X=1")
	k.client()
	if log := k.log.String(); strings.Contains(log, "chmod") {
		t.Errorf("the log of a private file: %s", log)
	}
	c, file := connection(t)
	b, _ := json.Marshal(c)
	os.WriteFile(file, b, 0o600)
	os.Chmod(file, 0o644)
	open := &started{t: t, conn: c, file: file, log: &locked{}, done: make(chan error, 1)}
	open.cmd = exec.Command(testkernel(t), file)
	open.cmd.Stderr = open.log
	if err := open.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer open.cmd.Wait()
	defer open.cmd.Process.Kill()
	open.client()
	if log := open.log.String(); !strings.Contains(log, "chmod 600 "+file) {
		t.Errorf("the log does not say what to do: %q", log)
	}
}

// A cell's text is joined to at most 20 messages a second, and is there before the cell's idle.
func TestTextIsJoined(t *testing.T) {
	c := start(t).client()
	begin := time.Now()
	id := c.execute("import (\"fmt\"; \"time\")\nfor i := range 500 { fmt.Println(i); time.Sleep(2*time.Millisecond) }")
	out := c.output(id)
	took := time.Since(begin)
	var text strings.Builder
	lines := strings.Split(out, "\n")
	for _, l := range lines {
		var part string
		if _, err := fmt.Sscanf(l, "stdout %q", &part); err != nil {
			t.Fatal(err)
		}
		text.WriteString(part)
	}
	var want strings.Builder
	for i := range 500 {
		fmt.Fprintln(&want, i)
	}
	if text.String() != want.String() {
		t.Errorf("printed %d bytes, want %d: lost or out of order", text.Len(), want.Len())
	}
	if most := int(20*took.Seconds()) + 2; len(lines) > most || len(lines) < 3 {
		t.Errorf("%d messages in %v, want at most %d, and text while the cell runs", len(lines), took, most)
	}
}

package kernel

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-zeromq/zmq4"

	"github.com/hardneg/hardneg/kernel/internal/history"
	"github.com/hardneg/hardneg/kernel/wire"
)

// patience is how long a test waits for what must come.
const patience = 60 * time.Second

var build struct {
	sync.Once
	program string
	err     error
}

// testkernel builds the kernel, once.
func testkernel(t *testing.T) string {
	t.Helper()
	build.Do(func() {
		dir, err := os.MkdirTemp("", "testkernel")
		if err != nil {
			build.err = err
			return
		}
		build.program = filepath.Join(dir, "testkernel")
		if out, err := exec.Command("go", "build", "-o", build.program, "./internal/testkernel").CombinedOutput(); err != nil {
			build.err = fmt.Errorf("build: %w\n%s", err, out)
		}
	})
	if build.err != nil {
		t.Fatal(build.err)
	}
	return build.program
}

func TestMain(m *testing.M) {
	code := m.Run()
	if build.program != "" {
		os.RemoveAll(filepath.Dir(build.program))
	}
	os.Exit(code)
}

// locked is a buffer that two goroutines use.
type locked struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *locked) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *locked) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// started is a kernel process.
type started struct {
	t    *testing.T
	cmd  *exec.Cmd
	conn wire.Connection
	file string
	log  *locked
	done chan error
}

// ports are n that nobody had a moment ago.
func ports(t *testing.T, n int) (out []int) {
	t.Helper()
	for range n {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		out = append(out, l.Addr().(*net.TCPAddr).Port)
	}
	return out
}

// connection writes a connection file.
func connection(t *testing.T) (wire.Connection, string) {
	t.Helper()
	p := ports(t, 5)
	c := wire.Connection{Transport: "tcp", IP: "127.0.0.1", Key: "secret", Scheme: "hmac-sha256",
		Shell: p[0], Control: p[1], Stdin: p[2], IOPub: p[3], Heartbeat: p[4]}
	b, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "connection.json")
	if err := os.WriteFile(file, b, 0o600); err != nil {
		t.Fatal(err)
	}
	return c, file
}

// start starts a kernel; it does not wait for it.
func start(t *testing.T, env ...string) *started {
	t.Helper()
	k := &started{t: t, log: &locked{}, done: make(chan error, 1)}
	k.conn, k.file = connection(t)
	k.cmd = exec.Command(testkernel(t), k.file)
	k.cmd.Env = append(append(os.Environ(), history.Variable+"=off"), env...)
	k.cmd.Stderr = k.log
	if err := k.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() { k.done <- k.cmd.Wait() }()
	t.Cleanup(func() {
		k.cmd.Process.Kill()
		if t.Failed() {
			t.Logf("the kernel's log:\n%s", k.log)
		}
	})
	return k
}

// wait returns when the kernel has ended.
func (k *started) wait(atMost time.Duration) error {
	k.t.Helper()
	select {
	case err := <-k.done:
		k.done <- err
		return err
	case <-time.After(atMost):
		k.t.Fatalf("the kernel runs still after %v", atMost)
		return nil
	}
}

// client is a front end.
type client struct {
	*started
	name                  string
	shell, control, stdin zmq4.Socket
	replies               chan *wire.Message // of shell
	controls, questions   chan *wire.Message
	published             chan *wire.Message
}

func address(port int) string { return fmt.Sprintf("tcp://127.0.0.1:%d", port) }

// client connects a front end, and waits until it hears the kernel.
func (k *started) client() *client {
	k.t.Helper()
	c := &client{started: k, name: wire.NewID()}
	dial := func(s zmq4.Socket, port int) (zmq4.Socket, chan *wire.Message) {
		k.t.Cleanup(func() { s.Close() })
		var err error
		for range 500 {
			if err = s.Dial(address(port)); err == nil {
				break
			}
			time.Sleep(20 * time.Millisecond)
		}
		if err != nil {
			k.t.Fatal(err)
		}
		in := make(chan *wire.Message, 100_000)
		go func() {
			for {
				z, err := s.Recv()
				if err != nil {
					return
				}
				m, err := wire.Decode(z.Frames, []byte(k.conn.Key))
				if err != nil {
					panic(err)
				}
				in <- m
			}
		}()
		return s, in
	}
	dealer := func() zmq4.Socket {
		return zmq4.NewDealer(k.t.Context(), zmq4.WithID(zmq4.SocketIdentity(c.name)), zmq4.WithDialerRetry(20*time.Millisecond), zmq4.WithDialerMaxRetries(500))
	}
	c.shell, c.replies = dial(dealer(), k.conn.Shell)
	c.control, c.controls = dial(dealer(), k.conn.Control)
	c.stdin, c.questions = dial(dealer(), k.conn.Stdin)
	var sub zmq4.Socket
	sub, c.published = dial(zmq4.NewSub(k.t.Context()), k.conn.IOPub)
	if err := sub.SetOption(zmq4.OptionSubscribe, ""); err != nil {
		k.t.Fatal(err)
	}
	if m := c.next(c.published); m.Header.Type != "iopub_welcome" {
		k.t.Fatalf("the first message is %s, want iopub_welcome", m.Header.Type)
	}
	return c
}

// next waits for a message.
func (c *client) next(from chan *wire.Message) *wire.Message {
	c.t.Helper()
	select {
	case m := <-from:
		return m
	case <-time.After(patience):
		c.t.Fatal("no message has come")
		return nil
	}
}

// frames are those of a request.
func (c *client) frames(msgType string, content any) (frames [][]byte, id string) {
	c.t.Helper()
	frames, err := wire.Encode(nil, nil, c.name, wire.Packet{Type: msgType, Content: content}, []byte(c.conn.Key))
	if err != nil {
		c.t.Fatal(err)
	}
	m, err := wire.Decode(frames, nil)
	if err != nil {
		c.t.Fatal(err)
	}
	return frames, m.Header.ID
}

// send sends a request, and returns its id.
func (c *client) send(s zmq4.Socket, msgType string, content any) string {
	c.t.Helper()
	frames, id := c.frames(msgType, content)
	if err := s.SendMulti(zmq4.NewMsgFrom(frames...)); err != nil {
		c.t.Fatal(err)
	}
	return id
}

// content unpacks one.
func content(m *wire.Message) object {
	var o object
	if err := m.Decode(&o); err != nil {
		panic(err)
	}
	return o
}

// ask sends a request by shell and returns the reply's content.
func (c *client) ask(msgType string, content_ any) object {
	c.t.Helper()
	c.send(c.shell, msgType, content_)
	return content(c.next(c.replies))
}

// execute sends a cell.
func (c *client) execute(code string) string {
	c.t.Helper()
	return c.send(c.shell, "execute_request", object{"code": code, "allow_stdin": true})
}

// output is what is published for a request, between its busy and its idle: a line for each message.
func (c *client) output(id string) string {
	c.t.Helper()
	var out []string
	for {
		m := c.next(c.published)
		if c.parent(m) != id {
			continue
		}
		o := content(m)
		switch m.Header.Type {
		case "status":
			if o["execution_state"] == "idle" {
				return strings.Join(out, "\n")
			}
		case "execute_input":
		case "stream":
			out = append(out, fmt.Sprintf("%s %q", o["name"], o["text"]))
		case "display_data", "update_display_data", "execute_result":
			out = append(out, fmt.Sprintf("%s %v", m.Header.Type, o["data"].(object)["text/plain"]))
		case "error":
			out = append(out, fmt.Sprintf("error %v: %v", o["ename"], o["evalue"]))
		default:
			out = append(out, fmt.Sprintf("%s %s", m.Header.Type, m.Content))
		}
	}
}

// parent is the id of the request that a message answers.
func (c *client) parent(m *wire.Message) string {
	var h wire.Header
	json.Unmarshal(m.Parent, &h)
	return h.ID
}

// run executes a cell: the reply's status and the output.
func (c *client) run(code string) (status, output string) {
	c.t.Helper()
	id := c.execute(code)
	output = c.output(id)
	return fmt.Sprint(content(c.next(c.replies))["status"]), output
}

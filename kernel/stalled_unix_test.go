//go:build !windows

package kernel

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/go-zeromq/zmq4"
)

const subscriber = "KERNEL_TEST_SUBSCRIBER"

// TestSubscriber is a front end in a process of its own, which others stop and kill.
func TestSubscriber(t *testing.T) {
	at := os.Getenv(subscriber)
	if at == "" {
		return
	}
	s := zmq4.NewSub(t.Context())
	if err := s.Dial(at); err != nil {
		t.Fatal(err)
	}
	s.SetOption(zmq4.OptionSubscribe, "")
	for n := 0; ; n++ {
		if _, err := s.Recv(); err != nil {
			return
		}
		if n == 0 {
			fmt.Println("subscribed")
		}
	}
}

func subscribe(t *testing.T, at string) *exec.Cmd {
	t.Helper()
	c := exec.Command(os.Args[0], "-test.run=^TestSubscriber$")
	c.Env = append(os.Environ(), subscriber+"="+at)
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Process.Kill(); c.Wait() })
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil || line != "subscribed\n" {
		t.Fatalf("%q, %v", line, err)
	}
	return c
}

// A front end that is stopped, and one that is killed in the middle, neither delay the other nor fill the memory.
func TestStalledAndVanishedClients(t *testing.T) {
	k := start(t)
	c := k.client()
	stalled, vanishing := subscribe(t, address(k.conn.IOPub)), subscribe(t, address(k.conn.IOPub))
	if err := stalled.Process.Signal(syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	c.run("import (\"fmt\"; \"strings\"; \"runtime\"; \"runtime/debug\")\nbig := strings.Repeat(\"x\", 1_000_000)")
	shown := 0
	const cells = 12
	for cell := range cells { // 108 MB, of which 64 may wait for the stalled one
		if cell == 5 {
			vanishing.Process.Kill()
		}
		begin := time.Now()
		status, out := c.run("for range 9 { Display(display.MakeData3(\"text/html\", \"big\", big)) }")
		if status != "ok" {
			t.Fatal(out)
		}
		shown += strings.Count(out, "display_data")
		if took := time.Since(begin); took > 20*time.Second {
			t.Errorf("cell %d took %v", cell, took)
		}
	}
	if shown != 9*cells {
		t.Errorf("%d displays came to the front end that reads, want %d", shown, 9*cells)
	}
	_, out := c.run("var m runtime.MemStats\ndebug.FreeOSMemory()\nruntime.ReadMemStats(&m)\nm.HeapAlloc >> 20")
	var heap int
	if fmt.Sscanf(out, "execute_result %d", &heap); heap == 0 || heap > 300 {
		t.Errorf("the kernel's heap: %q MB, want at most 300", out)
	}
	c.send(c.control, "shutdown_request", object{})
	if err := k.wait(patience); err != nil {
		t.Error(err)
	}
}

const starter = "KERNEL_TEST_STARTER"

// TestStarter starts a kernel, says its id, and ends.
func TestStarter(t *testing.T) {
	file := os.Getenv(starter)
	if file == "" {
		return
	}
	c := exec.Command(os.Getenv("KERNEL_TEST_PROGRAM"), file)
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	fmt.Println("kernel", c.Process.Pid)
	os.Stdin.Read(make([]byte, 1))
	os.Exit(0)
}

// The kernel ends within 2 s of its parent's death, also in the midst of a cell that cannot be stopped.
func TestEndsWithItsParent(t *testing.T) {
	for _, code := range []string{"1", "import \"os/exec\"\nexec.Command(\"sleep\", \"30\").Run()", "for {}"} {
		conn, file := connection(t)
		parent := exec.Command(os.Args[0], "-test.run=^TestStarter$")
		parent.Env = append(os.Environ(), starter+"="+file, "KERNEL_TEST_PROGRAM="+testkernel(t), "HARDNEG_HISTORY=off")
		out, _ := parent.StdoutPipe()
		in, _ := parent.StdinPipe()
		if err := parent.Start(); err != nil {
			t.Fatal(err)
		}
		var pid int
		fmt.Fscanf(bufio.NewReader(out), "kernel %d\n", &pid)
		k := &started{t: t, conn: conn, log: &locked{}}
		c := k.client()
		c.execute(code)
		time.Sleep(300 * time.Millisecond)
		in.Close()
		parent.Wait()
		begin := time.Now()
		for alive(pid) {
			if time.Since(begin) > 20*time.Second {
				syscall.Kill(pid, syscall.SIGKILL)
				t.Fatalf("%q: the kernel outlives its parent", code)
			}
			time.Sleep(10 * time.Millisecond)
		}
		took := time.Since(begin)
		t.Logf("%q: ended after %v", code, took)
		if took > 10*time.Second { // 2 s on a machine that has nothing else to do
			t.Errorf("%q: ended after %v", code, took)
		}
	}
}

// alive tells whether a process runs; one that has ended and that nobody waits for does not.
func alive(pid int) bool {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return syscall.Kill(pid, 0) == nil && !os.IsNotExist(err)
	}
	_, rest, _ := strings.Cut(string(b), ") ")
	return !strings.HasPrefix(rest, "Z")
}

// In a container the server may be process 1, and a kernel's parent is then 1 from the start.
func TestLivesUnderProcess1(t *testing.T) {
	conn, file := connection(t)
	cmd := exec.Command("unshare", "--pid", "--fork", "--kill-child", "sh", "-c", "\"$0\" \"$1\" & wait", testkernel(t), file)
	cmd.Env = append(os.Environ(), "HARDNEG_HISTORY=off")
	if out, err := exec.Command("unshare", "--pid", "--fork", "true").CombinedOutput(); err != nil {
		t.Skipf("no namespaces here: %s", out)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer cmd.Wait()
	defer cmd.Process.Kill()
	k := &started{t: t, conn: conn, log: &locked{}}
	c := k.client()
	if _, out := c.run("import \"os\"\nos.Getppid()"); out != "execute_result 1" {
		t.Fatalf("the parent is %q", out)
	}
	time.Sleep(1500 * time.Millisecond)
	if _, out := c.run("\"alive\""); out != "execute_result alive" {
		t.Errorf("afterwards %q", out)
	}
	c.send(c.control, "shutdown_request", object{})
	c.next(c.controls)
}

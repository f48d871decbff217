"""How long a kernel takes from an interrupt to idle: each way of running for ever in turns, as a table.

JUPYTER_PATH=... .venv/bin/python peers/kernel_interrupt.py [times]
"""

import queue
import socket
import statistics
import sys
import threading
import time

from jupyter_client.manager import start_new_kernel

TIMES = 200  # interrupts in all

SETUP = """import ("fmt"; "io"; "net/http"; "os/exec"; "sort"; "sync"; "time")
kept := 0
var _, _, _, _, _ = fmt.Sprint, io.EOF, http.Get, exec.Command, sort.Slice
silent := "http://127.0.0.1:%d"
type Loop struct{}
func (Loop) Go() { for { kept++ } }
type Shown struct{}
func (Shown) String() string { for { kept++ } }
"""

CELLS = {
    "`for {}`": "for {}",
    "loop that counts": "for { kept++ }",
    "loop in nested functions": "func() { func() { for { kept++ } }() }()",
    "loop in a method": "Loop{}.Go()",
    "loops in goroutines": "n := make([]int, 4)\nfor i := range 4 { go func() { for { n[i]++ } }() }\nselect {}",
    "goroutines of goroutines": "go func() { go func() { for {} }(); for {} }()\nfor {}",
    "`<-ch`": "<-make(chan int)",
    "`v, ok := <-ch`": "v, ok := <-make(chan int)\n_, _ = v, ok",
    "`ch <- v`": "make(chan int) <- 1",
    "`range ch`": "for range make(chan string) {}",
    "`select`": "select { case <-make(chan int): case make(chan string) <- `x`: }",
    "`select {}`": "select {}",
    "`time.Sleep`": "time.Sleep(time.Hour)",
    "`WaitGroup.Wait`": "var wg sync.WaitGroup\nwg.Add(1)\nwg.Wait()",
    "`Mutex.Lock`": "var mu sync.Mutex\nmu.Lock()\nmu.Lock()",
    "`RWMutex.Lock`": "var rw sync.RWMutex\nrw.RLock()\nrw.Lock()",
    "`Cond.Wait`": "var l sync.Mutex\ncond := sync.NewCond(&l)\nl.Lock()\ncond.Wait()",
    "`Once.Do`": "var once sync.Once\nonce.Do(func() { for {} })",
    "`http.Get`": "resp, err := http.Get(silent)\n_, _ = resp, err",
    "`http.Client`": "c := &http.Client{}\nresp, err := c.Get(silent)\n_, _ = resp, err",
    "`exec` Run": 'exec.Command("sleep", "1000").Run()',
    "`exec` Output of a shell": 'exec.Command("sh", "-c", "sleep 1000; true").Output()',
    "loop under `defer recover()`": "func() { defer func() { recover() }(); for { kept++ } }()",
    "the same in a loop": "for { func() { defer func() { recover() }(); for { kept++ } }() }",
    "`sort.Slice`'s function": "sort.Slice([]int{2, 1}, func(i, j int) bool { for {} })",
    "a result's `String`": "Shown{}",
    "`<-ctx.Done()`": "<-ctx.Done()",
}


def silent_server():
    """The port of a server that takes connections and never answers."""
    s = socket.create_server(("127.0.0.1", 0), backlog=1000)
    kept = []

    def accept():
        while True:
            kept.append(s.accept()[0])

    threading.Thread(target=accept, daemon=True).start()
    return s.getsockname()[1]


class Kernel:
    """A running kernel."""

    def __init__(self):
        """Starts it."""
        self.km, self.kc = start_new_kernel(kernel_name="hardneg")

    def idle(self, msg_id, errors):
        """Waits for a request's idle; errors gets the names of its errors."""
        while True:
            m = self.kc.get_iopub_msg(timeout=30)
            if m["parent_header"].get("msg_id") != msg_id:
                continue
            if m["msg_type"] == "error":
                errors.append(m["content"]["ename"])
            if m["content"].get("execution_state") == "idle":
                return

    def run(self, code):
        """The names of the errors of a cell."""
        errors = []
        self.idle(self.kc.execute(code), errors)
        return errors

    def interrupted(self, code):
        """Milliseconds from the interrupt of a cell to its idle."""
        msg_id = self.kc.execute(code)
        time.sleep(0.15)
        errors = []
        start = time.perf_counter()
        self.kc.control_channel.send(self.kc.session.msg("interrupt_request", {}))
        self.idle(msg_id, errors)
        took = 1000 * (time.perf_counter() - start)
        if errors != ["interrupted"]:
            raise AssertionError(f"{code}: {errors}")
        return took


def main():
    """Prints a line for each cell, and one for all."""
    times = int(sys.argv[1]) if len(sys.argv) > 1 else TIMES
    k = Kernel()
    port = silent_server()
    if errors := k.run(SETUP % port):
        raise AssertionError(errors)
    took = {name: [] for name in CELLS}
    try:
        for i in range(times):
            name = list(CELLS)[i % len(CELLS)]
            took[name].append(k.interrupted(CELLS[name]))
    except queue.Empty:
        sys.exit(f"{name}: no idle within 30 s")
    if errors := k.run("if kept == 0 { panic(1) }"):
        raise AssertionError(errors)
    k.kc.stop_channels()
    k.km.shutdown_kernel(now=True)
    print("| cell | median, ms | worst, ms |\n|---|---|---|")
    for name, ms in took.items():
        if ms:
            print(f"| {name} | {statistics.median(ms):.1f} | {max(ms):.1f} |")
    every = [x for ms in took.values() for x in ms]
    print(f"| all {len(every)} | {statistics.median(every):.1f} | {max(every):.1f} |")


if __name__ == "__main__":
    main()

"""The kernel as Jupyter sees it: jupyter_kernel_test's cases, and those that a user notices.

Run by `go test ./kernel`, or: JUPYTER_PATH=... .venv/bin/python peers/kernel_test.py
"""

import json
import os
import pathlib
import signal
import socket
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.request

import jupyter_kernel_test as jkt
import nbclient
import nbformat
import websocket
from jupyter_client.manager import KernelManager, start_new_kernel

NAME = "hardneg"


class Messages(jkt.KernelTests):
    # ruff: noqa: RUF012 - the base class has it so
    kernel_name = NAME
    language_name = "go"
    file_extension = ".go"
    code_hello_world = 'import "fmt"\nfmt.Println("hello, world")'
    code_stderr = 'import ("fmt"; "os")\nfmt.Fprintln(os.Stderr, "to stderr")'
    completion_samples = [{"text": "strings.HasPre", "matches": ["HasPrefix"]}]
    complete_code_samples = [
        "1+1",
        "func f() int {\n\treturn 1\n}",
        "for i := 0; i < 3; i++ { _ = i }",
    ]
    incomplete_code_samples = ["func f() {", "x := (1 +", "s := `a", "y := 1 +"]
    invalid_code_samples = ["}", "x y z", 's := "a']
    code_generate_error = "var a []int\na[3]"
    code_execute_result = [
        {"code": "6 * 7", "result": "42"},
        {"code": '"go" + "pher"', "result": "gopher"},
    ]
    code_display_data = [
        {"code": 'Display(display.HTML("<b>x</b>"))', "mime": "text/html"},
        {"code": 'Display(display.SVG("<svg/>"))', "mime": "image/svg+xml"},
    ]
    code_history_pattern = "6 ?*"
    supported_history_operations = ("tail", "range", "search")
    code_inspect_sample = "fmt.Println"
    code_clear_output = "display.Clear(false)"
    code_page_something = "fmt.Println?"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.kc.execute('import "strings"', reply=True, timeout=10)


class Welcome(jkt.IopubWelcomeTests):
    kernel_name = NAME
    support_iopub_welcome = os.environ.get("IOPUB_WELCOME", "1") == "1"


class Cells(unittest.TestCase):
    """What a user of a notebook notices."""

    @classmethod
    def setUpClass(cls):
        cls.km, cls.kc = start_new_kernel(kernel_name=NAME)

    @classmethod
    def tearDownClass(cls):
        cls.kc.stop_channels()
        cls.km.shutdown_kernel()

    def outputs(self, msg_id, timeout=20):
        """The output messages of a request, up to its idle."""
        out = []
        while True:
            m = self.kc.get_iopub_msg(timeout=timeout)
            if m["parent_header"].get("msg_id") != msg_id:
                continue
            if m["msg_type"] == "status":
                if m["content"]["execution_state"] == "idle":
                    return out
            elif m["msg_type"] != "execute_input":
                out.append(m)

    def run_cell(self, code, **kw):
        msg_id = self.kc.execute(code, **kw)
        out = self.outputs(msg_id)
        while True:
            reply = self.kc.get_shell_msg(timeout=20)
            if reply["parent_header"].get("msg_id") == msg_id:
                return reply["content"], out

    def test_state_persists(self):
        self.run_cell("kept := 41")
        _, out = self.run_cell("kept + 1")
        self.assertEqual(out[0]["content"]["data"]["text/plain"], "42")

    def test_print_has_no_result(self):
        _, out = self.run_cell('import "fmt"\nfmt.Println("x")')
        self.assertEqual([m["msg_type"] for m in out], ["stream"])

    def test_order_of_text_and_pictures(self):
        _, out = self.run_cell('import "fmt"\nfor i := range 3 { fmt.Print(i); Display(display.HTML("h")) }\nfmt.Print("end")')
        self.assertEqual([m["msg_type"] for m in out], ["stream", "display_data"] * 3 + ["stream"])

    def test_update_in_place(self):
        _, out = self.run_cell('h := display.Show("a")\nh.Update("b")')
        self.assertEqual([m["msg_type"] for m in out], ["display_data", "update_display_data"])
        ids = {m["content"]["transient"]["display_id"] for m in out}
        self.assertEqual(len(ids), 1)

    def test_error_names_cell_and_line(self):
        reply, out = self.run_cell("func at(i int) int {\n\tvar a []int\n\treturn a[i]\n}\nat(3)")
        self.assertEqual(reply["status"], "error")
        text = "\n".join(out[0]["content"]["traceback"])
        self.assertIn("index out of range", text)
        self.assertIn(f"cell [{reply['execution_count']}], line 3, in at", text)
        self.assertNotIn("gomacro", text)

    def test_plot_and_table(self):
        _, out = self.run_cell(
            'import ("gonum.org/v1/plot"; "github.com/go-gota/gota/dataframe"; "github.com/go-gota/gota/series")\n'
            'Display(plot.New())\ndataframe.New(series.New([]int{1, 2}, series.Int, "n"))'
        )
        self.assertIn("image/svg+xml", out[0]["content"]["data"])
        self.assertIn("<table>", out[1]["content"]["data"]["text/html"])

    def test_queue_stops_at_an_error(self):
        first = self.kc.execute('import "time"\ntime.Sleep(300 * time.Millisecond)\npanic("stop")')
        second = self.kc.execute("99")
        states = {}
        while len(states) < 2:
            m = self.kc.get_shell_msg(timeout=20)
            states[m["parent_header"]["msg_id"]] = m["content"]["status"]
        self.assertEqual(states, {first: "error", second: "aborted"})

    def interrupted(self, code, how):
        msg_id = self.kc.execute(code)
        time.sleep(0.5)
        start = time.monotonic()
        how()
        out = self.outputs(msg_id)
        took = time.monotonic() - start
        self.assertTrue(
            any(m["msg_type"] == "error" and m["content"]["ename"] == "interrupted" for m in out),
            out,
        )
        self.assertLess(took, 2)
        _, out = self.run_cell("counter > 0")
        self.assertEqual(out[-1]["content"]["data"]["text/plain"], "true")

    def test_interrupt_of_a_loop_keeps_state(self):
        self.run_cell("counter := 0")
        self.interrupted("for { counter++ }", self.km.interrupt_kernel)

    def test_interrupt_of_a_loop_in_a_function(self):
        self.run_cell("counter := 0\nfunc spin() { for { counter++ } }")
        self.interrupted("spin()", self.km.interrupt_kernel)

    def test_interrupt_cancels_ctx(self):
        self.run_cell("counter := 1")
        self.interrupted("<-ctx.Done()", self.km.interrupt_kernel)

    def test_interrupt_of_sleep_and_goroutines(self):
        self.run_cell('import "time"\ncounter := 1')
        self.interrupted("for range 3 { go func() { for { counter++ } }() }\ntime.Sleep(time.Minute)", self.km.interrupt_kernel)
        self.run_cell("before := counter")
        for _ in range(20):  # a goroutine stops when it next gets a core, which a busy machine may put off
            self.run_cell("before = counter")
            self.run_cell("time.Sleep(50 * time.Millisecond)")
            _, out = self.run_cell("counter == before")
            if out[-1]["content"]["data"]["text/plain"] == "true":
                return
        self.fail("goroutines count a second after the interrupt")

    def test_a_call_that_cannot_stop_is_named(self):
        self.run_cell('import ("os"; "time")\nr, w, _ := os.Pipe()')
        msg_id = self.kc.execute("r.SetReadDeadline(time.Now().Add(4 * time.Second))\n\n\nr.Read(make([]byte, 1))")
        time.sleep(0.3)
        self.km.interrupt_kernel()
        out = self.outputs(msg_id)
        self.assertIn("line 4 waits", "".join(m["content"].get("text", "") for m in out))

    def test_interrupt_by_signal(self):
        self.run_cell("counter := 0")
        self.interrupted("for { counter++ }", lambda: os.kill(self.km.provisioner.pid, signal.SIGINT))

    def test_interrupt_when_idle_does_nothing(self):
        # interrupt_kernel does not wait for the answer, and on a busy machine would hit a later cell
        self.kc.control_channel.send(self.kc.session.msg("interrupt_request", {}))
        self.assertEqual(self.kc.get_control_msg(timeout=20)["msg_type"], "interrupt_reply")
        _, out = self.run_cell("1 + 1")
        self.assertEqual(out[0]["content"]["data"]["text/plain"], "2")

    def test_panic_in_a_goroutine_is_told(self):
        _, out = self.run_cell('import "time"\ngo func() { panic("inside") }()\ntime.Sleep(100 * time.Millisecond)')
        self.assertIn("inside", out[0]["content"]["text"])

    def test_user_expressions_and_silence(self):
        reply, out = self.run_cell(
            "hidden := 5\nhidden",
            silent=True,
            user_expressions={"h": "hidden * 2", "bad": "nope"},
        )
        self.assertEqual(out, [])
        self.assertEqual(reply["user_expressions"]["h"]["data"]["text/plain"], "10")
        self.assertEqual(reply["user_expressions"]["bad"]["status"], "error")

    def test_input(self):
        msg_id = self.kc.execute('import "fmt"\nvar name string\nfmt.Print("name? ")\nfmt.Scan(&name)\nname')
        self.assertEqual(self.kc.get_stdin_msg(timeout=20)["msg_type"], "input_request")
        self.kc.input("Ada")
        out = self.outputs(msg_id)
        self.assertEqual([m["msg_type"] for m in out], ["stream", "execute_result"])
        self.assertEqual(out[1]["content"]["data"]["text/plain"], "Ada")

    def test_interrupt_of_input(self):
        self.run_cell("counter := 1")
        self.interrupted('import "fmt"\nvar s string\nfmt.Scan(&s)', self.km.interrupt_kernel)

    def test_heartbeat(self):
        self.assertTrue(self.kc.hb_channel.is_beating())

    def test_much_output_is_whole(self):
        _, out = self.run_cell('import "fmt"\nfor i := range 20000 { fmt.Println("line", i) }')
        text = "".join(m["content"]["text"] for m in out)
        self.assertEqual(text, "".join(f"line {i}\n" for i in range(20000)))
        self.assertLess(len(out), 60)


class Notebooks(unittest.TestCase):
    """A notebook under nbclient, which nbconvert and `jupyter execute` use."""

    def test_every_kind_of_output(self):
        path = pathlib.Path(__file__).parent.parent / "kernel/notebook/testdata/kinds.ipynb"
        book = nbformat.read(path, 4)
        with tempfile.TemporaryDirectory() as folder:
            # where a cell's text is cut into messages depends on the clock: the client joins them, as a reader does
            client = nbclient.NotebookClient(book, kernel_name=NAME, timeout=60, coalesce_streams=True, resources={"metadata": {"path": folder}})
            client.execute()
        kinds = [[o.output_type for o in c.outputs] for c in book.cells if c.cell_type == "code"]
        once = ["display_data"]
        self.assertEqual(kinds, [[], ["stream"], *[["execute_result"]] * 3, once, ["stream"], ["error"]])
        nbformat.validate(book)


class Server(unittest.TestCase):
    """A stock Jupyter server between the kernel and the user: it drops what comes faster than its limits."""

    @classmethod
    def setUpClass(cls):
        with socket.socket() as s:
            s.bind(("127.0.0.1", 0))
            cls.at = f"127.0.0.1:{s.getsockname()[1]}"
        cls.folder = tempfile.TemporaryDirectory()
        command = [sys.executable, "-m", "jupyter_server", "--allow-root", "--no-browser", f"--port={cls.at.split(':')[1]}", "--IdentityProvider.token=t"]
        cls.server = subprocess.Popen(command, cwd=cls.folder.name, stderr=subprocess.DEVNULL)
        for _ in range(600):
            try:
                cls.ask("GET", "api/status")
                return
            except OSError:
                time.sleep(0.1)
        raise RuntimeError("the Jupyter server does not start")

    @classmethod
    def tearDownClass(cls):
        cls.server.terminate()
        cls.server.wait()
        cls.folder.cleanup()

    @classmethod
    def ask(cls, method, path, content=None):
        data = json.dumps(content).encode() if content else None
        request = urllib.request.Request(f"http://{cls.at}/{path}", data=data, method=method, headers={"Authorization": "token t"})
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.read()

    def cell(self, ws, code):
        """Everything that the server passes on of a cell's output: text by stream, and the number of displays."""
        header = {"msg_id": os.urandom(8).hex(), "msg_type": "execute_request", "session": "s", "username": "u", "version": "5.5", "date": ""}
        content = {"code": code, "silent": False, "store_history": True, "user_expressions": {}, "allow_stdin": False, "stop_on_error": True}
        ws.send(json.dumps({"header": header, "parent_header": {}, "metadata": {}, "content": content, "channel": "shell", "buffers": []}))
        text, displays = {"stdout": "", "stderr": ""}, 0
        while True:
            m = json.loads(ws.recv())
            if m["parent_header"].get("msg_id") != header["msg_id"]:
                continue
            if m["msg_type"] == "stream":
                text[m["content"]["name"]] += m["content"]["text"]
            displays += m["msg_type"] == "display_data"
            self.assertNotEqual(m["msg_type"], "error", m["content"])
            if m["content"].get("execution_state") == "idle":
                return text, displays

    def test_output_below_the_limits_of_a_server(self):
        kernel = json.loads(self.ask("POST", "api/kernels", {"name": NAME}))
        ws = websocket.create_connection(f"ws://{self.at}/api/kernels/{kernel['id']}/channels?token=t", timeout=120)
        try:
            self.cell(ws, 'import ("fmt"; "strings")\nline := strings.Repeat("x", 98)')
            for code, size, pictures in [
                ("for range 50_000 { fmt.Println(line) }", 50_000 * 99, 0),
                ('for i := range 5_000 { fmt.Println(line); if i % 50 == 0 { Display(display.SVG("<svg>" + line + "</svg>")) } }', 5_000 * 99, 100),
                ("for range 4_000 { Display(display.HTML(line)) }", 0, 4_000),
                ('fmt.Print(strings.Repeat("\\n", 2_400_000))', 2_400_000, 0),
            ]:
                with self.subTest(code=code):
                    start = time.monotonic()
                    text, displays = self.cell(ws, code)
                    print(f"{size} bytes, {pictures} displays: {time.monotonic() - start:.1f} s", file=sys.stderr)
                    self.assertEqual(text["stderr"], "")
                    self.assertEqual((len(text["stdout"]), displays), (size, pictures))
        finally:
            ws.close()
            self.ask("DELETE", f"api/kernels/{kernel['id']}")


class Lives(unittest.TestCase):
    """How a kernel ends."""

    def test_restart_forgets(self):
        km, kc = start_new_kernel(kernel_name=NAME)
        try:
            kc.execute("x := 1", reply=True, timeout=10)
            km.restart_kernel(now=False)
            kc.wait_for_ready(timeout=20)
            reply = kc.execute("x", reply=True, timeout=10)
            self.assertEqual(reply["content"]["status"], "error")
        finally:
            kc.stop_channels()
            km.shutdown_kernel()

    def test_ends_with_its_parent(self):
        script = (
            "from jupyter_client.manager import start_new_kernel\n"
            f"km, kc = start_new_kernel(kernel_name={NAME!r})\n"
            "print(km.provisioner.pid, flush=True)\n"
            "import os; os._exit(0)\n"
        )
        done = subprocess.run(
            [sys.executable, "-c", script],
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        )
        pid = int(done.stdout)
        for _ in range(100):  # 2 s on a machine that has nothing else to do
            time.sleep(0.1)
            try:
                os.kill(pid, 0)
            except ProcessLookupError:
                return
        os.kill(pid, signal.SIGKILL)
        self.fail("the kernel outlived its parent by 10 s")

    def test_clean_shutdown(self):
        km = KernelManager(kernel_name=NAME)
        km.start_kernel()
        kc = km.client()
        kc.start_channels()
        kc.wait_for_ready(timeout=20)
        process = km.provisioner.process
        kc.shutdown(reply=True, timeout=5)
        self.assertEqual(process.wait(timeout=5), 0)
        kc.stop_channels()
        km.cleanup_resources()


if __name__ == "__main__":
    unittest.main(verbosity=2)

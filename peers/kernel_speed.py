"""How fast a kernel starts and answers, and what it keeps: ours beside ipykernel, in turns, as a Markdown table.

.venv/bin/python peers/kernel_speed.py [--starts 20] [--cells 10000] [hardneg python3]
"""

import argparse
import os
import statistics
import time

from jupyter_client.manager import KernelManager

TIMED = 1000  # cells, one after the other, of which the median and the 99th percentile are told
SETUP = {"hardneg": 'import ("runtime"; "runtime/debug")', "python3": "import gc, tracemalloc\nfrom IPython.display import HTML, display"}
TRIVIAL = "1+1"
CELL = {"hardneg": "x := {i}\nx + 1", "python3": "x = {i}\nx + 1"}  # declares, and has a result
DISPLAYS = {
    "hardneg": 'for range 1000 {{ Display(display.HTML("<b>{i}</b>")) }}',
    "python3": 'for _ in range(1000): display(HTML("<b>{i}</b>"))',
}
HEAP = {"hardneg": "var m runtime.MemStats\ndebug.FreeOSMemory()\nruntime.ReadMemStats(&m)\nm.HeapAlloc"}


def resident(pid):
    """Resident kB."""
    with open(f"/proc/{pid}/status") as f:
        return next(int(line.split()[1]) for line in f if line.startswith("VmRSS"))


class Kernel:
    """A running kernel; took is the seconds from exec to the idle of the first kernel_info."""

    def __init__(self, name):
        self.name = name
        self.manager = KernelManager(kernel_name=name)
        t = time.perf_counter()
        self.manager.start_kernel()
        self.client = self.manager.client()
        self.client.start_channels()
        self.took = None
        while self.took is None:  # a request sent before the sockets are bound is answered later; one idle is enough
            self.client.kernel_info()
            try:
                while self.took is None:
                    m = self.client.get_iopub_msg(timeout=0.02)
                    if m["content"].get("execution_state") == "idle":
                        self.took = time.perf_counter() - t
            except Exception:  # noqa: S112 - queue.Empty: ask again
                continue

    def run(self, code):
        """Executes a cell, and returns its result's text."""
        msg_id = self.client.execute(code)
        result = None
        while True:
            m = self.client.get_iopub_msg(timeout=60)
            if m["parent_header"].get("msg_id") != msg_id:
                continue
            if m["msg_type"] == "execute_result":
                result = m["content"]["data"]["text/plain"]
            if m["msg_type"] == "error":
                raise RuntimeError("\n".join(m["content"]["traceback"]))
            if m["content"].get("execution_state") == "idle":
                while self.client.shell_channel.msg_ready():
                    self.client.get_shell_msg(timeout=0)
                return result

    def memory(self):
        """Bytes of the heap after a collection, None where the kernel does not say; and resident kB."""
        heap = None
        if self.name in HEAP:
            self.run(HEAP[self.name])
            heap = int(self.run(HEAP[self.name]))
        else:
            self.run("gc.collect()")
        return heap, resident(self.manager.provisioner.pid)

    def end(self):
        self.client.stop_channels()
        self.manager.shutdown_kernel(now=True)


def growth(before, after, n):
    """Heap and resident growth, bytes for each of n."""
    heap = "" if before[0] is None else f"heap {(after[0] - before[0]) / n:+.0f} B, "
    return f"{heap}resident {1024 * (after[1] - before[1]) / n:+.0f} B"


def measure(kernel, cells):
    """The rows of a running kernel."""
    rows = {"resident memory at start": f"{kernel.memory_at_start / 1024:.0f} MB"}
    kernel.run(SETUP[kernel.name])
    times = []
    for _ in range(TIMED):
        t = time.perf_counter()
        kernel.run(TRIVIAL)
        times.append(1000 * (time.perf_counter() - t))
    times.sort()
    rows["cell `1+1`, request to idle, median and 99%"] = f"{statistics.median(times):.2f} ms, {times[int(0.99 * len(times))]:.1f} ms"
    before = kernel.memory()
    for i in range(cells):
        kernel.run(CELL[kernel.name].format(i=i))
    after = kernel.memory()
    rows[f"each of {cells} cells that declare and show"] = growth(before, after, cells)
    before = kernel.memory()
    for i in range(cells // 1000):
        kernel.run(DISPLAYS[kernel.name].format(i=i))
    rows[f"each of {cells // 1000 * 1000} displays"] = growth(before, kernel.memory(), cells)
    rows["resident memory at the end"] = f"{resident(kernel.manager.provisioner.pid) / 1024:.0f} MB"
    return rows


def main():
    """Prints the table."""
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("kernels", nargs="*", default=["hardneg", "python3"])
    p.add_argument("--starts", type=int, default=20)
    p.add_argument("--cells", type=int, default=10_000)
    o = p.parse_args()
    starts, rows = {n: [] for n in o.kernels}, {}
    for n in o.kernels:  # the file caches are warm afterwards
        Kernel(n).end()
    for i in range(o.starts):
        for n in o.kernels:
            k = Kernel(n)
            starts[n].append(k.took)
            if i == o.starts - 1:
                k.memory_at_start = resident(k.manager.provisioner.pid)
                rows[n] = measure(k, o.cells)
            k.end()
    print(f"{o.starts} starts in turns, load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores\n")
    print("| | " + " | ".join(o.kernels) + " |")
    print("|---|" + "---|" * len(o.kernels))
    for n in o.kernels:
        rows[n] = {"exec to the first idle, median and worst": f"{statistics.median(starts[n]):.2f} s, {max(starts[n]):.2f} s", **rows[n]}
    for row in rows[o.kernels[0]]:
        print(f"| {row} | " + " | ".join(rows[n][row] for n in o.kernels) + " |")


if __name__ == "__main__":
    main()

"""How fast a kernel starts and answers: ours beside ipykernel, started in turns, medians.

JUPYTER_PATH=... .venv/bin/python peers/kernel_speed.py [hardneg python3]
"""

import statistics
import sys
import time

from jupyter_client.manager import KernelManager

STARTS, CELLS = 10, 500
TRIVIAL = {"hardneg": "1+1", "python3": "1+1"}


def memory(pid):
    """Resident MB."""
    with open(f"/proc/{pid}/status") as f:
        return next(int(line.split()[1]) for line in f if line.startswith("VmRSS")) / 1024


def idle(kc, msg_id):
    """Waits for a request's idle."""
    while True:
        m = kc.get_iopub_msg(timeout=30)
        if m["parent_header"].get("msg_id") == msg_id and m["content"].get("execution_state") == "idle":
            return


def start(name):
    """Seconds from exec to the idle of the first kernel_info, and the running kernel."""
    km = KernelManager(kernel_name=name)
    t = time.perf_counter()
    km.start_kernel()
    kc = km.client()
    kc.start_channels()
    while True:  # a request sent before the sockets are bound is answered later; one idle is enough
        kc.kernel_info()
        try:
            while True:
                m = kc.get_iopub_msg(timeout=0.02)
                if m["content"].get("execution_state") == "idle":
                    return time.perf_counter() - t, km, kc
        except Exception:  # noqa: S112 - queue.Empty: ask again
            continue


def main():
    """Prints a line for each kernel."""
    names = sys.argv[1:] or ["hardneg", "python3"]
    starts, cells, rss = {n: [] for n in names}, {}, {}
    for i in range(STARTS):
        for name in names:
            took, km, kc = start(name)
            starts[name].append(took)
            if i == STARTS - 1:
                rss[name] = [memory(km.provisioner.pid)]
                cells[name] = []
                for _ in range(CELLS):
                    t = time.perf_counter()
                    idle(kc, kc.execute(TRIVIAL[name]))
                    cells[name].append(1000 * (time.perf_counter() - t))
                rss[name].append(memory(km.provisioner.pid))
            kc.stop_channels()
            km.shutdown_kernel(now=True)
    for n in names:
        c = sorted(cells[n])
        print(
            f"{n}: first idle {statistics.median(starts[n]):.2f} s (least {min(starts[n]):.2f}), "
            f"cell {statistics.median(c):.2f} ms, 99% {c[int(0.99 * len(c))]:.2f} ms, "
            f"memory {rss[n][0]:.0f} MB, after {CELLS} cells {rss[n][1]:.0f} MB"
        )


if __name__ == "__main__":
    main()

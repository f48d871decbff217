"""Images per second on one thread of torchvision.transforms.v2 beside lib/augment, for the same chains.

    python peers/augment_speed.py

prints a table; lib/augment is measured by `go test -bench View ./lib/augment`, in turns with torchvision, so that
both see the same load; each number is the best of all rounds. Views are drawn anew each time, of one image in memory, as tensors; nothing is decoded.
"""

import os
import re
import subprocess
import time
import warnings

os.environ["OMP_NUM_THREADS"] = "1"

import torch
import torchvision
from torchvision.transforms import v2

warnings.filterwarnings("ignore")
torch.set_num_threads(1)
ROUNDS = 9
CHAINS = [
    (16, 16, 16, False),
    (32, 32, 24, False),
    (32, 32, 32, False),
    (64, 64, 64, False),
    (32, 32, 32, True),
    (64, 64, 64, True),
    (375, 500, 224, True),
]


def chain(size: int, blur: bool, floats: bool) -> v2.Compose:
    """MoCo v2's recipe; floats: resized as float32, as lib/augment does, else as bytes, which torchvision does faster."""
    first, last = (v2.ToDtype(torch.float32, scale=True), v2.Identity())
    if not floats:
        first, last = last, first
    steps = [
        first,
        v2.RandomResizedCrop(size, scale=(0.2, 1), antialias=True),
        v2.RandomApply([v2.ColorJitter(0.4, 0.4, 0.4, 0.1)], p=0.8),
        v2.RandomGrayscale(p=0.2),
    ]
    if blur:
        steps.append(v2.RandomApply([v2.GaussianBlur(max(3, size // 10 // 2 * 2 + 1), (0.1, 2))], p=0.5))
    steps += [
        v2.RandomHorizontalFlip(),
        last,
        v2.Normalize([0.485, 0.456, 0.406], [0.229, 0.224, 0.225]),
    ]
    return v2.Compose(steps)


def per_second(f: v2.Compose, image: torch.Tensor, seconds: float) -> float:
    n, start = 0, time.perf_counter()
    while time.perf_counter() - start < seconds:
        f(image)
        n += 1
    return n / (time.perf_counter() - start)


def ours() -> dict[str, float]:
    out = subprocess.run(
        [
            "go",
            "test",
            "-run",
            "^$",
            "-bench",
            "View",
            "-benchtime",
            "0.1s",
            "-cpu",
            "1",
            "./lib/augment",
        ],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    return {m[1]: float(m[2]) for m in re.finditer(r"BenchmarkView/(\S+)\s.*?([\d.e+]+) views/s", out)}


def main():
    torch.manual_seed(0)
    seen: dict[str, list[tuple[float, float, float]]] = {}
    for _ in range(ROUNDS):
        go = ours()
        for height, width, size, blur in CHAINS:
            name = f"{'MoCoV2' if blur else 'MoCoCIFAR'}/{width}x{height}-to-{size}"
            image = torch.randint(256, (3, height, width), dtype=torch.uint8)
            rates = [per_second(chain(size, blur, floats), image, 0.15) for floats in (True, False)]
            seen.setdefault(name, []).append((go[name], *rates))
    print(f"torch {torch.__version__}, torchvision {torchvision.__version__}; views per second on one thread, best of {ROUNDS} rounds")
    print("| chain | lib/augment | torchvision, float32 | torchvision, bytes | ratio to the faster |")
    print("|---|---|---|---|---|")
    for name, rounds in seen.items():
        a, b, c = (max(r[k] for r in rounds) for k in range(3))
        ratio = a / max(b, c)
        print(f"| {name} | {a:,.0f} | {b:,.0f} | {c:,.0f} | {ratio:.1f} |")


if __name__ == "__main__":
    main()

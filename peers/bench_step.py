"""Times MoCo's training step in PyTorch: both encoders, queue, loss, update; views are made beforehand.

    python peers/bench_step.py --net main --batch 128 --threads 2 --steps 20

Prints one JSON object with the milliseconds of each step, in the faster of PyTorch's two layouts.
"""

import argparse
import json
import time

import torch

from method import MoCo
from moco import MAIN
from nets import build

NETS = dict(
    main=(MAIN, 16),
    resnet18=(MAIN | dict(net="resnet18", width=64, head=1, dim=128, splits=8), 32),
)


def times(setting, size, steps, layout):
    torch.manual_seed(0)
    run = MoCo(setting, build(setting).state_dict())
    run.query.to(memory_format=layout)
    run.key.to(memory_format=layout)
    run.queue = torch.nn.functional.normalize(torch.randn_like(run.queue), dim=1)
    n, out = setting["batch"], []
    for i in range(steps + 2):
        x1, x2 = (torch.randn(n, 3, size, size).to(memory_format=layout) for _ in range(2))
        began = time.perf_counter()
        run.train(dict(x1=x1, x2=x2, id=torch.arange(i * n, i * n + n)), 1000)
        out.append(1000 * (time.perf_counter() - began))
    return out[2:]


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--net", choices=NETS, default="main")
    p.add_argument("--batch", type=int, default=128)
    p.add_argument("--threads", type=int, default=2)
    p.add_argument("--steps", type=int, default=20)
    p.add_argument("--policy", default="0-100")
    a = p.parse_args()
    torch.set_num_threads(a.threads)
    setting, size = NETS[a.net]
    setting = setting | dict(batch=a.batch, queue=-(-4096 // a.batch) * a.batch, policy=a.policy)
    layouts = dict(contiguous=torch.contiguous_format, channels_last=torch.channels_last)
    ms = {name: times(setting, size, a.steps, layout) for name, layout in layouts.items()}
    best = min(ms, key=lambda name: min(ms[name]))
    print(json.dumps(dict(net=a.net, batch=a.batch, threads=a.threads, layout=best, ms=ms[best], torch=torch.__version__)))


if __name__ == "__main__":
    main()

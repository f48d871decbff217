"""The same steps in PyTorch, from the weights and views that we wrote, beside our own.

    hardneg export --steps 50 --trace --out DIR ... && python peers/steps.py DIR [DIR ...] --out steps.json

Each DIR is trained in float64 (the truth), and in float32 on one and on two threads. Reported: the first step's loss
and gradient, ours against PyTorch's float32; and the running maximum over the steps of the deviation of the loss from
float64, ours and PyTorch's own (the larger of its two). Ours must stay within 3 times that plus 1e-6.
`hardneg figure --steps steps.json` draws what --out writes; --append adds to the runs that it holds already.
"""

import argparse
import itertools
import json
import os
import sys

import torch

from exported import Exported
from method import MoCo


def train(exported, dtype, threads):
    """Losses of each step and the first step's gradients."""
    torch.set_num_threads(threads)
    batches = list(exported.batches())
    run = exported.start(MoCo(exported.setting, exported.weights, dtype))
    losses, gradients = [], None
    for batch in batches:
        losses.append(run.train(batch, exported.setting["steps"]))
        if gradients is None:
            gradients = {n: p.grad.double().clone() for n, p in run.query.named_parameters()}
    return losses, gradients


def deviation(losses, truth):
    """The running maximum of |loss - truth| / |truth|."""
    return list(itertools.accumulate((abs(a - b) / abs(b) for a, b in zip(losses, truth)), max))


def difference(gradients, others):
    """The norm of the difference of all gradients, as a share of the norm."""
    square = sum(((g - others[n].double()) ** 2).sum() for n, g in gradients.items())
    return (square / sum((g**2).sum() for g in gradients.values())).sqrt().item()


def compare(folder):
    e = Exported(folder)
    truth, gradients64 = train(e, torch.float64, 2)
    runs = {threads: train(e, torch.float32, threads) for threads in (1, 2)}
    ours, our_gradients = e.trace()["loss"], e.file("gradient")
    theirs = [max(pair) for pair in zip(*(deviation(losses, truth) for losses, _ in runs.values()))]
    own = deviation(ours, truth)
    return dict(
        net=e.setting["net"],
        policy=e.setting["policy"],
        seed=e.setting["seed"],
        engine=e.trace()["engine"],
        torch=torch.__version__,
        steps=len(truth),
        first_loss=abs(ours[0] - runs[1][0][0]) / abs(truth[0]),
        first_gradient=difference(runs[1][1], our_gradients),
        first_gradient_64=difference(gradients64, our_gradients),
        torch_gradient_64=difference(gradients64, runs[1][1]),
        deviation=own,
        torch_deviation=theirs,
        inside=all(a <= 3 * b + 1e-6 for a, b in zip(own, theirs)),
    )


def main():
    p = argparse.ArgumentParser()
    p.add_argument("folder", nargs="+")
    p.add_argument("--out")
    p.add_argument("--append", action="store_true")
    a = p.parse_args()
    rows = []
    if a.append and a.out and os.path.exists(a.out):
        with open(a.out) as f:
            rows = json.load(f)
    rows += [compare(f) for f in a.folder]
    for r in rows:
        print(
            f"{r['net']} {r['policy']} ({r['engine']}): first loss {r['first_loss']:.1e}, gradient {r['first_gradient']:.1e}; "
            f"after {r['steps']} steps {r['deviation'][-1]:.1e}, PyTorch {r['torch_deviation'][-1]:.1e}: {'inside' if r['inside'] else 'OUTSIDE'}"
        )
    if a.out:
        with open(a.out, "w") as f:
            json.dump(rows, f, indent=1)
            f.write("\n")
    # ResNet-18's first step is judged by its deviation from float64, like all that follows.
    good = all(r["inside"] and (r["net"] != "main" or (r["first_loss"] <= 1e-6 and r["first_gradient"] <= 1e-5)) for r in rows)
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()

"""The pilot twice: PyTorch and ours, from the same initial weights, queue and views, paired by seed.

    python peers/parity.py --hardneg bin/hardneg --out docs/parity [--seeds 10] [--bands 0-100,0-5,5-100] [--data DIR]

For each seed one run is exported; PyTorch trains each band on it, and `hardneg reproduce bands` trains ours. The
setting is the pilot's "main" on CIFAR-10, with its queue of noise and without masking a query's own image. Results are
kept in DIR/parity.json after every run, so an interrupted comparison goes on where it was. The mean paired difference
must have a 90% interval inside +-1 point for kNN (k 20) and for the linear probe.
"""

import argparse
import json
import os
import shutil
import subprocess
import tempfile
import time

import numpy as np
import torch
from scipy import stats

from evaluate import knn, linear
from exported import Exported
from method import MoCo
from nets import build

SETTING = ["--set", "own_image=true", "--set", "noise_queue=true"]
MARGIN = 1.0  # points


def theirs(exported, band):
    """kNN and linear accuracy of a run in PyTorch; band None: the untrained encoder."""
    setting = exported.setting | dict(policy=band or "0-100")
    run = exported.start(MoCo(setting, exported.weights))
    loss = None
    if band:
        for batch in exported.batches():
            loss = run.train(batch, setting["steps"])
    return dict(measure(run.query, exported), loss=loss)


def supervised(exported):
    """The encoder with a classifier on the labels of the first views; before the classifier it starts with our weights."""
    setting, steps = exported.setting, exported.setting["steps"]
    torch.manual_seed(setting["seed"])
    net = build(setting, classes=10)
    body = {n: w for n, w in exported.weights.items() if not n.startswith("head.")}
    if missing := [n for n in net.load_state_dict(body, strict=False).missing_keys if "num_batches" not in n and not n.startswith("fc.")]:
        raise ValueError(f"not among the exported weights: {missing}")
    optimiser = torch.optim.SGD(net.parameters(), setting["rate"], setting["momentum"], weight_decay=setting["decay"])
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, steps)
    for batch in exported.batches():
        loss = torch.nn.functional.cross_entropy(net(batch["x1"]), batch["label"].long())
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        schedule.step()
    return measure(net, exported)


def measure(net, exported):
    e = exported.file("eval")
    net.eval()
    with torch.no_grad():
        train, test = (torch.cat([net.feature(b) for b in e[k].split(500)]) for k in ("train_x", "test_x"))
    y, z = e["train_y"].long(), e["test_y"].long()
    return dict(knn20=knn(train, y, test, z, 20), linear=linear(train, y, test, z))


def ours(a, seed, arms, out):
    """Our records of a seed, by arm."""
    command = [a.hardneg, "reproduce", "bands", "--dataset", "cifar10", "--seeds", "1", "--size", "lesson", "--arms", ",".join(arms)]
    command += ["--set", f"seed={seed}", "--out", out, *SETTING, *(["--data", a.data] if a.data else [])]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    found = {}
    for name in os.listdir(out):
        if name.endswith(".json"):
            with open(os.path.join(out, name)) as f:
                r = json.load(f)
            s = r["setting"]
            if s["seed"] == seed:
                arm = s["policy"] if s["method"] == "moco" else s["method"]
                found[arm] = dict(
                    knn20=100 * r["result"]["knn20"]["accuracy"],
                    linear=100 * r["result"]["linear"]["accuracy"],
                    engine=r["environment"]["engine"] + " " + r["environment"]["variant"],
                )
    return found


def interval(d, confidence=0.90):
    """Mean and half width of the t-interval of paired differences."""
    d = np.asarray(d)
    if len(d) < 2:
        return d.mean(), float("inf")
    return d.mean(), stats.t.ppf((1 + confidence) / 2, len(d) - 1) * d.std(ddof=1) / len(d) ** 0.5


def table(results, arms):
    lines = ["| arm | measure | n | PyTorch | ours | ours - PyTorch, 90% interval | inside +-1 |", "|---|---|---|---|---|---|---|"]
    for arm in arms:
        for m in ("knn20", "linear"):
            pairs = [(r["torch"][arm][m], r["ours"][arm][m]) for r in results.values() if arm in r["torch"] and arm in r["ours"]]
            if not pairs:
                continue
            t, o = (np.array(x) for x in zip(*pairs))
            mean, half = interval(o - t)
            inside = "yes" if abs(mean) + half <= MARGIN else "no"
            lines.append(f"| {arm} | {m} | {len(pairs)} | {t.mean():.2f} | {o.mean():.2f} | {mean:+.2f} ± {half:.2f} | {inside} |")
    return "\n".join(lines)


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--hardneg", default="bin/hardneg")
    p.add_argument("--out", default="docs/parity")
    p.add_argument("--seeds", type=int, default=10, help="the cap, fixed beforehand, is 30")
    p.add_argument("--bands", default="0-100,0-5,5-100")
    p.add_argument("--data", default="", help="folder of CIFAR-10; empty: where hardneg looks")
    p.add_argument("--threads", type=int, default=2)
    a = p.parse_args()
    torch.set_num_threads(a.threads)
    arms = [*a.bands.split(","), "untrained", "supervised"]
    os.makedirs(a.out, exist_ok=True)
    path = os.path.join(a.out, "parity.json")
    results = {}
    if os.path.exists(path):
        with open(path) as f:
            results = json.load(f)
    began = time.time()
    for seed in range(min(a.seeds, 30)):
        r = results.setdefault(str(seed), dict(torch={}, ours={}))
        if all(arm in r["torch"] for arm in arms) and all(arm in r["ours"] for arm in arms):
            continue
        folder = tempfile.mkdtemp(prefix="hardneg-parity-")
        try:
            export = [a.hardneg, "export", "--dataset", "cifar10", "--seed", str(seed), "--eval", "--out", folder, *SETTING]
            subprocess.run(export + (["--data", a.data] if a.data else []), check=True, stderr=subprocess.DEVNULL)
            e = Exported(folder)
            for arm in arms:
                if arm not in r["torch"]:
                    r["torch"][arm] = supervised(e) if arm == "supervised" else theirs(e, None if arm == "untrained" else arm)
            if not all(arm in r["ours"] for arm in arms):
                r["ours"] = ours(a, seed, arms, os.path.join(folder, "records"))
        finally:
            shutil.rmtree(folder)
        with open(path + ".part", "w") as f:
            json.dump(results, f, indent=1)
            f.write("\n")
        os.replace(path + ".part", path)
        print(f"seed {seed}, {(time.time() - began) / 60:.1f} minutes\n{table(results, arms)}\n", flush=True)
    with open(os.path.join(a.out, "parity.md"), "w") as f:
        f.write(f"<!-- written by peers/parity.py; PyTorch {torch.__version__} -->\n{table(results, arms)}\n")


if __name__ == "__main__":
    main()

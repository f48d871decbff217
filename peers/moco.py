"""A trainer of the setting "main" in PyTorch alone, with torchvision's views: the other side of every claim of speed.

    python peers/moco.py --data DIR [--band 0-5] [--seed 0] [--epochs 10] [--threads 2] [--workers 2]

Prints one JSON object: seconds of training, seconds a step, kNN and linear accuracy.
"""

import argparse
import json
import os
import time

import numpy as np
import torch
from torchvision.transforms import v2

from evaluate import knn, linear
from method import MoCo
from nets import build

MAIN = dict(net="main", width=48, head=2, dim=64, splits=1, batch=128, queue=4096, temperature=0.1, key_momentum=0.99)
MAIN |= dict(rate=0.03, momentum=0.9, decay=5e-4, own_image=False)


def cifar10(folder, split):
    """Images (N, 3, 32, 32) uint8 and labels (N)."""
    names = [f"data_batch_{i}.bin" for i in range(1, 6)] if split == "train" else ["test_batch.bin"]
    records = np.concatenate([np.fromfile(os.path.join(folder, n), np.uint8).reshape(-1, 3073) for n in names])
    return torch.from_numpy(records[:, 1:].reshape(-1, 3, 32, 32).copy()), torch.from_numpy(records[:, 0].astype(np.int64))


def shrink(x, size):
    """Area averaging, rounded to bytes as our data sets do it."""
    x = torch.nn.functional.interpolate(x.float(), (size, size), mode="area")
    return (x + 0.5).floor().to(torch.uint8)


class Pairs(torch.utils.data.Dataset):
    """Two views of each image."""

    def __init__(self, images, mean, std, size):
        self.images = images
        self.views = v2.Compose(
            [
                v2.ToDtype(torch.float32, scale=True),
                v2.RandomResizedCrop(size, (0.2, 1), antialias=True),
                v2.RandomApply([v2.ColorJitter(0.4, 0.4, 0.4, 0.1)], 0.8),
                v2.RandomGrayscale(0.2),
                v2.RandomHorizontalFlip(),
                v2.Normalize(mean, std),
            ]
        )

    def __len__(self):
        return len(self.images)

    def __getitem__(self, i):
        return self.views(self.images[i]), self.views(self.images[i]), i


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--data", required=True, help="the folder of CIFAR-10's .bin files")
    p.add_argument("--band", default="0-100")
    p.add_argument("--seed", type=int, default=0)
    p.add_argument("--epochs", type=int, default=10)
    p.add_argument("--images", type=int, default=10000)
    p.add_argument("--size", type=int, default=16)
    p.add_argument("--threads", type=int, default=2)
    p.add_argument("--workers", type=int, default=2, help="processes that make views; 0: none but this one")
    p.add_argument("--no-eval", action="store_true")
    a = p.parse_args()
    torch.set_num_threads(a.threads)
    torch.manual_seed(a.seed)
    train, labels = cifar10(a.data, "train")
    test, test_labels = cifar10(a.data, "test")
    index = torch.randperm(len(train))[: a.images]
    train, labels, test = shrink(train[index], a.size), labels[index], shrink(test, a.size)
    mean, std = (train / 255).mean((0, 2, 3)), (train / 255).std((0, 2, 3))

    setting = MAIN | dict(policy=a.band)
    run = MoCo(setting, build(setting).state_dict())
    loader = torch.utils.data.DataLoader(
        Pairs(train, mean, std, a.size), setting["batch"], shuffle=True, drop_last=True, num_workers=a.workers, persistent_workers=a.workers > 0
    )
    steps = a.epochs * len(loader)
    began = time.perf_counter()
    while not (run.id >= 0).all():
        for _, x2, i in loader:
            run.fill(dict(x2=x2, id=i))
            if (run.id >= 0).all():
                break
    losses = []
    for _ in range(a.epochs):
        for x1, x2, i in loader:
            losses.append(run.train(dict(x1=x1, x2=x2, id=i), steps))
    seconds = time.perf_counter() - began
    out = dict(
        band=a.band, seed=a.seed, steps=steps, seconds=seconds, seconds_a_step=seconds / steps, loss=losses[-1], threads=a.threads, torch=torch.__version__
    )
    if not a.no_eval:
        f = [features(run.query, (x / 255 - mean[:, None, None]) / std[:, None, None]) for x in (train, test)]
        out |= dict(knn20=knn(f[0], labels, f[1], test_labels, 20), linear=linear(f[0], labels, f[1], test_labels))
    print(json.dumps(out))


def features(net, x):
    net.eval()
    with torch.no_grad():
        return torch.cat([net.feature(b) for b in x.split(500)])


if __name__ == "__main__":
    main()

"""MoCo v2 in PyTorch, one step at a time, on batches that somebody else made."""

import copy
import math

import torch

from bands import info_nce
from nets import build


class MoCo:
    def __init__(self, setting, weights, dtype=torch.float32):
        self.setting = setting
        self.query = build(setting).to(dtype)
        self.query.load_state_dict({n: w.to(dtype) if w.is_floating_point() else w for n, w in weights.items()}, strict=False)
        self.key = copy.deepcopy(self.query)
        for p in self.key.parameters():
            p.requires_grad_(False)
        self.optimiser = torch.optim.SGD(self.query.parameters(), setting["rate"], max(0, setting["momentum"]), weight_decay=max(0, setting["decay"]))
        self.queue = torch.zeros(setting["queue"], setting["dim"], dtype=dtype)
        self.id = torch.full((setting["queue"],), -1, dtype=torch.long)
        self.next, self.step, self.dtype = 0, 0, dtype
        self.band = tuple(float(x) for x in setting["policy"].split("-"))

    def enqueue(self, k, ids):
        n = len(k)
        self.queue[self.next : self.next + n], self.id[self.next : self.next + n] = k, ids
        self.next = (self.next + n) % len(self.queue)

    def keys(self, batch):
        """The key encoder's output, in the order of the batch; with split batch normalisation it sees a shuffled one."""
        with torch.no_grad():
            x = batch["x2"].to(self.dtype)
            if "order" not in batch:
                return self.key(x)
            shuffled = self.key(x[batch["order"]])
            k = torch.empty_like(shuffled)
            k[batch["order"]] = shuffled
            return k

    def fill(self, batch):
        self.enqueue(self.keys(batch), batch["id"])

    def train(self, batch, steps):
        """One step of a run of `steps`; returns the loss."""
        for group in self.optimiser.param_groups:
            group["lr"] = self.setting["rate"] * 0.5 * (1 + math.cos(math.pi * self.step / steps))
        q = self.query(batch["x1"].to(self.dtype))
        with torch.no_grad():
            m = self.setting["key_momentum"]
            for a, b in zip(self.key.parameters(), self.query.parameters()):
                a.mul_(m).add_(b, alpha=1 - m)
        k = self.keys(batch)
        masked = torch.zeros(len(q), len(self.queue), dtype=torch.bool)
        if not self.setting["own_image"]:
            masked = self.id[None] == batch["id"][:, None]
        loss, _ = info_nce(q, k, self.queue, self.setting["temperature"], self.band, masked)
        self.optimiser.zero_grad()
        loss.backward()
        self.optimiser.step()
        self.enqueue(k, batch["id"])
        self.step += 1
        return loss.item()

"""Reads what `hardneg export` wrote: a run's setting, initial weights, queue and batches of views."""

import json
import os

from safetensors.torch import load_file


class Exported:
    """A folder with setting.json, start.safetensors, fill/ and batches/, and where a run was traced, trace.json."""

    def __init__(self, folder):
        self.folder = folder
        with open(os.path.join(folder, "setting.json")) as f:
            self.setting = json.load(f)
        start = load_file(os.path.join(folder, "start.safetensors"))
        self.queue = start.pop("queue")
        self.weights = start

    def batches(self, part="batches"):
        folder = os.path.join(self.folder, part)
        for name in sorted(os.listdir(folder)) if os.path.isdir(folder) else []:
            batch = load_file(os.path.join(folder, name))
            batch["id"] = batch["id"].long()
            if "order" in batch:
                batch["order"] = batch["order"].long()
            yield batch

    def start(self, run):
        """Gives a run the queue that ours started with."""
        run.queue = self.queue.to(run.dtype, copy=True)  # a run writes into it, and another may start from it
        for batch in self.batches("fill"):
            run.fill(batch)
        return run

    def trace(self):
        with open(os.path.join(self.folder, "trace.json")) as f:
            return json.load(f)

    def file(self, name):
        return load_file(os.path.join(self.folder, name + ".safetensors"))

"""Writes lib/nn/testdata/NET.safetensors and NET.weights.safetensors: small encoders in PyTorch, in float64.

For each net: initial weights (a state_dict), a batch x, keys and a queue; of the first step the loss (InfoNCE over the
whole queue), its gradient to the output, the output and the feature, and the gradients; after three steps of SGD on the
same batch, the weights and the feature in evaluation. Our InfoNCE is tested elsewhere: the classifier's is cross-entropy.

    python peers/nn_vectors.py
"""

import pathlib

import torch
import torch.nn.functional as F
from safetensors.torch import save_file

from nets import build

FOLDER = pathlib.Path(__file__).resolve().parent.parent / "lib/nn/testdata"
RATE, MOMENTUM, DECAY, TEMPERATURE, STEPS = 0.1, 0.9, 1e-3, 0.2, 3


def info_nce(q, k, queue):
    logits = torch.cat([(q * k).sum(1, keepdim=True), q @ queue.T], 1) / TEMPERATURE
    return F.cross_entropy(logits, torch.zeros(len(q), dtype=torch.long))


def write(name, setting, size, batch, classes=0):
    torch.manual_seed(1)
    net = build(setting, classes)
    start = {n: w.clone() for n, w in net.state_dict().items()}
    x = torch.randn(batch, 3, size, size)
    out = {"x": x}
    if classes:
        labels = torch.arange(batch) % classes
        loss_of = lambda y: F.cross_entropy(y, labels)  # noqa: E731
    else:
        k, queue = F.normalize(torch.randn(batch, setting["dim"]), dim=1), F.normalize(torch.randn(24, setting["dim"]), dim=1)
        out |= {"k": k, "queue": queue}
        loss_of = lambda y: info_nce(y, k.double(), queue.double())  # noqa: E731
    net.double().train()
    sgd = torch.optim.SGD(net.parameters(), RATE, MOMENTUM, weight_decay=DECAY)
    for step in range(STEPS):
        y = net(x.double())
        y.retain_grad()
        loss = loss_of(y)
        sgd.zero_grad()
        loss.backward()
        if step == 0:
            out |= {"loss": loss.detach().reshape(1), "y": y.detach(), "dy": y.grad}
            out |= {"gradient/" + n: p.grad.clone() for n, p in net.named_parameters()}
            out |= {"after 1/" + n: b.clone() for n, b in net.named_buffers() if "running" in n}
        sgd.step()
    out |= {f"after {STEPS}/{n}": w for n, w in net.state_dict().items() if w.is_floating_point()}
    net.eval()
    with torch.no_grad():
        out |= {"eval feature": net.feature(x.double()), "eval y": net(x.double())}
    FOLDER.mkdir(parents=True, exist_ok=True)
    written = {"written": f"peers/nn_vectors.py, torch {torch.__version__}"}
    save_file(start, FOLDER / f"{name}.weights.safetensors", metadata=written)
    save_file({n: t.detach().contiguous() for n, t in out.items()}, FOLDER / f"{name}.safetensors", metadata=written)


def main():
    write("main", dict(net="main", width=4, head=2, dim=6, splits=1), 8, 6)
    write("main-head1-splits", dict(net="main", width=4, head=1, dim=6, splits=2), 9, 6)
    write("classifier", dict(net="main", width=4, head=2, dim=6, splits=1), 8, 6, classes=3)
    write("resnet18", dict(net="resnet18", width=2, head=1, dim=6, splits=2), 20, 8)


if __name__ == "__main__":
    main()

"""Writes lib/op/testdata/vectors.safetensors: results and gradients of PyTorch's operations in float64.

For each case: inputs (float32), a gradient dy to the result (float32), the result y and the gradients to the inputs
(float64), running statistics after the call where there are any.

    python peers/op_vectors.py
"""

import pathlib

import torch
import torch.nn.functional as F
from safetensors.torch import save_file

from nets import SplitBatchNorm

OUT = pathlib.Path(__file__).resolve().parent.parent / "lib/op/testdata/vectors.safetensors"
tensors = {}


def case(name, function, **inputs):
    """function(**inputs) in float64; inputs are stored, and the gradients to those that are not statistics."""
    inputs = {k: v.float() for k, v in inputs.items()}
    exact = {k: v.double().requires_grad_(not k.startswith("running")) for k, v in inputs.items()}
    start = {k: v.clone() for k, v in inputs.items()}
    y = function(**exact)
    dy = torch.randn(y.shape)
    y.backward(dy.double())
    for k, v in start.items():
        tensors[f"{name}/{k}"] = v
        if exact[k].grad is not None:
            tensors[f"{name}/d{k}"] = exact[k].grad
        else:
            tensors[f"{name}/{k}_after"] = exact[k].detach()
    tensors[f"{name}/y"], tensors[f"{name}/dy"] = y.detach(), dy


def batch_norm(splits=1, train=True, relu=False):
    def f(x, gamma, beta, running_mean, running_var, residual=None):
        flat = x.dim() == 2
        m = SplitBatchNorm(x.shape[1], splits).double().train(train)
        for buffer, value in ((m.running_mean, running_mean), (m.running_var, running_var)):
            buffer.copy_(value)
        y = torch.func.functional_call(m, {"weight": gamma, "bias": beta}, (x[..., None, None] if flat else x,))
        y = y[..., 0, 0] if flat else y
        with torch.no_grad():
            running_mean.copy_(m.running_mean)
            running_var.copy_(m.running_var)
        y = y if residual is None else y + residual
        return F.relu(y) if relu else y

    return f


def main():
    torch.manual_seed(0)
    r = torch.randn
    for name, stride, pad, x, w in [
        ("conv 3x3", 1, 1, (4, 5, 6, 6), (7, 5, 3, 3)),
        ("conv 3x3 stride 2", 2, 1, (3, 3, 7, 7), (4, 3, 3, 3)),
        ("conv 1x1 stride 2", 2, 0, (3, 6, 5, 5), (4, 6, 1, 1)),
        ("conv 1x1", 1, 0, (2, 6, 4, 3), (5, 6, 1, 1)),
    ]:
        case(name, lambda x, w, s=stride, p=pad: F.conv2d(x, w, None, s, p), x=r(x), w=r(w))

    def state(c):
        return dict(gamma=r(c), beta=r(c), running_mean=r(c), running_var=torch.rand(c) + 0.5)

    x = r(6, 5, 4, 4) * 2 + 3
    case("norm train", batch_norm(), x=x, **state(5))
    case("norm train relu", batch_norm(relu=True), x=x, **state(5))
    case("norm train relu residual", batch_norm(relu=True), x=x, residual=r(x.shape), **state(5))
    case("norm train residual splits", batch_norm(3), x=x, residual=r(x.shape), **state(5))
    case("norm train relu splits", batch_norm(3, relu=True), x=x, **state(5))
    case("norm eval relu residual", batch_norm(train=False, relu=True), x=x, residual=r(x.shape), **state(5))
    case("norm eval", batch_norm(train=False), x=x, **state(5))
    case("norm train rows relu", batch_norm(relu=True), x=r(8, 5), **state(5))
    case("linear", lambda x, w: F.linear(x, w), x=r(5, 7), w=r(3, 7))
    case("linear bias relu", lambda x, w, b: F.relu(F.linear(x, w, b)), x=r(5, 7), w=r(4, 7), b=r(4))
    case("pool", lambda x: x.mean((2, 3)), x=r(3, 4, 5, 2))
    case("normalise", lambda x: F.normalize(x, dim=1), x=r(6, 5))
    OUT.parent.mkdir(parents=True, exist_ok=True)
    metadata = {"written": f"peers/op_vectors.py, torch {torch.__version__}"}
    save_file({k: v.contiguous() for k, v in tensors.items()}, OUT, metadata=metadata)
    print(f"{len(tensors)} tensors, {OUT.stat().st_size} bytes")


if __name__ == "__main__":
    main()

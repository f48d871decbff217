"""Writes lib/engine/enginetest/testdata/vectors.json: kernels and their gradients in float64 by PyTorch.

The float64 side of the table of tests is held to these values. Run from the repository's root:

    python peers/engine_vectors.py

It was run with torch 2.15 (CPU); every value is printed with 17 digits, so that it is read back exactly.
"""

import json

import torch
import torch.nn.functional as F

torch.manual_seed(20)
torch.set_default_dtype(torch.float64)


def draw(*shape):
    """Normal draws that float32 holds exactly."""
    return torch.randn(*shape, dtype=torch.float32).double()


def flat(**tensors):
    return {k: v.detach().flatten().tolist() for k, v in tensors.items()}


def conv(n, i, h, w, o, r, s, stride, pad):
    x, k = draw(n, i, h, w).requires_grad_(), draw(o, i, r, s).requires_grad_()
    y = F.conv2d(x, k, stride=stride, padding=pad)
    dy = draw(*y.shape)
    y.backward(dy)
    return dict(sizes=[n, i, h, w, o, r, s, stride, pad], **flat(x=x, w=k, y=y, dy=dy, dx=x.grad, dw=k.grad))


def batchnorm(shape, splits, train, relu, residual):
    """Split batch normalisation as in the CIFAR notebook of MoCo: sample n belongs to split n mod splits, and the
    running statistics are the mean of the splits'."""
    n, c = shape[:2]
    x, res = (2 * draw(*shape) + 1).requires_grad_(), draw(*shape).requires_grad_()
    gamma, beta = draw(c).requires_grad_(), draw(c).requires_grad_()
    mean, var = draw(c), draw(c) ** 2 + 0.5
    out = dict(sizes=[n, c, x[0, 0].numel(), splits], train=train, relu=relu, residual=residual)
    out.update(flat(x=x, r=res, gamma=gamma, beta=beta, mean=mean, var=var))
    if train:
        rm, rv = mean.repeat(splits), var.repeat(splits)
        y = F.batch_norm(x.reshape(n // splits, c * splits, *shape[2:]), rm, rv, gamma.repeat(splits), beta.repeat(splits), True, 0.1, 1e-5)
        y, mean, var = y.view(*shape), rm.view(splits, c).mean(0), rv.view(splits, c).mean(0)
    else:
        y = F.batch_norm(x, mean, var, gamma, beta, False, 0.1, 1e-5)
    if residual:
        y = y + res
    if relu:
        y = F.relu(y)
    dy = draw(*shape)
    y.backward(dy)
    out.update(flat(y=y, mean1=mean, var1=var, dy=dy, dx=x.grad, dgamma=gamma.grad, dbeta=beta.grad))
    if residual:
        out.update(flat(dr=res.grad))
    return out


def normalise(n, c, scale):
    x = (draw(n, c) * scale).requires_grad_()
    y = F.normalize(x, dim=1)
    dy = draw(n, c)
    y.backward(dy)
    return dict(sizes=[n, c], **flat(x=x, y=y, dy=dy, dx=x.grad))


def linear(n, i, o, relu):
    x, w, b = draw(n, i).requires_grad_(), draw(o, i).requires_grad_(), draw(o).requires_grad_()
    y = F.linear(x, w, b)
    if relu:
        y = F.relu(y)
    dy = draw(n, o)
    y.backward(dy)
    return dict(sizes=[n, i, o], relu=relu, **flat(x=x, w=w, b=b, y=y, dy=dy, dx=x.grad, dw=w.grad, db=b.grad))


vectors = dict(
    conv=[conv(2, 3, 6, 5, 4, 3, 3, 1, 1), conv(2, 3, 7, 6, 4, 3, 3, 2, 1), conv(1, 5, 5, 5, 3, 1, 1, 2, 0), conv(2, 2, 5, 6, 3, 3, 2, 1, 0)],
    batchnorm=[batchnorm((4, 3, 3, 2), k, t, r, s) for k in (1, 2, 4) for t, r, s in ((True, True, True), (True, False, False))]
    + [batchnorm((4, 3, 3, 2), 1, False, True, True), batchnorm((6, 5), 1, True, True, False), batchnorm((6, 5), 2, True, False, False)],
    normalise=[normalise(4, 6, 1), normalise(2, 5, 0)],
    linear=[linear(3, 5, 4, False), linear(3, 5, 4, True)],
)
with open("lib/engine/enginetest/testdata/vectors.json", "w") as f:
    json.dump(vectors, f, separators=(",", ":"))
    f.write("\n")

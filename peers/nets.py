"""The encoders in PyTorch, with the parameter names that our weights files use."""

import torch
import torch.nn.functional as F
from torch import nn


class SplitBatchNorm(nn.BatchNorm2d):
    """Batch normalisation over `splits` parts of the batch, as in MoCo's CIFAR notebook: sample n is in part n mod splits."""

    def __init__(self, channels, splits):
        super().__init__(channels)
        self.splits = splits

    def forward(self, x):
        if not self.training or self.splits == 1:
            return super().forward(x)
        n, c, h, w = x.shape
        mean, var = self.running_mean.repeat(self.splits), self.running_var.repeat(self.splits)
        y = F.batch_norm(
            x.reshape(n // self.splits, c * self.splits, h, w),
            mean,
            var,
            self.weight.repeat(self.splits),
            self.bias.repeat(self.splits),
            True,
            self.momentum,
            self.eps,
        ).view(n, c, h, w)
        with torch.no_grad():
            self.running_mean.copy_(mean.view(self.splits, c).mean(0))
            self.running_var.copy_(var.view(self.splits, c).mean(0))
        return y


def head(features, layers, dim):
    if layers == 1:
        return nn.Sequential(nn.Linear(features, dim))
    return nn.Sequential(nn.Linear(features, features), nn.ReLU(), nn.Linear(features, dim))


class Main(nn.Module):
    """Four 3x3 convolutions, three of them of stride 2; the setting "main" has width 48."""

    def __init__(self, width=48, layers=2, dim=64, splits=1, classes=0):
        super().__init__()
        shapes = [(3, width, 2), (width, width, 1), (width, 2 * width, 2), (2 * width, 4 * width, 2)]
        for i, (a, b, stride) in enumerate(shapes, 1):
            setattr(self, f"conv{i}", nn.Conv2d(a, b, 3, stride, 1, bias=False))
            setattr(self, f"bn{i}", SplitBatchNorm(b, splits))
        self.features, self.classes = 4 * width, classes
        if classes:
            self.fc = nn.Linear(4 * width, classes)
        else:
            self.head = head(4 * width, layers, dim)

    def feature(self, x):
        for i in range(1, 5):
            x = F.relu(getattr(self, f"bn{i}")(getattr(self, f"conv{i}")(x)))
        return x.mean((2, 3))

    def forward(self, x):
        f = self.feature(x)
        return self.fc(f) if self.classes else F.normalize(self.head(f), dim=1)


class Block(nn.Module):
    def __init__(self, a, b, stride, splits):
        super().__init__()
        self.conv1, self.bn1 = nn.Conv2d(a, b, 3, stride, 1, bias=False), SplitBatchNorm(b, splits)
        self.conv2, self.bn2 = nn.Conv2d(b, b, 3, 1, 1, bias=False), SplitBatchNorm(b, splits)
        self.downsample = None
        if stride != 1 or a != b:
            self.downsample = nn.Sequential(nn.Conv2d(a, b, 1, stride, bias=False), SplitBatchNorm(b, splits))

    def forward(self, x):
        y = self.bn2(self.conv2(F.relu(self.bn1(self.conv1(x)))))
        return F.relu(y + (x if self.downsample is None else self.downsample(x)))


class ResNet18(nn.Module):
    """ResNet-18 for CIFAR: a 3x3 stem of stride 1 and no max-pool."""

    def __init__(self, width=64, layers=1, dim=128, splits=8, classes=0):
        super().__init__()
        self.conv1, self.bn1 = nn.Conv2d(3, width, 3, 1, 1, bias=False), SplitBatchNorm(width, splits)
        a = width
        for i in range(4):
            b = width << i
            stages = [Block(a, b, 1 if i == 0 else 2, splits), Block(b, b, 1, splits)]
            setattr(self, f"layer{i + 1}", nn.Sequential(*stages))
            a = b
        self.features, self.classes = a, classes
        if classes:
            self.fc = nn.Linear(a, classes)
        else:
            self.head = head(a, layers, dim)

    def feature(self, x):
        x = F.relu(self.bn1(self.conv1(x)))
        for i in range(4):
            x = getattr(self, f"layer{i + 1}")(x)
        return x.mean((2, 3))

    def forward(self, x):
        f = self.feature(x)
        return self.fc(f) if self.classes else F.normalize(self.head(f), dim=1)


def build(setting, classes=0):
    """The encoder of a setting as our records print it."""
    make = {"main": Main, "resnet18": ResNet18}[setting["net"]]
    return make(setting["width"], setting["head"], setting["dim"], setting["splits"], classes)

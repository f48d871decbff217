"""Writes lib/probe/testdata/probe.json: what NumPy, scikit-learn and PyTorch make of features of 5 overlapping classes.

Neighbours vote in float64; logistic regression is taken to its optimum by PyTorch's L-BFGS in float64 and beside it by
scikit-learn; the recipe's SGD runs from stored weights through stored orders.

    python peers/probe_vectors.py [FILE]
"""

import base64
import json
import pathlib
import sys

import numpy as np
import torch
from sklearn.linear_model import LogisticRegression

FILE = pathlib.Path(__file__).resolve().parent.parent / "lib/probe/testdata/probe.json"
TRAIN, TEST, DIM, CLASSES = 400, 250, 16, 5


def features(rng: np.random.Generator) -> tuple[np.ndarray, ...]:
    """Rows of ReLU kind (N, DIM) float32, one column constant, classes of unequal spread; labels (N)."""
    centre = rng.normal(size=(CLASSES, DIM))
    label = rng.integers(0, CLASSES, TRAIN + TEST)
    x = centre[label] + rng.normal(size=(TRAIN + TEST, DIM)) * (1.5 + 0.3 * label[:, None])
    x = (np.maximum(x, 0) * np.geomspace(0.01, 3, DIM)).astype(np.float32)
    x[:, 3] = 0.25
    return x[:TRAIN], label[:TRAIN], x[TRAIN:], label[TRAIN:]


def knn(bank: np.ndarray, labels: np.ndarray, query: np.ndarray, k: int, t: float) -> list[int]:
    """Predictions: exp(cos/t) votes of the k nearest by cosine; ties by bank index and by class."""
    unit = [a.astype(np.float64) / np.linalg.norm(a.astype(np.float64), axis=1, keepdims=True) for a in (bank, query)]
    cos = unit[1] @ unit[0].T
    near = np.argsort(-cos, axis=1, kind="stable")[:, :k]
    votes = np.zeros((len(query), CLASSES))
    for i, row in enumerate(near):
        np.add.at(votes[i], labels[row], np.exp(cos[i, row] / t))
    return votes.argmax(1).tolist()


def linear(x: np.ndarray, y: np.ndarray, test: np.ndarray, l2: float) -> dict:
    """The optimum on standardised features, from two libraries that must agree."""
    a, b = torch.tensor(x, dtype=torch.float64), torch.tensor(test, dtype=torch.float64)
    mean, std = a.mean(0), a.std(0) + 1e-6
    a, b, label = (a - mean) / std, (b - mean) / std, torch.tensor(y)
    w = torch.zeros(DIM, CLASSES, dtype=torch.float64, requires_grad=True)
    c = torch.zeros(CLASSES, dtype=torch.float64, requires_grad=True)
    o = torch.optim.LBFGS([w, c], max_iter=5000, max_eval=10000, tolerance_grad=1e-10, tolerance_change=1e-16, line_search_fn="strong_wolfe")

    def objective() -> torch.Tensor:
        return torch.nn.functional.cross_entropy(a @ w + c, label) + l2 * (w**2).sum()

    def closure() -> torch.Tensor:
        o.zero_grad()
        loss = objective()
        loss.backward()
        return loss

    o.step(closure)
    with torch.no_grad():
        predicted = (b @ w + c).argmax(1).tolist()
    sk = LogisticRegression(C=1 / (2 * l2 * len(x)), tol=1e-10, max_iter=10000).fit(a.numpy(), y)
    agree = np.mean(sk.predict(b.numpy()) == np.array(predicted))
    assert agree == 1, agree
    return dict(l2=l2, objective=objective().item(), predicted=predicted)


def sgd(rng: np.random.Generator, x: np.ndarray, y: np.ndarray, test: np.ndarray, rate: float, batch: int, epochs: int) -> dict:
    """torch.optim.SGD from stored weights through stored orders, in float64; x0.1 at 60% and 80% of the epochs."""
    w0 = (rng.normal(size=(CLASSES, DIM)) * 0.01).astype(np.float32)
    orders = [rng.permutation(len(x)).tolist() for _ in range(epochs)]
    model = torch.nn.Linear(DIM, CLASSES, dtype=torch.float64)
    with torch.no_grad():
        model.weight.copy_(torch.tensor(w0))
        model.bias.zero_()
    o = torch.optim.SGD(model.parameters(), rate, momentum=0.9)
    s = torch.optim.lr_scheduler.MultiStepLR(o, [epochs * 6 // 10, epochs * 8 // 10])
    a, label = torch.tensor(x, dtype=torch.float64), torch.tensor(y)
    for order in orders:
        total = 0.0
        for i in range(0, len(order), batch):
            index = order[i : i + batch]
            loss = torch.nn.functional.cross_entropy(model(a[index]), label[index])
            o.zero_grad()
            loss.backward()
            o.step()
            total += loss.item() * len(index) / len(x)
        s.step()
    with torch.no_grad():
        predicted = model(torch.tensor(test, dtype=torch.float64)).argmax(1).tolist()
    return dict(rate=rate, batch=batch, epochs=epochs, w0=pack(w0), orders=orders, objective=total, predicted=predicted)


def pack(a: np.ndarray) -> str:
    return base64.b64encode(np.ascontiguousarray(a, dtype="<f4").tobytes()).decode()


def main() -> None:
    rng = np.random.default_rng(2026)
    x, y, test, target = features(rng)
    out = dict(
        doc=__doc__.split("\n")[0],
        dim=DIM,
        classes=CLASSES,
        train=pack(x),
        labels=y.tolist(),
        test=pack(test),
        test_labels=target.tolist(),
        knn=[dict(k=k, t=t, predicted=knn(x, y, test, k, t)) for k, t in ((1, 0.1), (20, 0.1), (200, 0.1), (20, 0.07), (400, 1))],
        linear=[linear(x, y, test, l2) for l2 in (1e-3, 1e-1, 1e-5)],
        sgd=[sgd(rng, x, y, test, 0.5, 64, 10)],
    )
    for kind in ("knn", "linear", "sgd"):
        for case in out[kind]:
            case["accuracy"] = float(np.mean(np.array(case["predicted"]) == target))
            print(kind, {k: v for k, v in case.items() if isinstance(v, (int, float))})
    file = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else FILE
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(out, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()

"""kNN and linear accuracy of frozen features, in per cent."""

import torch
import torch.nn.functional as F


def knn(bank, labels, query, query_labels, k, temperature=0.1):
    """Cosine neighbours, each with a vote of exp(cos/T)."""
    bank, query = F.normalize(bank, dim=1), F.normalize(query, dim=1)
    right, classes = 0, int(labels.max()) + 1
    for q, y in zip(query.split(500), query_labels.split(500)):
        cos, i = (q @ bank.T).topk(k, 1)
        votes = torch.zeros(len(q), classes, dtype=cos.dtype).scatter_add_(1, labels[i], (cos / temperature).exp())
        right += (votes.argmax(1) == y).sum().item()
    return 100 * right / len(query_labels)


def linear(train, labels, test, test_labels, l2=1e-3, iterations=200):
    """Multinomial logistic regression on standardised features, by L-BFGS."""
    mean, std = train.mean(0), train.std(0) + 1e-6
    train, test = (train - mean) / std, (test - mean) / std
    classes = int(labels.max()) + 1
    w = torch.zeros(train.shape[1], classes, dtype=train.dtype, requires_grad=True)
    b = torch.zeros(classes, dtype=train.dtype, requires_grad=True)
    optimiser = torch.optim.LBFGS([w, b], max_iter=iterations, history_size=10, line_search_fn="strong_wolfe")

    def closure():
        optimiser.zero_grad()
        loss = F.cross_entropy(train @ w + b, labels) + l2 * (w**2).sum()
        loss.backward()
        return loss

    optimiser.step(closure)
    return 100 * ((test @ w + b).argmax(1) == test_labels).float().mean().item()

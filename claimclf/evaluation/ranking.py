"""Scores that rank sentences, each a function of how much every sentence counts: a bootstrap sorts only once."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def area_under_risk_coverage(confidence: Floats, wrong: NDArray[np.bool_]) -> Callable[[Floats], float]:
    """The mean error rate over all coverages, the most confident sentences first, as a function of weights (n,).

    Source: Geifman and El-Yaniv, "Selective Classification for Deep Neural Networks", 2017.
    """
    order = np.argsort(-confidence, kind="stable")
    errors = wrong[order].astype(np.float64)

    def score(weights: Floats) -> float:
        w = weights[order]
        seen = np.cumsum(w)
        risk = np.divide(np.cumsum(w * errors), seen, out=np.zeros_like(seen), where=seen > 0)
        return float((risk * w).sum() / w.sum()) if w.sum() else float("nan")

    return score


def selective_accuracy(confidence: Floats, wrong: NDArray[np.bool_], coverage: float) -> Callable[[Floats], float]:
    """The accuracy on the most confident share `coverage` of the sentences, as a function of weights (n,).

    >>> selective_accuracy(np.array([0.9, 0.5]), np.array([False, True]), 0.5)(np.ones(2))
    1.0
    """
    order = np.argsort(-confidence, kind="stable")
    right = ~wrong[order]

    def score(weights: Floats) -> float:
        w = weights[order]
        kept = np.diff(np.minimum(np.cumsum(w), coverage * w.sum()), prepend=0)
        return float((kept * right).sum() / kept.sum()) if kept.sum() else float("nan")

    return score


def average_precision(scores: Floats, positive: NDArray[np.bool_]) -> Callable[[Floats], float]:
    """Average precision of ranking by `scores`, as scikit-learn defines it, as a function of weights (n,)."""
    order = np.argsort(-scores, kind="stable")
    hits, ranked = positive[order].astype(np.float64), scores[order]
    last = np.append(np.flatnonzero(np.diff(ranked)), len(ranked) - 1) if len(ranked) else np.zeros(0, np.int64)

    def score(weights: Floats) -> float:
        w = weights[order]
        found, seen = np.cumsum(w * hits)[last], np.cumsum(w)[last]
        if not len(found) or not found[-1]:
            return float("nan")
        precision = np.divide(found, seen, out=np.zeros_like(seen), where=seen > 0)
        return float((np.diff(found, prepend=0) * precision).sum() / found[-1])

    return score

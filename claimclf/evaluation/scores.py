"""Confusion counts per article, and the scores that are functions of their sum.

Every score takes counts of shape (..., labels, labels), true label first, and works over the last two axes; so a
bootstrap over articles sums rows again and never looks at text.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from claimclf.labels import LABELS

Counts = NDArray[Any]


def statistics(articles: Iterable[tuple[NDArray[np.integer], NDArray[np.integer]]]) -> NDArray[np.int64]:
    """Confusion counts (articles, labels, labels) from a pair (true, predicted) of label indexes an article.

    >>> statistics([(np.array([0, 2]), np.array([0, 0]))]).sum()
    np.int64(2)
    """
    n = len(LABELS)
    rows = [np.bincount(np.asarray(t) * n + np.asarray(p), minlength=n * n) for t, p in articles]
    return np.array(rows, dtype=np.int64).reshape(-1, n, n)


def f1(counts: Counts) -> NDArray[np.float64]:
    """F1 of each label, (..., labels); NaN for a label that is neither there nor predicted."""
    right = np.diagonal(counts, axis1=-2, axis2=-1).astype(np.float64)
    total = counts.sum(axis=-1) + counts.sum(axis=-2)
    return np.asarray(np.divide(2 * right, total, out=np.full(right.shape, np.nan), where=total > 0))


def macro_f1(counts: Counts) -> float:
    """The mean F1 over the labels that are there; NaN for no sentence at all.

    A label without a sentence is left out: its F1 is undefined, not 0.

    >>> macro_f1(statistics([(np.array([0, 1]), np.array([0, 1]))]).sum(axis=0))
    1.0
    """
    there = counts.sum(axis=-1) > 0
    return float(f1(counts)[there].mean()) if there.any() else float("nan")


def accuracy(counts: Counts) -> float:
    """The share of sentences with the right label; NaN for no sentence at all."""
    return ratio(np.trace(counts), counts.sum())


def precision(label: int, counts: Counts) -> float:
    """The share of the sentences said to have `label` that have it; where none is said to, 0, or NaN if none has it."""
    said = counts[:, label].sum()
    return ratio(counts[label, label], said) if said or not counts[label].sum() else 0.0


def recall(label: int, counts: Counts) -> float:
    """The share of the sentences of `label` that are found; NaN where there is none."""
    return ratio(counts[label, label], counts[label].sum())


def f1_there(label: int, counts: Counts) -> float:
    """F1 of `label`; NaN where no sentence has it, whatever was said."""
    return float(f1(counts)[label]) if counts[label].sum() else float("nan")


def mcc(counts: Counts) -> float:
    """Matthews' correlation for several classes, from a confusion matrix; NaN where only one label is there.

    0 where only one is said, as scikit-learn has it: such answers have nothing to do with the truth.
    Source: Gorodkin, "Comparing two K-category assignments by a K-category correlation coefficient", 2004.
    """
    counts = np.asarray(counts, dtype=np.float64)
    total, right = counts.sum(), np.trace(counts)
    true, predicted = counts.sum(axis=1), counts.sum(axis=0)
    spread = (total**2 - (true**2).sum()) * (total**2 - (predicted**2).sum())
    if not spread and (true > 0).sum() > 1:
        return 0.0
    return ratio(right * total - (true * predicted).sum(), np.sqrt(spread))


def ratio(part: float, whole: float) -> float:
    """`part` of `whole`; NaN where `whole` is 0.

    >>> ratio(1, 4)
    0.25
    """
    return float(part / whole) if whole else float("nan")

"""How label sets keep their promise: coverage, a label at a time too, and how large they are."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from claimclf.evaluation.bootstrap import Interval, Method, interval, resamples
from claimclf.evaluation.sample import Sample
from claimclf.labels import LABELS, Label


def set_scores(
    sample: Sample,
    sets: Sequence[tuple[Label, ...]],
    repeats: int = 1000,
    seed: int = 0,
    method: Method = "percentile",
) -> dict[str, Interval]:
    """`coverage`, `coverage/LABEL` and the mean `set_size`, with intervals over stories; NaN without support.

    `sets` holds a label set a sentence, in the order of `sample`.
    """
    inside = np.array([[label in given for label in LABELS] for given in sets], dtype=bool).reshape(-1, len(LABELS))
    n = np.arange(len(sample.true))
    one_hot = np.eye(len(LABELS))[sample.true]
    covered = inside[n, sample.true][:, None] * one_hot
    rows = np.concatenate([covered, one_hot, inside.sum(axis=1, keepdims=True)], axis=1)
    sums = sample.per_group(rows)
    draws = resamples(len(sums), repeats, seed)
    k = len(LABELS)

    def over_stories(sums: NDArray[np.float64], score: Callable[[NDArray[np.float64]], float]) -> Interval:
        return interval(sums, score, draws, method=method)

    scores = {"coverage": over_stories(sums, lambda s: _share(s[:k].sum(), s[k : 2 * k].sum()))}
    for i, label in enumerate(LABELS):
        scores[f"coverage/{label}"] = over_stories(sums[:, [i, k + i]], lambda s: _share(s[0], s[1]))
    scores["set_size"] = over_stories(sums, lambda s: _share(s[2 * k], s[k : 2 * k].sum()))
    return scores


def _share(part: float, whole: float) -> float:
    return float(part / whole) if whole else float("nan")

"""How label sets keep their promise: coverage, a label at a time too, and how large they are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Sequence

import numpy as np
from numpy.typing import NDArray

from claimclf.evaluation.bootstrap import Interval, Method, interval, resamples
from claimclf.evaluation.sample import Sample
from claimclf.labels import LABELS, Label


def set_scores(
    sample: Sample,
    sets: Sequence[tuple[Label, ...]],
    articles: Sequence[Hashable],
    repeats: int = 1000,
    seed: int = 0,
    method: Method = "percentile",
) -> dict[str, Interval]:
    """`coverage`, `coverage/LABEL` and the mean `set_size`, with intervals over stories; NaN without support.

    `sets` holds a label set a sentence, in the order of `sample`, `articles` the article of each. Articles count alike,
    however long they are, as in the promise (`conformal`): a sentence counts one part of its article's, or of those of
    its label there.
    """
    inside = np.array([[label in given for label in LABELS] for given in sets], dtype=bool).reshape(-1, len(LABELS))
    whole, own = _parts(list(articles)), _parts(list(zip(articles, sample.true.tolist(), strict=True)))
    covered = inside[np.arange(len(sample.true)), sample.true]
    one_hot = np.eye(len(LABELS))[sample.true] * own[:, None]
    over_all = np.stack([whole * covered, whole, whole * inside.sum(axis=1)], axis=1)
    sums = sample.per_group(np.concatenate([over_all, one_hot * covered[:, None], one_hot], axis=1))
    draws = resamples(len(sums), repeats, seed)

    def share(part: int, whole: int) -> Interval:
        return interval(sums[:, [part, whole]], lambda s: _share(s[0], s[1]), draws, method=method)

    by_label = {f"coverage/{label}": share(3 + i, 3 + len(LABELS) + i) for i, label in enumerate(LABELS)}
    return {"coverage": share(0, 1), **by_label, "set_size": share(2, 1)}


def _parts(of: Sequence[Hashable]) -> NDArray[np.float64]:
    """One part of as many as there are of the same."""
    counts = Counter(of)
    return np.array([1 / counts[one] for one in of])


def _share(part: float, whole: float) -> float:
    return float(part / whole) if whole else float("nan")

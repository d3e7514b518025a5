"""All scores of a sample, each with its interval, from sufficient statistics per story.

A score is a sum of statistics over stories and a function of that sum, so a bootstrap adds up drawn rows again and
never looks at a sentence. The two that rank sentences (AURC, average precision) take a weight a sentence instead.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
from numpy.typing import NDArray

from claimclf.evaluation.bootstrap import Interval, resamples
from claimclf.evaluation.sample import Sample
from claimclf.evaluation.scores import accuracy, f1, macro_f1
from claimclf.labels import LABELS

Floats = NDArray[np.float64]
_BINS = 10


def measure(sample: Sample, repeats: int = 1000, seed: int = 0, level: float = 0.95) -> dict[str, Interval]:
    """Every score of `sample` by name, those of a label as `f1/official_denial`; NaN where a score is undefined.

    >>> labels = np.array([0, 1, 2, 3])
    >>> measure(Sample(labels, np.zeros((4, 4), bool), np.eye(4), labels), repeats=10)["accuracy"].value
    1.0
    """
    scores = _drawn(sample, _draws(sample, repeats, seed))
    return {name: Interval.of(drawn[0], drawn[1:], level) for name, drawn in scores.items()}


def difference(
    ours: Sample, other: Sample, repeats: int = 1000, seed: int = 0, level: float = 0.95
) -> dict[str, Interval]:
    """Every score of `ours` less that of `other`, two models on the same sentences, by a paired bootstrap.

    Raises:
        ValueError: the sentences are not the same.
    """
    if not (np.array_equal(ours.true, other.true) and np.array_equal(ours.groups, other.groups)):
        raise ValueError("two models are compared on the same sentences only")
    draws = _draws(ours, repeats, seed)
    one, two = _drawn(ours, draws), _drawn(other, draws)
    return {name: Interval.of(one[name][0] - two[name][0], one[name][1:] - two[name][1:], level) for name in one}


def _draws(sample: Sample, repeats: int, seed: int) -> NDArray[np.int64]:
    groups = int(sample.groups.max(initial=-1)) + 1
    return resamples(groups, repeats, seed) if groups else np.zeros((1, 0), dtype=np.int64)


def _drawn(sample: Sample, draws: NDArray[np.int64]) -> dict[str, Floats]:
    """Each score of the sample itself, and then of every draw, (1 + draws,)."""
    weights = np.vstack([np.ones((1, draws.shape[1]), dtype=np.int64), draws])
    found: dict[str, Floats] = {}
    for statistics, scores in (_confusion(sample), _sums(sample), _bins(sample)):
        sums = np.tensordot(weights, statistics, axes=1)
        found |= {name: np.array([score(row) for row in sums]) for name, score in scores.items()}
    for name, score in _ranked(sample).items():
        found[name] = np.array([score(row[sample.groups].astype(np.float64)) for row in weights])
    return found


def _confusion(sample: Sample) -> tuple[Floats, dict[str, Callable[[Floats], float]]]:
    pairs = np.zeros((len(sample.true), len(LABELS), len(LABELS)))
    pairs[np.arange(len(sample.true)), sample.true, sample.predicted] = 1
    scores: dict[str, Callable[[Floats], float]] = {"macro_f1": macro_f1, "accuracy": accuracy, "mcc": mcc}
    for i, label in enumerate(LABELS):
        scores[f"precision/{label}"] = partial(_precision, i)
        scores[f"recall/{label}"] = partial(_recall, i)
        scores[f"f1/{label}"] = partial(_f1, i)
    return sample.per_group(pairs), scores


def _precision(label: int, counts: Floats) -> float:
    return _ratio(counts[label, label], counts[:, label].sum())


def _recall(label: int, counts: Floats) -> float:
    return _ratio(counts[label, label], counts[label].sum())


def _f1(label: int, counts: Floats) -> float:
    return float(f1(counts)[label]) if counts[label].sum() else float("nan")


def mcc(counts: Floats) -> float:
    """Matthews' correlation for several classes, from a confusion matrix; NaN where it is undefined.

    Source: Gorodkin, "Comparing two K-category assignments by a K-category correlation coefficient", 2004.
    """
    total, right = counts.sum(), np.trace(counts)
    true, predicted = counts.sum(axis=1), counts.sum(axis=0)
    spread = (total**2 - (true**2).sum()) * (total**2 - (predicted**2).sum())
    return _ratio(right * total - (true * predicted).sum(), np.sqrt(spread))


def _sums(sample: Sample) -> tuple[Floats, dict[str, Callable[[Floats], float]]]:
    n = np.arange(len(sample.true))
    one_hot = np.eye(len(LABELS))[sample.true]
    right = sample.predicted == sample.true
    rows = np.stack(
        [
            np.ones(len(n)),
            right | sample.also[n, sample.predicted],
            -np.log(np.clip(sample.probabilities[n, sample.true], 1e-12, 1)),
            ((sample.probabilities - one_hot) ** 2).sum(axis=1),
        ],
        axis=1,
    )
    names = ("lenient_accuracy", "log_loss", "brier")
    scores: dict[str, Callable[[Floats], float]] = {name: partial(_mean, i) for i, name in enumerate(names, 1)}
    return sample.per_group(rows), scores


def _mean(column: int, sums: Floats) -> float:
    return _ratio(sums[column], sums[0])


def _bins(sample: Sample) -> tuple[Floats, dict[str, Callable[[Floats], float]]]:
    """Classwise ECE over bins of equally many sentences, cut once on the whole sample.

    Source: Nixon et al., "Measuring Calibration in Deep Learning", 2019.
    """
    n, labels = sample.probabilities.shape
    rows = np.zeros((n, labels, _BINS, 2))
    for label in range(labels):
        order = np.argsort(sample.probabilities[:, label], kind="stable")
        place = np.empty(n, dtype=np.int64)
        place[order] = np.arange(n) * _BINS // max(1, n)
        rows[np.arange(n), label, place, 0] = sample.probabilities[:, label] - (sample.true == label)
        rows[np.arange(n), label, place, 1] = 1
    return sample.per_group(rows), {"ece": lambda s: _ratio(np.abs(s[..., 0]).sum(), s[..., 1].sum())}


def _ranked(sample: Sample) -> dict[str, Callable[[Floats], float]]:
    confidence = sample.probabilities.max(axis=1)
    scores = {"aurc": area_under_risk_coverage(confidence, sample.predicted != sample.true)}
    for i, label in enumerate(LABELS):
        scores[f"auprc/{label}"] = average_precision(sample.probabilities[:, i], sample.true == i)
    return scores


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
        return _ratio((risk * w).sum(), w.sum())

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


def _ratio(part: float, whole: float) -> float:
    return float(part / whole) if whole else float("nan")

"""All scores of a sample, each with its interval, from sufficient statistics per story.

A score is a sum of statistics over stories and a function of that sum, so a bootstrap adds up drawn rows again and
never looks at a sentence. Those that rank sentences (AURC, selective accuracy, average precision) take a weight a
sentence instead.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from claimclf.evaluation.bootstrap import Interval, Method, resamples
from claimclf.evaluation.confusion import CONFUSION_SCORES, Confusion
from claimclf.evaluation.ranking import area_under_risk_coverage, average_precision, selective_accuracy
from claimclf.evaluation.sample import Sample
from claimclf.evaluation.scores import ratio
from claimclf.labels import LABELS

Floats = NDArray[np.float64]
_BINS = 10
_COVERAGES = (80, 90)  # per cent
LABEL_SCORES = ("precision", "recall", "f1", "auprc")
SCORES = (
    "macro_f1",
    "accuracy",
    "lenient_accuracy",
    "mcc",
    "log_loss",
    "brier",
    "ece",
    "aurc",
    *(f"selective_accuracy/{coverage}" for coverage in _COVERAGES),
    *(f"{kind}/{label}" for kind in LABEL_SCORES for label in LABELS),
)
LOWER_IS_BETTER = ("log_loss", "brier", "ece", "aurc")


def measure(
    sample: Sample, repeats: int = 1000, seed: int = 0, level: float = 0.95, method: Method = "percentile"
) -> dict[str, Interval]:
    """Every score of `sample` by name (`SCORES`), those of a label as `f1/official_denial`; NaN where undefined.

    >>> labels = np.array([0, 1, 2, 3])
    >>> measure(Sample(labels, np.zeros((4, 4), bool), np.eye(4), labels), repeats=10)["accuracy"].value
    1.0
    """
    drawn = _drawn(sample, _weights(sample, repeats, seed), method)
    found = {name: _interval(scores, repeats, level, method) for name, scores in drawn.items()}
    return found | {"ece": Interval.centred(found["ece"].value, drawn["ece"][1 : 1 + repeats], level)}


def difference(
    ours: Sample,
    other: Sample,
    repeats: int = 1000,
    seed: int = 0,
    level: float = 0.95,
    method: Method = "percentile",
) -> dict[str, Interval]:
    """Every score of `ours` less that of `other`, two models on the same sentences, by a paired bootstrap.

    Raises:
        ValueError: the sentences are not the same.
    """
    if not (np.array_equal(ours.true, other.true) and np.array_equal(ours.groups, other.groups)):
        raise ValueError("two models are compared on the same sentences only")
    weights = _weights(ours, repeats, seed)
    one, two = _drawn(ours, weights, method), _drawn(other, weights, method)
    return {name: _interval(one[name] - two[name], repeats, level, method) for name in one}


def _weights(sample: Sample, repeats: int, seed: int) -> NDArray[np.int64]:
    """How often each story counts, a row each: in the sample, and in every resample."""
    groups = int(sample.groups.max(initial=-1)) + 1
    draws = resamples(groups, repeats, seed) if groups else np.zeros((repeats, 0), dtype=np.int64)
    return np.vstack([np.ones((1, groups), dtype=np.int64), draws])


def _interval(scores: Floats, repeats: int, level: float, method: Method) -> Interval:
    value, drawn, left_out = scores[0], scores[1 : 1 + repeats], scores[1 + repeats :]
    return Interval.bca(value, drawn, left_out, level) if method == "bca" else Interval.of(value, drawn, level)


def _drawn(sample: Sample, weights: NDArray[np.int64], method: Method) -> dict[str, Floats]:
    """Each score under each row of story weights, and for BCa with each story left out, (rows,) or (rows + stories,).

    Weights of all stories but one are never held for every story at once: they would be stories times stories.
    """
    found: dict[str, Floats] = {}
    left_out = range(weights.shape[1] if method == "bca" else 0)
    for statistics, scores in (_confusion(sample), _sums(sample), _bins(sample)):
        sums = np.tensordot(weights, statistics, axes=1)
        rows = np.concatenate([sums, sums[0] - statistics[: len(left_out)]])
        found |= {name: np.array([score(row) for row in rows]) for name, score in scores.items()}
    for name, score in _ranked(sample).items():
        counted = chain((row[sample.groups] for row in weights), (sample.groups != story for story in left_out))
        found[name] = np.array([score(row.astype(np.float64)) for row in counted])
    return {name: found[name] for name in SCORES}


def _confusion(sample: Sample) -> tuple[Floats, dict[str, Callable[[Floats], float]]]:
    return Confusion.of(sample).counts.astype(np.float64), CONFUSION_SCORES


def _sums(sample: Sample) -> tuple[Floats, dict[str, Callable[[Floats], float]]]:
    n = np.arange(len(sample.true))
    one_hot = np.eye(len(LABELS))[sample.true]
    right = sample.predicted == sample.true
    rows = np.stack(
        [
            np.ones(len(n)),
            right | sample.also[n, sample.predicted],
            -np.log(np.clip(sample.probabilities[n, sample.true], np.finfo(np.float64).eps, 1)),
            ((sample.probabilities - one_hot) ** 2).sum(axis=1),
        ],
        axis=1,
    )
    names = ("lenient_accuracy", "log_loss", "brier")
    scores: dict[str, Callable[[Floats], float]] = {name: partial(_mean, i) for i, name in enumerate(names, 1)}
    return sample.per_group(rows), scores


def _mean(column: int, sums: Floats) -> float:
    return ratio(sums[column], sums[0])


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
    return sample.per_group(rows), {"ece": lambda s: ratio(np.abs(s[..., 0]).sum(), s[..., 1].sum())}


def _ranked(sample: Sample) -> dict[str, Callable[[Floats], float]]:
    confidence = sample.probabilities.max(axis=1)
    wrong = sample.predicted != sample.true
    scores = {"aurc": area_under_risk_coverage(confidence, wrong)}
    for coverage in _COVERAGES:
        scores[f"selective_accuracy/{coverage}"] = selective_accuracy(confidence, wrong, coverage / 100)
    for i, label in enumerate(LABELS):
        scores[f"auprc/{label}"] = average_precision(sample.probabilities[:, i], sample.true == i)
    return scores

"""Label sets with a coverage promise: split conformal prediction on articles.

Sources: Vovk, Gammerman and Shafer, "Algorithmic Learning in a Random World", 2005 (split conformal); Sadinle, Lei and
Wasserman, "Least Ambiguous Set-Valued Classifiers with Bounded Error Levels", 2019 (the score, 1 - p of the label, and
a threshold a label); Lee, Barber and Willett, "Distribution-free inference with hierarchical data", 2023 (articles are
exchangeable, sentences of one are not: each calibration article has the same weight, however long it is).

The promise: for a sentence of a new article like those it was fitted on, the true label is in the set with at least
the coverage asked for; for each label by itself as well, where enough articles had that label.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from claimclf.labels import LABELS, Label

FEWEST_ARTICLES = 30  # with a label, for a threshold of its own


@dataclass(frozen=True, eq=False)
class Conformal:
    """Calibration sentences, n of them: the probability their true label got (n,), the label (n,), the article (n,).

    >>> fitted = Conformal(np.full(99, 0.6), np.zeros(99, int), np.arange(99))
    >>> [str(label) for label in fitted.label_set(np.array([0.55, 0.45, 0, 0]), fitted.thresholds(0.9))]
    ['factual_report']
    """

    probability: NDArray[np.float64]
    label: NDArray[np.int64]
    article: NDArray[np.int64]

    @classmethod
    def fit(
        cls, probabilities: NDArray[np.floating], labels: NDArray[np.int64], articles: NDArray[np.int64]
    ) -> Conformal:
        """From calibrated probabilities (n, labels) of sentences that no weight was trained on."""
        likely = probabilities[np.arange(len(labels)), labels].astype(np.float64)
        return cls(np.floor(likely * 1e5) / 1e5, labels, articles)

    def thresholds(self, coverage: float) -> NDArray[np.float64]:
        """The least probability with which each label enters the set, (labels,).

        A label's own threshold where at least 30 articles have it, but never above that of all labels together, so
        that the promise over all labels holds in any case. With too few articles for the coverage it is 0: every
        label is in the set.

        Raises:
            ValueError: the coverage is not between 0 and 1.
        """
        if not 0 < coverage < 1:
            raise ValueError(f"a coverage is a share between 0 and 1, such as 0.9, not {coverage}")
        shared = _lowest(self.probability, self.article, coverage)
        found = np.full(len(LABELS), shared)
        for label in range(len(LABELS)):
            mask = self.label == label
            if len(np.unique(self.article[mask])) >= FEWEST_ARTICLES:
                found[label] = min(shared, _lowest(self.probability[mask], self.article[mask], coverage))
        return found

    @staticmethod
    def label_set(probabilities: NDArray[np.floating], thresholds: NDArray[np.float64]) -> tuple[Label, ...]:
        """The labels that reach their threshold, likeliest first; the likeliest is always among them."""
        order = np.argsort(-probabilities, kind="stable")
        return tuple(LABELS[i] for place, i in enumerate(order) if not place or probabilities[i] >= thresholds[i])

    def to_dict(self) -> dict[str, list[Any]]:
        """As plain JSON."""
        return {
            "probability": [round(float(p), 5) for p in self.probability],
            "label": self.label.tolist(),
            "article": self.article.tolist(),
        }

    @classmethod
    def from_dict(cls, content: dict[str, Sequence[Any]]) -> Conformal:
        """The inverse of `to_dict`."""
        probability, label, article = (np.array(content[key]) for key in ("probability", "label", "article"))
        if not len(probability) == len(label) == len(article):
            raise ValueError("conformal calibration: lists of different length")
        return cls(probability.astype(np.float64), label.astype(np.int64), article.astype(np.int64))


def _lowest(probability: NDArray[np.float64], article: NDArray[np.int64], coverage: float) -> float:
    """The largest threshold that keeps `coverage` of the weight, where an unseen article may lie below it all."""
    _, of, sizes = np.unique(article, return_inverse=True, return_counts=True)
    if not len(sizes):
        return 0.0
    weights = 1.0 / ((len(sizes) + 1) * sizes[of])
    order = np.argsort(-probability, kind="stable")
    kept = np.cumsum(weights[order])
    reached = np.flatnonzero(kept >= coverage - 1e-12)
    return float(probability[order][reached[0]]) if len(reached) else 0.0

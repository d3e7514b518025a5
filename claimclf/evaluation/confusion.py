"""Confusion counts a story, and every score that they give, with intervals: all that is kept of a run or a system.

They are the sufficient statistics of F1, precision, recall, accuracy and Matthews' correlation: a few numbers a story
give the same scores and intervals as the sentences did, and the gain of one system on another, without any text.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from claimclf.evaluation.bootstrap import Interval, resamples
from claimclf.evaluation.sample import Sample
from claimclf.evaluation.scores import accuracy, f1_there, macro_f1, mcc, precision, recall
from claimclf.labels import LABELS

Score = Callable[[NDArray[Any]], float]


CONFUSION_SCORES: dict[str, Score] = {"macro_f1": macro_f1, "accuracy": accuracy, "mcc": mcc}
CONFUSION_SCORES |= {
    f"{name}/{label}": partial(score, place)
    for name, score in (("precision", precision), ("recall", recall), ("f1", f1_there))
    for place, label in enumerate(LABELS)
}


@dataclass(frozen=True)
class Confusion:
    """Counts (stories, true labels, predicted labels) of the sentences of each story.

    >>> Confusion(np.eye(4, dtype=np.int64)[None]).measure(repeats=10)["accuracy"].value
    1.0
    """

    counts: NDArray[np.int64]

    @classmethod
    def of(cls, sample: Sample) -> Confusion:
        """The counts of a sample, story by story."""
        counts = np.zeros((int(sample.groups.max(initial=-1)) + 1, len(LABELS), len(LABELS)), dtype=np.int64)
        np.add.at(counts, (sample.groups, sample.true, sample.predicted), 1)
        return cls(counts)

    def measure(self, repeats: int = 1000, seed: int = 0, level: float = 0.95) -> dict[str, Interval]:
        """Every score of `CONFUSION_SCORES` by name, with its percentile interval over stories."""
        sums = self._sums(repeats, seed)
        drawn = {name: [score(row) for row in sums] for name, score in CONFUSION_SCORES.items()}
        return {name: Interval.of(values[0], values[1:], level) for name, values in drawn.items()}

    def gain(
        self, base: Confusion, name: str = "macro_f1", repeats: int = 1000, seed: int = 0, level: float = 0.95
    ) -> Interval:
        """One score less that of `base`, by a paired bootstrap over the stories that both have.

        Raises:
            ValueError: the two are not of the same sentences.
        """
        if not self.pairs_with(base):
            raise ValueError("a gain is measured on the same sentences only")
        score = CONFUSION_SCORES[name]
        ours, other = (np.array([score(sums) for sums in one._sums(repeats, seed)]) for one in (self, base))
        gained = ours - other
        return Interval.of(gained[0], gained[1:], level)

    def pairs_with(self, other: Confusion) -> bool:
        """Whether both have the same stories with as many sentences of each true label."""
        return np.array_equal(self.counts.sum(axis=2), other.counts.sum(axis=2))

    def to_list(self) -> list[list[int]]:
        """The counts as plain JSON: a row of labels × labels numbers a story, true label by true label."""
        rows: list[list[int]] = self.counts.reshape(len(self.counts), -1).tolist()
        return rows

    @classmethod
    def from_list(cls, rows: Sequence[Sequence[int]]) -> Confusion:
        """The inverse of `to_list`.

        Raises:
            ValueError: a row does not have labels × labels numbers.
        """
        return cls(np.array(rows, dtype=np.int64).reshape(len(rows), len(LABELS), len(LABELS)))

    def _sums(self, repeats: int, seed: int) -> NDArray[np.int64]:
        """The counts of all stories, and then of every resample, (1 + repeats, labels, labels)."""
        draws = resamples(len(self.counts), repeats, seed) if len(self.counts) else np.zeros((repeats, 0), np.int64)
        return np.concatenate([self.counts.sum(axis=0)[None], np.tensordot(draws, self.counts, axes=1)])

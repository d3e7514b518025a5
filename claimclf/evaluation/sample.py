"""What was true and what a model said, sentence by sentence: all that any score needs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from claimclf.labels import LABELS


@dataclass(frozen=True)
class Sample:
    """Labelled sentences, n of them, with a model's probabilities.

    `true` (n,) holds label indexes, `also` (n, labels) other labels that can be defended, `probabilities` (n, labels),
    and `groups` (n,) the number of the story that a sentence belongs to: stories are what a bootstrap draws.

    >>> Sample(np.array([0]), np.zeros((1, 4), bool), np.eye(4)[:1], np.array([0])).predicted.tolist()
    [0]

    Raises:
        ValueError: the arrays are not of one length.
    """

    true: NDArray[np.int64]
    also: NDArray[np.bool_]
    probabilities: NDArray[np.float64]
    groups: NDArray[np.int64]

    def __post_init__(self) -> None:
        n, labels = len(self.true), len(LABELS)
        if self.also.shape != (n, labels) or self.probabilities.shape != (n, labels) or self.groups.shape != (n,):
            raise ValueError(f"{n} true labels, but shapes {self.also.shape}, {self.probabilities.shape}")

    @property
    def predicted(self) -> NDArray[np.int64]:
        """The likeliest label of each sentence, (n,)."""
        return np.asarray(self.probabilities.argmax(axis=1))

    def part(self, mask: NDArray[np.bool_]) -> Sample:
        """The sentences where `mask` is true, in the same groups."""
        return Sample(self.true[mask], self.also[mask], self.probabilities[mask], self.groups[mask])

    def per_group(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Sums of per-sentence values (n, …) over each group, (groups, …); groups without a sentence are zero."""
        sums = np.zeros((int(self.groups.max(initial=-1)) + 1, *values.shape[1:]))
        np.add.at(sums, self.groups, values)
        return sums

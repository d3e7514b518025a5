"""What was true and what a model said, sentence by sentence: all that any score needs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

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
        ValueError: the arrays are not of one length, or what stands for probabilities are none.
    """

    true: NDArray[np.int64]
    also: NDArray[np.bool_]
    probabilities: NDArray[np.float64]
    groups: NDArray[np.int64]

    def __post_init__(self) -> None:
        n, labels = len(self.true), len(LABELS)
        if self.also.shape != (n, labels) or self.probabilities.shape != (n, labels) or self.groups.shape != (n,):
            raise ValueError(f"{n} true labels, but shapes {self.also.shape}, {self.probabilities.shape}")
        if not (self.probabilities >= 0).all() or not np.allclose(self.probabilities.sum(axis=1), 1, atol=1e-4):
            raise ValueError("probabilities of a sentence are not below 0, and add up to 1; these do not")

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

    def to_dict(self) -> dict[str, Any]:
        """The sample as plain JSON, a list a field."""
        also = [np.flatnonzero(row).tolist() for row in self.also]
        probabilities = [[round(float(p), 9) for p in row] for row in self.probabilities]
        return {
            "true": self.true.tolist(),
            "also": also,
            "probabilities": probabilities,
            "groups": self.groups.tolist(),
        }

    @classmethod
    def from_dict(cls, content: Mapping[str, Any]) -> Sample:
        """The inverse of `to_dict`, with groups that have no sentence left out.

        Raises:
            KeyError, ValueError: a field is missing, or the lists do not fit together.
        """
        n = len(content["true"])
        also = np.zeros((n, len(LABELS)), dtype=bool)
        for row, labels in enumerate(content["also"]):
            also[row, labels] = True
        probabilities = np.array(content["probabilities"], dtype=np.float64).reshape(n, len(LABELS))
        # reports of older versions have numbers for stories without a labelled sentence, too
        groups = np.unique(np.array(content["groups"], dtype=np.int64), return_inverse=True)[1]
        return cls(np.array(content["true"], dtype=np.int64), also, probabilities, groups)

"""How far two annotators agree, from the settled labels and a list of their disagreements."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from claimclf.errors import needs_extra


@dataclass(frozen=True, slots=True)
class Agreement:
    """Cohen's κ over all labels, and of each label against the rest; never quoted without `sentences`.

    Source: Cohen, "A coefficient of agreement for nominal scales", 1960.
    """

    sentences: int
    disagreements: int
    kappa: float
    kappas: dict[str, float]


def agreement(first: Sequence[str], second: Sequence[str]) -> Agreement:
    """Agreement of two annotators' labels of the same sentences, in the same order.

    >>> agreement(["a", "b", "a", "b"], ["a", "b", "b", "a"]).kappa
    0.0

    Raises:
        ValueError: the two are not of one length.
    """
    with needs_extra("train"):
        from sklearn.metrics import cohen_kappa_score
    pairs = list(zip(first, second, strict=True))
    kappas = {
        name: float(cohen_kappa_score([a == name for a, _ in pairs], [b == name for _, b in pairs]))
        for name in sorted({*first, *second})
    }
    return Agreement(len(pairs), sum(a != b for a, b in pairs), float(cohen_kappa_score(first, second)), kappas)

"""McNemar's exact test: do two models differ in how many sentences they get right?

Source: McNemar, "Note on the sampling error of the difference between correlated proportions", 1947. It takes sentences
as independent, which those of an article are not: an extra beside the paired bootstrap, never what a gate decides by.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class McNemar:
    """Sentences that only one of two models got right, and the two-sided exact p of a difference that large.

    >>> str(McNemar(8, 1, 0.039))
    '8 sentences gained, 1 lost; McNemar p = .039'
    """

    gained: int
    lost: int
    p: float

    def __str__(self) -> str:
        p = f"= {self.p:.3f}".replace("0.", ".", 1) if self.p >= 0.001 else "< .001"
        return f"{self.gained:,} sentences gained, {self.lost:,} lost; McNemar p {p}"


def mcnemar(ours: NDArray[np.bool_], other: NDArray[np.bool_]) -> McNemar:
    """Compare which sentences two models got right, (n,) each.

    >>> mcnemar(np.array([True] * 8 + [False]), np.array([False] * 8 + [True])).p
    0.0390625
    """
    gained, lost = int((ours & ~other).sum()), int((~ours & other).sum())
    n = gained + lost
    term, tail = 1, 0
    for k in range(min(gained, lost) + 1):  # term is n over k, and its division by k + 1 has no remainder
        tail += term
        term = term * (n - k) // (k + 1)
    return McNemar(gained, lost, min(1.0, 2 * tail / 2**n))

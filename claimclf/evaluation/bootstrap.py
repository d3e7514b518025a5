"""Intervals by resampling articles, from their sufficient statistics.

Sources: Efron and Tibshirani, "An Introduction to the Bootstrap", 1993 (percentile intervals); Efron, "Better Bootstrap
Confidence Intervals", 1987 (BCa). Sentences of an article are alike, so articles are the unit that is resampled.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from statistics import NormalDist
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

Method = Literal["percentile", "bca"]


@dataclass(frozen=True, slots=True)
class Interval:
    """A score with the bounds of its interval.

    >>> str(Interval(0.75, 0.7, 0.8))
    '.750 [.700, .800]'
    """

    value: float
    low: float
    high: float

    def signed(self) -> str:
        """The interval of a difference, with its signs.

        >>> Interval(0.05, -0.01, 0.1).signed()
        '+0.050 [-0.010, +0.100]'
        """
        return f"{self.value:+.3f} [{self.low:+.3f}, {self.high:+.3f}]"

    @classmethod
    def of(cls, value: float, drawn: Iterable[float], level: float = 0.95) -> Interval:
        """The percentile interval of the scores of resamples; those that are undefined (NaN) are left out."""
        defined = [score for score in drawn if np.isfinite(score)]
        tail = 50 * (1 - level)
        low, high = np.percentile(defined, [tail, 100 - tail]) if defined else (np.nan, np.nan)
        return cls(float(value), float(low), float(high))

    @classmethod
    def bca(cls, value: float, drawn: Iterable[float], left_out: Iterable[float], level: float = 0.95) -> Interval:
        """The bias-corrected and accelerated interval; `left_out` is the score without each article in turn.

        Where the correction is not defined (no spread, or all resamples on one side), the percentile interval.

        >>> Interval.bca(0.5, [0.3, 0.4, 0.5, 0.6, 0.7], [0.5, 0.5]).value
        0.5
        """
        scores = np.array([score for score in drawn if np.isfinite(score)])
        folded = np.array([score for score in left_out if np.isfinite(score)])
        if not len(scores) or not len(folded):
            return cls.of(value, scores, level)
        below = float(((scores < value) + 0.5 * (scores == value)).mean())
        gaps = folded.mean() - folded
        spread = float((gaps**2).sum() ** 1.5)
        if not 0 < below < 1 or not spread:
            return cls.of(value, scores, level)
        normal, shift = NormalDist(), NormalDist().inv_cdf(below)
        pull = float((gaps**3).sum()) / (6 * spread)
        tails = []
        for tail in ((1 - level) / 2, (1 + level) / 2):
            moved = shift + normal.inv_cdf(tail)
            tails.append(100 * normal.cdf(shift + moved / (1 - pull * moved)))
        low, high = np.percentile(scores, tails)
        return cls(float(value), float(low), float(high))

    @classmethod
    def centred(cls, value: float, drawn: Iterable[float], level: float = 0.95) -> Interval:
        """The percentile interval, moved by what the resamples' mean is off the value, and cut at 0.

        For means of absolute values, which every resample makes larger: other intervals leave the value itself out.

        >>> str(Interval.centred(0.02, [0.02, 0.04, 0.06]))
        '.020 [.001, .039]'
        """
        scores = np.array([score for score in drawn if np.isfinite(score)])
        around = cls.of(value, scores, level)
        off = float(scores.mean()) - value if len(scores) else 0.0
        return cls(around.value, max(0.0, around.low - off), max(0.0, around.high - off))

    def __str__(self) -> str:
        if not np.isfinite(self.value):
            return "undefined"
        value, low, high = (re.sub(r"^(-?)0\.", r"\1.", f"{x:.3f}") for x in (self.value, self.low, self.high))
        return f"{value} [{low}, {high}]"


def resamples(articles: int, repeats: int = 1000, seed: int = 0) -> NDArray[np.int64]:
    """How often each article is drawn, (repeats, articles); the same for every model compared on them."""
    draws = np.random.default_rng(seed).integers(0, articles, size=(repeats, articles))
    return np.stack([np.bincount(row, minlength=articles) for row in draws])


def interval(
    per_article: NDArray[Any],
    score: Callable[[NDArray[Any]], float],
    draws: NDArray[np.int64],
    level: float = 0.95,
    method: Method = "percentile",
) -> Interval:
    """The score of all articles with its interval at `level`.

    `per_article` is (articles, …), what `score` takes the sum of; `draws` comes from `resamples`.
    """
    total = per_article.sum(axis=0)
    drawn = [score(row) for row in np.tensordot(draws, per_article, axes=1)]
    if method == "bca":
        return Interval.bca(score(total), drawn, [score(total - row) for row in per_article], level)
    return Interval.of(score(total), drawn, level)

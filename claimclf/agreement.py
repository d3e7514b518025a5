"""How far annotators agree on the labels of the same sentences: Cohen's κ of two, Krippendorff's α of any number.

What an annotator did not label is no rating: it counts neither for nor against.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from claimclf.errors import MissingExtraError, needs_extra

Ratings = Sequence[Mapping[str, str]]  # for each sentence: annotator → label
_PAIRS = 10  # named in the notes


@dataclass(frozen=True, slots=True)
class Agreement:
    """Cohen's κ over all labels, and of each label against the rest; never quoted without `sentences`.

    κ is not a number where both used one and the same label throughout.
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
        MissingExtraError: scikit-learn is not installed.
    """
    pairs = list(zip(first, second, strict=True))
    kappas = {
        name: _kappa([str(a == name) for a, _ in pairs], [str(b == name) for _, b in pairs])
        for name in sorted({*first, *second})
    }
    return Agreement(len(pairs), sum(a != b for a, b in pairs), _kappa(first, second), kappas)


def _kappa(first: Sequence[str], second: Sequence[str]) -> float:
    with needs_extra("annotations"):
        from sklearn.metrics import cohen_kappa_score
    return float(cohen_kappa_score(first, second)) if len({*first, *second}) > 1 else math.nan


def alpha(ratings: Ratings) -> float:
    """Krippendorff's α of nominal labels: 1 is perfect agreement, 0 that of chance.

    Sentences with one rating do not count; not a number where the others hold fewer than two different labels.
    Source: Krippendorff, "Computing Krippendorff's alpha-reliability", 2011.

    >>> round(alpha([{"ann": "a", "ben": "a"}, {"ann": "a", "ben": "b"}, {"ann": "b", "ben": "b"}]), 3)
    0.444

    Raises:
        MissingExtraError: the package `krippendorff` is not installed.
    """
    with needs_extra("annotations"):
        import krippendorff
    counts = [Counter(row.values()) for row in ratings if len(row) > 1]
    names = sorted({name for row in counts for name in row})
    if len(names) < 2:
        return math.nan
    table = [[row[name] for name in names] for row in counts]
    return float(krippendorff.alpha(value_counts=table, level_of_measurement="nominal"))


def describe(ratings: Ratings) -> tuple[str, ...]:
    """α over all sentences, and κ of each pair of annotators (of the ten that share most), as lines of text.

    Nothing where no sentence has two ratings; a missing package is a line that says how to get it.

    >>> describe([{"ann": "a", "ben": "a"}, {"ann": "b", "ben": "a"}])[1]
    "agreement of ann and ben: Cohen's kappa 0.000 on 2 sentences that both labelled"
    """
    rated = [row for row in ratings if len(row) > 1]
    if not rated:
        return ()
    try:
        figure = _figure(alpha(rated))
        lines = [
            f"agreement: Krippendorff's alpha {figure} (nominal, {len(rated):,} sentences with two labels or more)"
        ]
    except MissingExtraError as error:
        lines = [f"agreement: no Krippendorff's alpha: {error}"]
    shared = Counter(pair for row in rated for pair in combinations(sorted(row), 2))
    ranked = sorted(shared, key=lambda pair: (-shared[pair], pair))
    try:
        lines += [_pair(rated, *pair) for pair in ranked[:_PAIRS]]
    except MissingExtraError as error:
        lines.append(f"agreement: no Cohen's kappa: {error}")
    else:
        if more := len(ranked) - _PAIRS:
            lines += [f"agreement: {more:,} more pairs of annotators share fewer sentences"] if more > 0 else []
    return tuple(lines)


def _pair(rated: Ratings, one: str, other: str) -> str:
    both = [row for row in rated if one in row and other in row]
    found = agreement([row[one] for row in both], [row[other] for row in both])
    figure = _figure(found.kappa)
    return f"agreement of {one} and {other}: Cohen's kappa {figure} on {found.sentences:,} sentences that both labelled"


def _figure(value: float) -> str:
    return "undefined (one label alone)" if math.isnan(value) else f"{value:.3f}"

"""How much a model adds to simple ones and to peers (`peers.py`).

All see the same sentences on the given boundaries; every interval comes from the same resamples of articles.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from claimclf.articles import Article
from claimclf.errors import DataError, Problem
from claimclf.evaluation.bootstrap import Interval
from claimclf.evaluation.confusion import Confusion
from claimclf.evaluation.scores import statistics
from claimclf.labels import LABELS
from claimclf.peers import Labeller
from claimclf.predict import ClaimClassifier


@dataclass(frozen=True)
class Row:
    """The scores of one system: macro-F1 and accuracy with intervals, and F1 a label."""

    system: str
    macro_f1: Interval
    accuracy: Interval
    f1: dict[str, float]


@dataclass(frozen=True)
class Comparison:
    """A row a system, and the last one's lead over each other in macro-F1, with a paired interval."""

    rows: tuple[Row, ...]
    leads: dict[str, Interval]
    articles: int
    sentences: int

    def describe(self) -> str:
        """The comparison as a table of text lines."""
        width = max(len(row.system) for row in self.rows) + 2
        head = f"{'system':<{width}}{'macro-F1':<22}{'accuracy':<22}" + "".join(f"{n:>18}" for n in LABELS)
        lines = [f"{self.articles} articles, {self.sentences:,} labelled sentences; 95% intervals over articles", head]
        for row in self.rows:
            scores = "".join(f"{row.f1[label]:>18.3f}" for label in LABELS)
            lines.append(f"{row.system:<{width}}{row.macro_f1!s:<22}{row.accuracy!s:<22}{scores}")
        lines += [f"{self.rows[-1].system} leads {name} by {lead}" for name, lead in self.leads.items()]
        return "\n".join(lines)


def compare(
    articles: Sequence[Article], systems: dict[str, Labeller], repeats: int = 2000, seed: int = 0
) -> Comparison:
    """Score every system on `articles`; the last of `systems` is the one whose lead is measured.

    Raises:
        DataError: no sentence has a label.
    """
    if not any(article.labelled for article in articles):
        raise DataError([Problem("comparison", "no labelled sentence", "give annotated articles")])
    counts = {name: Confusion(statistics(_pairs(articles, label))) for name, label in systems.items()}
    rows = tuple(_row(name, c.measure(repeats, seed)) for name, c in counts.items())
    *others, ours = counts
    leads = {name: counts[ours].gain(counts[name], repeats=repeats, seed=seed) for name in others}
    return Comparison(rows, leads, len(articles), int(counts[ours].counts.sum()))


def _pairs(articles: Sequence[Article], label: Labeller) -> list[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    pairs = []
    for article, said in zip(articles, label(articles), strict=True):
        true = np.array([-1 if s.label is None else s.label.position for s in article.sentences], dtype=np.int64)
        pairs.append((true[true >= 0], np.array(said, dtype=np.int64)[true >= 0]))
    return pairs


def _row(name: str, scores: dict[str, Interval]) -> Row:
    return Row(name, scores["macro_f1"], scores["accuracy"], {label: scores[f"f1/{label}"].value for label in LABELS})


def ours(classifier: ClaimClassifier) -> Labeller:
    """The labels that `classifier` gives on the articles' own sentence boundaries."""

    def label(articles: Sequence[Article]) -> list[list[int]]:
        said = [classifier.article(a.text, a.boundaries) for a in articles]
        return [[s.label.position for s in article.sentences] for article in said]

    return label

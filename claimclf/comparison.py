"""How much a model adds to simple ones: the majority label, and TF-IDF with logistic regression.

All see the same sentences on the given boundaries; every interval comes from the same resamples of articles.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from claimclf.articles import Article
from claimclf.errors import DataError, Problem, needs_extra
from claimclf.evaluation.bootstrap import Interval, interval, resamples
from claimclf.evaluation.scores import accuracy, f1, macro_f1, statistics
from claimclf.labels import LABELS
from claimclf.predict import ClaimClassifier

Labeller = Callable[[Article], list[int]]


@dataclass(frozen=True)
class Row:
    """The scores of one system: macro-F1 and accuracy with intervals, F1 a label, and its confusion counts."""

    system: str
    macro_f1: Interval
    accuracy: Interval
    f1: dict[str, float]
    confusion: NDArray[np.int64]


@dataclass(frozen=True)
class Comparison:
    """A row a system, and the last one's lead over each other in macro-F1, with a paired interval."""

    rows: tuple[Row, ...]
    leads: dict[str, Interval]
    articles: int
    sentences: int

    def describe(self) -> str:
        """The comparison as a table of text lines."""
        head = f"{'system':<32}{'macro-F1':<22}{'accuracy':<22}" + "".join(f"{n:>18}" for n in LABELS)
        lines = [f"{self.articles} articles, {self.sentences:,} labelled sentences; 95% intervals over articles", head]
        for row in self.rows:
            scores = "".join(f"{row.f1[label]:>18.3f}" for label in LABELS)
            lines.append(f"{row.system:<32}{row.macro_f1!s:<22}{row.accuracy!s:<22}{scores}")
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
    counts = {name: statistics([_pair(article, label) for article in articles]) for name, label in systems.items()}
    draws = resamples(len(articles), repeats, seed)
    rows = tuple(_row(name, c, draws) for name, c in counts.items())
    *others, ours = counts
    leads = {name: _lead(counts[ours], counts[name], draws) for name in others}
    return Comparison(rows, leads, len(articles), int(counts[ours].sum()))


def _pair(article: Article, label: Labeller) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    true = np.array([-1 if s.label is None else s.label.position for s in article.sentences], dtype=np.int64)
    predicted = np.array(label(article), dtype=np.int64)
    return true[true >= 0], predicted[true >= 0]


def _row(name: str, counts: NDArray[np.int64], draws: NDArray[np.int64]) -> Row:
    total = counts.sum(axis=0)
    scores = {str(label): float(score) for label, score in zip(LABELS, f1(total), strict=True)}
    return Row(name, interval(counts, macro_f1, draws), interval(counts, accuracy, draws), scores, total)


def _lead(ours: NDArray[np.int64], other: NDArray[np.int64], draws: NDArray[np.int64]) -> Interval:
    both = np.stack([ours, other], axis=1)
    return interval(both, lambda pair: macro_f1(pair[0]) - macro_f1(pair[1]), draws)


def ours(classifier: ClaimClassifier) -> Labeller:
    """The labels that `classifier` gives on the article's own sentence boundaries."""

    def label(article: Article) -> list[int]:
        spans = [(s.span.start, s.span.end) for s in article.sentences]
        return [s.label.position for s in classifier.article(article.text, spans).sentences]

    return label


def majority(training: Sequence[Article]) -> Labeller:
    """The most frequent label of `training`, for every sentence."""
    counts = Counter(s.label.position for article in training for s in article.sentences if s.label is not None)
    most = counts.most_common(1)[0][0] if counts else 0
    return lambda article: [most] * len(article.sentences)


def tfidf(training: Sequence[Article], seed: int = 0) -> Labeller:
    """Word 1- to 3-grams by TF-IDF and a class-balanced logistic regression, trained on the sentences of `training`.

    Raises:
        DataError: `training` has fewer than two labels.
        MissingExtraError: scikit-learn is not installed.
    """
    with needs_extra("train"):
        from sklearn.feature_extraction.text import TfidfVectorizer
        from sklearn.linear_model import LogisticRegression
        from sklearn.pipeline import make_pipeline
    model: Any = make_pipeline(
        TfidfVectorizer(ngram_range=(1, 3), min_df=2, sublinear_tf=True, token_pattern=r"\w+|[^\w\s]"),
        LogisticRegression(C=4.0, class_weight="balanced", max_iter=2000, random_state=seed),
    )
    rows = [(s.span.of(a.text), s.label.position) for a in training for s in a.sentences if s.label is not None]
    if len({position for _, position in rows}) < 2:
        found = f"{len(rows)} labelled sentences, all of one label"
        raise DataError([Problem("TF-IDF training", found, "give training articles with two labels at least")])
    model.fit([text for text, _ in rows], [label for _, label in rows])

    def label(article: Article) -> list[int]:
        texts = [s.span.of(article.text) for s in article.sentences]
        return [int(x) for x in model.predict(texts)] if texts else []

    return label

"""Annotated articles → the sentences whose labels look wrong, with the evidence: confident learning.

Source: Northcutt, Jiang and Chuang, "Confident learning: estimating uncertainty in dataset labels", Journal of
Artificial Intelligence Research 70, 2021 (`cleanlab`).
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from claimclf.articles import Article, Sentence, data_hash
from claimclf.duplicates import Pair
from claimclf.errors import DataError, Problem, needs_extra
from claimclf.labels import LABELS, Label
from claimclf.predict import ClaimClassifier
from claimclf.writers.guesses import Guess

Track = Callable[[Sequence[Article]], Iterable[Article]]


@dataclass(frozen=True, slots=True)
class Suspect:
    """A labelled sentence, the `number`th of its article, whose label the probabilities speak against.

    `score` is the self-confidence, the probability of the given label, by which suspects are in order, the lowest
    first; `margin` what that is ahead of the best other label, from -1 to 1. `confident` tells whether confident
    learning counts it as an error.
    """

    article: Article
    number: int
    probabilities: tuple[float, ...]
    confident: bool

    @property
    def sentence(self) -> Sentence:
        """The sentence."""
        return self.article.sentences[self.number]

    @property
    def given(self) -> Label:
        """The label that it has."""
        assert self.sentence.label is not None  # suspects are made of labelled sentences
        return self.sentence.label

    @property
    def suggested(self) -> Label:
        """The most probable label."""
        return LABELS[int(np.argmax(self.probabilities))]

    @property
    def score(self) -> float:
        """The probability of the given label."""
        return self.probabilities[self.given.position]

    @property
    def margin(self) -> float:
        """The probability of the given label less that of the most probable other one."""
        return self.score - max(p for label, p in zip(LABELS, self.probabilities, strict=True) if label != self.given)

    @property
    def reason(self) -> str:
        """Why it is a suspect, in words."""
        best = max(self.probabilities)
        tail = ", counted as an error by confident learning" if self.confident else ""
        return f"{_name(self.suggested)} {best:.0%}, the given {_name(self.given)} {self.score:.0%}{tail}"

    def around(self) -> tuple[str, str, str]:
        """The sentence before (empty where there is none), the sentence, and the one after."""
        before, text, after = (
            self.article.sentences[i].span.of(self.article.text) if 0 <= i < len(self.article.sentences) else ""
            for i in (self.number - 1, self.number, self.number + 1)
        )
        return before, text, after

    def to_dict(self) -> dict[str, Any]:
        """The suspect as plain JSON; offsets are code points of the article's text."""
        before, text, after = self.around()
        return {
            "kind": "suspect",
            "where": self.article.where,
            "article": self.article.id,
            "start": self.sentence.span.start,
            "end": self.sentence.span.end,
            "text": text,
            "given": str(self.given),
            "suggested": str(self.suggested),
            "probabilities": {str(k): round(p, 4) for k, p in zip(LABELS, self.probabilities, strict=True)},
            "score": round(self.score, 4),
            "margin": round(self.margin, 4),
            "confident": self.confident,
            "reason": self.reason,
            "also": [str(label) for label in self.sentence.also],
            "before": before,
            "after": after,
        }


@dataclass(frozen=True)
class Audit:
    """What was found in `sentences` labelled sentences of `articles`.

    `suspects` has the most suspicious first, `errors` is the number that confident learning counts, `known` how many
    were left out because the most probable label is in their `also`: annotators thought of it. `source` says whose
    the probabilities are, `pairs` what stands twice.
    """

    articles: int
    sentences: int
    suspects: tuple[Suspect, ...]
    errors: int
    known: int
    source: str
    pairs: tuple[Pair, ...] = ()

    def describe(self) -> str:
        """The audit in lines of text, without the sentences."""
        share = self.errors / max(1, self.sentences)
        lines = [
            f"{self.articles:,} articles, {self.sentences:,} labelled sentences; {self.source}",
            f"confident learning counts {self.errors:,} labels as errors ({share:.1%}); the first are the surest",
            f"left out, as the most probable label is in their `also`: {self.known:,}",
        ]
        kinds: dict[str, int] = {}
        for pair in self.pairs:
            kinds[pair.kind] = kinds.get(pair.kind, 0) + 1
        return "\n".join(lines + [f"pairs, {kind}: {count:,}" for kind, count in kinds.items()])

    def guesses(self) -> list[Guess]:
        """The articles that have suspects, for a tool: their labels as given, to be confirmed or corrected.

        The confidence of a suspect is the probability of its given label, of the others 1. Beside each text stand how
        many suspects it has and what is said of each, by the sentence's number among those with a label.
        """
        by_article: dict[int, list[Suspect]] = {}  # not by the name, which may stand in two splits
        for suspect in self.suspects:
            by_article.setdefault(id(suspect.article), []).append(suspect)
        found = []
        for suspects in by_article.values():
            article = replace(suspects[0].article, sentences=suspects[0].article.labelled)
            scores = {suspect.sentence.span: suspect.score for suspect in suspects}
            spans = [s.span for s in article.sentences]
            why = "; ".join(f"sentence {spans.index(s.sentence.span) + 1}: {s.reason}" for s in suspects)
            data: dict[str, float | str] = {"audit_suspects": len(suspects), "audit_why": why}
            found.append(Guess(article, "claimclf audit", tuple(scores.get(span, 1.0) for span in spans), data))
        return found


def audit(
    articles: Sequence[Article],
    probabilities: NDArray[np.float64],
    source: str,
    top: int | None = None,
    found: Sequence[Pair] = (),
) -> Audit:
    """Put the labelled sentences in order of suspicion; `top` at most, without it those that are counted as errors.

    `probabilities` has a row for each labelled sentence of `articles`, in their order, and a column a label. They
    should come from a model that has not seen these labels (`cross_validation.out_of_fold`): one that has agrees with
    errors that it learnt. A sentence is no suspect where its given label is the most probable one.

    >>> from claimclf.articles import Span
    >>> rain = Article("a", "It may rain.", (Sentence(Span(0, 12), Label.FACTUAL_REPORT),))
    >>> (suspect,) = audit([rain], np.array([[0.1, 0.0, 0.0, 0.9]]), "by hand", top=1).suspects
    >>> suspect.reason
    'speculation 90%, the given factual report 10%'

    Raises:
        DataError: no sentence has a label.
        MissingExtraError: cleanlab is not installed.
    """
    rows = [(a, i, s) for a in articles for i, s in enumerate(a.sentences) if s.label is not None]
    if not rows:
        raise DataError([Problem("audit", "no labelled sentence", "give annotated articles")])
    given = np.array([s.label.position for _, _, s in rows if s.label is not None])
    errors, score = _learnt(given, probabilities)
    best = probabilities.argmax(axis=1)
    known = np.array([LABELS[k] in s.also for k, (_, _, s) in zip(best, rows, strict=True)])
    wanted = np.flatnonzero((best != given) & ~known & (errors if top is None else True))
    wanted = wanted[np.argsort(score[wanted], kind="stable")][:top]
    suspects = [Suspect(*rows[i][:2], tuple(map(float, probabilities[i])), bool(errors[i])) for i in wanted]
    counted = int((errors & ~known).sum())
    return Audit(len(articles), len(rows), tuple(suspects), counted, int((errors & known).sum()), source, tuple(found))


def _learnt(
    given: NDArray[np.int64], probabilities: NDArray[np.float64]
) -> tuple[NDArray[np.bool_], NDArray[np.float64]]:
    """Which labels confident learning counts as errors, and the self-confidence of each."""
    with needs_extra("annotations"):
        from cleanlab.filter import find_label_issues
        from cleanlab.rank import get_label_quality_scores
    with warnings.catch_warnings():  # of labels that few sentences have: their errors may be left out
        warnings.simplefilter("ignore", UserWarning)
        errors = find_label_issues(given, probabilities, n_jobs=1)
    return errors, get_label_quality_scores(given, probabilities, method="self_confidence")


def of_model(
    classifier: ClaimClassifier, articles: Sequence[Article], track: Track = iter
) -> tuple[NDArray[np.float64], str]:
    """A model's probabilities for the labelled sentences, and a line that says whether it may have learnt from them.

    `track` is passed the articles and yields them again: a place for a progress bar.

    >>> from claimclf.articles import Span
    >>> rain = Article("a", "It may rain.", (Sentence(Span(0, 12), Label.SPECULATION),))
    >>> of_model(ClaimClassifier.load(), [rain])[0].shape
    (1, 4)
    """
    found: list[tuple[float, ...]] = []
    for article in track(articles):
        said = classifier.article(article.text, article.boundaries).sentences
        found += [
            tuple(p.probabilities.values()) for s, p in zip(article.sentences, said, strict=True) if s.label is not None
        ]
    name, trained = classifier.checkpoint.name, classifier.checkpoint.training.get("data_hash")
    if trained == data_hash(articles):
        warning = "trained on exactly these data: NOT out of fold, it agrees with errors that it learnt"
    else:
        warning = "out of fold only if none of these articles was in its training data (its data hash is another)"
    return np.array(found).reshape(-1, len(LABELS)), f"probabilities of {name}, {warning}"


def _name(label: Label) -> str:
    return str(label).replace("_", " ")

"""A model on labelled articles: every score with its interval, by slice, and a signature that reproduces them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

import claimclf
from claimclf.articles import Article, Sentence, Span
from claimclf.errors import DataError, Problem
from claimclf.evaluation.bootstrap import Interval
from claimclf.evaluation.measures import measure
from claimclf.evaluation.sample import Sample
from claimclf.labels import LABELS
from claimclf.predict import ClaimClassifier
from claimclf.predictions import SentencePrediction

SMALLEST_SLICE = 30  # sentences; smaller ones show their count and no verdict
_QUOTES = '"“”«»'
_LONG, _SHORT = 30, 15  # words


@dataclass(frozen=True)
class Evaluation:
    """Scores by name, the number of sentences a label, slices ("outlet: VOA" → scores or None), and the signature."""

    scores: dict[str, Interval]
    supports: dict[str, int]
    slices: dict[str, tuple[int, dict[str, Interval] | None]]
    articles: int
    signature: str
    sample: Sample

    def describe(self) -> str:
        """The evaluation as lines of text."""
        sentences = sum(self.supports.values())
        lines = [f"{self.articles:,} articles, {sentences:,} labelled sentences; 95% intervals over stories", ""]
        lines += [f"{name:<18}{score}" for name, score in self.scores.items() if "/" not in name]
        lines += ["", f"{'label':<18}{'sentences':<11}" + "".join(f"{k:<22}" for k in _LABEL_SCORES)]
        for label in LABELS:
            row = "".join(f"{self.scores[f'{kind}/{label}']!s:<22}" for kind in _LABEL_SCORES)
            lines.append(f"{label:<18}{self.supports[label]:<11,}{row}")
        lines += ["", f"{'slice':<40}{'sentences':<11}{'macro-F1':<22}{'accuracy':<22}"] if self.slices else []
        for name, (count, scores) in self.slices.items():
            row = f"{scores['macro_f1']!s:<22}{scores['accuracy']!s:<22}" if scores else "too few for a verdict"
            lines.append(f"{name[:39]:<40}{count:<11,}{row}")
        return "\n".join([*lines, "", self.signature])

    def to_dict(self) -> dict[str, Any]:
        """The evaluation as plain JSON; a score is [value, low, high], with null where it is undefined."""
        return {
            "signature": self.signature,
            "articles": self.articles,
            "supports": self.supports,
            "scores": {name: _numbers(score) for name, score in self.scores.items()},
            "slices": {
                name: {"sentences": n, "scores": {k: _numbers(v) for k, v in scores.items()} if scores else None}
                for name, (n, scores) in self.slices.items()
            },
        }


_LABEL_SCORES = ("precision", "recall", "f1", "auprc")


def _numbers(score: Interval) -> list[float | None]:
    return [float(x) if np.isfinite(x) else None for x in (score.value, score.low, score.high)]


def evaluate(
    classifier: ClaimClassifier,
    articles: Sequence[Article],
    *,
    end_to_end: bool = False,
    slices: Iterable[str] = (),
    repeats: int = 2000,
    seed: int = 0,
) -> Evaluation:
    """Score a model on the labelled sentences of `articles`.

    On the articles' own sentence boundaries; or `end_to_end` on ours, where each labelled sentence takes the
    prediction of the sentence that shares most characters with it, so that splitting errors cost what they cost a
    user. `slices` are names of fields (outlet, desk, …), or part, quote, length, position, cue.

    Raises:
        DataError: no sentence has a label.
    """
    sample, rows = sample_of(classifier, articles, end_to_end=end_to_end)
    cut = {}
    for name in slices:
        values = np.array([_slice(name)(article, i, s) for article, i, s in rows])
        for value in sorted(set(values.tolist())):
            part = sample.part(values == value)
            scores = measure(part, repeats, seed) if len(part.true) >= SMALLEST_SLICE else None
            cut[f"{name}: {value}"] = (len(part.true), scores)
    supports = {str(label): int((sample.true == label.position).sum()) for label in LABELS}
    signature = (
        f"data:{_hash(articles)}|model:{classifier.checkpoint.name}|runtime:{classifier.runtime.name}|"
        f"boundaries:{'own' if end_to_end else 'given'}|bootstrap:{repeats}|seed:{seed}|claimclf:{claimclf.__version__}"
    )
    return Evaluation(measure(sample, repeats, seed), supports, cut, len(articles), signature, sample)


def sample_of(
    classifier: ClaimClassifier, articles: Sequence[Article], *, end_to_end: bool = False
) -> tuple[Sample, list[tuple[Article, int, Sentence]]]:
    """What the model says of every labelled sentence, and where each sentence stands: article, index, sentence.

    Raises:
        DataError: no sentence has a label.
    """
    stories: dict[str, int] = {}
    rows: list[tuple[Article, int, Sentence]] = []
    said: list[list[float]] = []
    for article in articles:
        stories.setdefault(article.story, len(stories))
        predicted = _predict(classifier, article, end_to_end)
        for i, sentence in enumerate(article.sentences):
            if sentence.label is not None:
                rows.append((article, i, sentence))
                found = predicted[i]
                said.append(list(found.probabilities.values()) if found else [1 / len(LABELS)] * len(LABELS))
    if not rows:
        raise DataError([Problem("evaluate", "no labelled sentence", "give annotated articles")])
    sample = Sample(
        np.array([s.label.position for _, _, s in rows if s.label], dtype=np.int64),
        np.array([[label in s.also for label in LABELS] for _, _, s in rows]),
        np.array(said),
        np.array([stories[article.story] for article, _, _ in rows], dtype=np.int64),
    )
    return sample, rows


def _predict(classifier: ClaimClassifier, article: Article, end_to_end: bool) -> list[SentencePrediction | None]:
    spans = [(s.span.start, s.span.end) for s in article.sentences]
    if not end_to_end:
        return list(classifier.article(article.text, spans).sentences)
    found = classifier.article(article.text).sentences
    return [max(found, key=lambda p: _shared(s.span, p), default=None) for s in article.sentences]


def _shared(span: Span, prediction: SentencePrediction) -> int:
    return min(span.end, prediction.end) - max(span.start, prediction.start)


def _slice(name: str) -> Callable[[Article, int, Sentence], str]:
    """What tells the slice of a sentence, by the slice's name; a name that is not built in is a field."""
    built_in: dict[str, Callable[[Article, int, Sentence], str]] = {
        "part": lambda article, i, s: s.part,
        "quote": lambda article, i, s: "with quote" if set(s.span.of(article.text)) & set(_QUOTES) else "without",
        "length": lambda article, i, s: _length(len(s.span.of(article.text).split())),
        "position": lambda article, i, s: (
            ("first", "second", "last")[min(2, 3 * i // len(article.sentences))] + " third"
        ),
        "cue": lambda article, i, s: "with cue" if s.cues else "without",
    }
    return built_in.get(name, lambda article, i, s: article.fields.get(name, "(none)"))


def _length(words: int) -> str:
    if words <= _SHORT:
        return f"up to {_SHORT} words"
    return f"over {_LONG} words" if words > _LONG else f"{_SHORT + 1} to {_LONG} words"


def _hash(articles: Sequence[Article]) -> str:
    digest = hashlib.sha256()
    for article in articles:
        digest.update(repr((article.id, article.text, article.sentences)).encode("utf-8", "surrogatepass"))
    return digest.hexdigest()[:16]

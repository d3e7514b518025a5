"""A model on labelled articles: every score with its interval, by slice, and a signature that reproduces them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

import claimclf
from claimclf.articles import Article, Sentence, Span, data_hash
from claimclf.checkpoint import fingerprint
from claimclf.errors import DataError, ModelError, Problem
from claimclf.evaluation.bootstrap import Interval, Method
from claimclf.evaluation.measures import LABEL_SCORES, measure
from claimclf.evaluation.sample import Sample
from claimclf.evaluation.sets import set_scores
from claimclf.evaluation.slices import check_slices, slicer
from claimclf.files import write_whole
from claimclf.labels import GUIDELINES_VERSION, LABELS, Label
from claimclf.predict import ClaimClassifier
from claimclf.predictions import SentencePrediction

SMALLEST_SLICE = 30  # sentences, of two stories; smaller ones show their count and no verdict
FORMAT = 1
Row = tuple[Article, int, Sentence]
Scores = dict[str, Interval]


@dataclass(frozen=True)
class Evaluation:
    """What a model scored.

    `scores` and `slices` ("outlet: VOA" → sentences and scores, None where they are too few) by name, `supports` the
    sentences a label, `sets` how label sets keep their promise (empty where no coverage was asked for), `signature`
    what reproduces the numbers, setting by setting. `rows` says where each sentence of `sample` stands.
    """

    scores: Scores
    supports: dict[str, int]
    slices: dict[str, tuple[int, Scores | None]]
    sets: Scores
    articles: int
    signature: dict[str, str]
    sample: Sample
    rows: tuple[Row, ...]

    def sign(self) -> str:
        """The signature as one line."""
        return line(self.signature)

    def describe(self) -> str:
        """The evaluation as lines of text; its signature is apart (`sign`)."""
        sentences = sum(self.supports.values())
        lines = [f"{self.articles:,} articles, {sentences:,} labelled sentences; 95% intervals over stories", ""]
        lines += [f"{name:<22}{score}" for name, score in self.scores.items() if name.rpartition("/")[2] not in LABELS]
        lines += ["", f"{'label':<18}{'sentences':<11}" + "".join(f"{k:<22}" for k in LABEL_SCORES)]
        for label in LABELS:
            row = "".join(f"{self.scores[f'{kind}/{label}']!s:<22}" for kind in LABEL_SCORES)
            lines.append(f"{label:<18}{self.supports[label]:<11,}{row}")
        lines += ["", f"label sets for a coverage of {self.signature['coverage']}"] if self.sets else []
        lines += [f"{name:<30}{score}" for name, score in self.sets.items()]
        lines += ["", f"{'slice':<40}{'sentences':<11}{'macro-F1':<22}{'accuracy':<22}"] if self.slices else []
        for name, (count, scores) in self.slices.items():
            row = f"{scores['macro_f1']!s:<22}{scores['accuracy']!s:<22}" if scores else "too few for a verdict"
            lines.append(f"{name[:39]:<40}{count:<11,}{row}")
        return "\n".join(lines)

    def to_dict(self) -> dict[str, Any]:
        """The evaluation as plain JSON; a score is [value, low, high], with null where it is undefined.

        `sample` and `places` (article, start, end) hold what a later evaluation needs to take this one as its baseline;
        no text is stored.
        """
        return {
            "format": FORMAT,
            "signature": self.signature,
            "articles": self.articles,
            "supports": self.supports,
            "scores": numbers(self.scores),
            "sets": numbers(self.sets),
            "slices": {
                name: {"sentences": n, "scores": numbers(scores) if scores else None}
                for name, (n, scores) in self.slices.items()
            },
            "sample": self.sample.to_dict(),
            "places": [[article.id, s.span.start, s.span.end] for article, _, s in self.rows],
        }


def line(signature: dict[str, str]) -> str:
    """A signature as one line.

    >>> line({"model": "a@1", "seed": "0"})
    'model:a@1|seed:0'
    """
    return "|".join(f"{key}:{value}" for key, value in signature.items())


def numbers(scores: Scores) -> dict[str, list[float | None]]:
    """Scores as plain JSON: [value, low, high], with null where one is undefined."""
    return {
        name: [float(x) if np.isfinite(x) else None for x in (score.value, score.low, score.high)]
        for name, score in scores.items()
    }


def evaluate(
    classifier: ClaimClassifier,
    articles: Sequence[Article],
    *,
    end_to_end: bool = False,
    slices: Iterable[str] = (),
    repeats: int = 2000,
    seed: int = 0,
    method: Method = "bca",
    track: Callable[[Sequence[Article]], Iterable[Article]] = iter,
) -> Evaluation:
    """Score a model on the labelled sentences of `articles`.

    On the articles' own sentence boundaries; or `end_to_end` on ours, where each labelled sentence takes the
    prediction of the sentence that shares most characters with it, so that splitting errors cost what they cost a
    user. `slices` are names of fields (outlet, desk, …), or part, quote, length, position, cue. `track` is passed the
    articles and yields them again: a place for a progress bar. A classifier loaded with a `coverage` has its label
    sets measured as well.

    Raises:
        DataError: no sentence has a label.
        ConfigError: a slice is neither built in nor a field of the data.
    """
    slices = list(slices)
    check_slices(slices, articles)
    sample, rows, sets = sample_of(classifier, articles, end_to_end=end_to_end, track=track)
    cut = _cut(sample, rows, slices, repeats, seed, method)
    signature = _signature(classifier, articles, end_to_end, f"{method}, 95%, {repeats} resamples of stories", seed)
    return Evaluation(
        measure(sample, repeats, seed, method=method),
        {str(label): int((sample.true == label.position).sum()) for label in LABELS},
        cut,
        set_scores(sample, sets, [article.id for article, _, _ in rows], repeats, seed, method) if sets else {},
        len(articles),
        signature,
        sample,
        tuple(rows),
    )


def _cut(
    sample: Sample, rows: Sequence[Row], slices: Iterable[str], repeats: int, seed: int, method: Method
) -> dict[str, tuple[int, Scores | None]]:
    cut: dict[str, tuple[int, Scores | None]] = {}
    for name in slices:
        tell = slicer(name)
        values = np.array([tell(article, i, s) for article, i, s in rows], dtype=object)
        for value in sorted(set(values.tolist())):
            part = sample.part(values == value)
            shown = len(part.true) >= SMALLEST_SLICE and len(set(part.groups.tolist())) > 1
            scores = measure(part, repeats, seed, method=method) if shown else None
            cut[f"{name}: {value}"] = (len(part.true), scores)
    return cut


def _signature(
    classifier: ClaimClassifier, articles: Sequence[Article], end_to_end: bool, intervals: str, seed: int
) -> dict[str, str]:
    model = model_signature(classifier)
    return {
        "data": data_hash(articles),
        "model": model.pop("model"),
        "runtime": model.pop("runtime"),
        "boundaries": "own" if end_to_end else "given",
        "coverage": "-" if classifier.coverage is None else f"{classifier.coverage:g}",
        "intervals": intervals,
        "seed": str(seed),
        **model,
    }


def model_signature(classifier: ClaimClassifier) -> dict[str, str]:
    """What of a signature is the model's, whatever it is evaluated on."""
    return {
        "model": f"{classifier.checkpoint.name}@{fingerprint(classifier.folder) if classifier.folder else '-'}",
        "runtime": classifier.runtime.name,
        "guidelines": GUIDELINES_VERSION,
        "claimclf": claimclf.__version__,
    }


def sample_of(
    classifier: ClaimClassifier,
    articles: Sequence[Article],
    *,
    end_to_end: bool = False,
    track: Callable[[Sequence[Article]], Iterable[Article]] = iter,
) -> tuple[Sample, list[Row], list[tuple[Label, ...]]]:
    """What the model says of every labelled sentence, where each stands, and its label set where a coverage is asked.

    Raises:
        DataError: no sentence has a label.
        ModelError: the model's answers are no numbers.
    """
    stories: dict[str, int] = {}
    rows: list[Row] = []
    said: list[list[float]] = []
    sets: list[tuple[Label, ...]] = []
    for article in track(articles):
        predicted = _predict(classifier, article, end_to_end)
        for i, sentence in enumerate(article.sentences):
            if sentence.label is not None:
                stories.setdefault(article.story, len(stories))
                rows.append((article, i, sentence))
                found = predicted[i]
                said.append(list(found.probabilities.values()) if found else [1 / len(LABELS)] * len(LABELS))
                if classifier.coverage is not None:
                    sets.append((found.label_set if found else None) or LABELS)
    if not rows:
        raise DataError([Problem("evaluate", "no labelled sentence", "give annotated articles")])
    if not np.isfinite(said).all():
        raise ModelError(f"{classifier.checkpoint.name} gives no numbers: its weights are damaged; export it again")
    sample = Sample(
        np.array([s.label.position for _, _, s in rows if s.label], dtype=np.int64),
        np.array([[label in s.also for label in LABELS] for _, _, s in rows]),
        np.array(said),
        np.array([stories[article.story] for article, _, _ in rows], dtype=np.int64),
    )
    return sample, rows, sets


def _predict(classifier: ClaimClassifier, article: Article, end_to_end: bool) -> list[SentencePrediction | None]:
    if not end_to_end:
        return list(classifier.article(article.text, article.boundaries).sentences)
    found = classifier.article(article.text).sentences
    return [max(found, key=lambda p: _shared(s.span, p), default=None) for s in article.sentences]


def _shared(span: Span, prediction: SentencePrediction) -> int:
    return min(span.end, prediction.end) - max(span.start, prediction.start)


def save(document: dict[str, Any], path: Path) -> None:
    """Write a report as JSON, its long lists on one line each."""
    parts = [f" {json.dumps(key)}: {json.dumps(value, ensure_ascii=True)}" for key, value in document.items()]
    write_whole(path, ("{\n" + ",\n".join(parts) + "\n}\n").encode("ascii"))

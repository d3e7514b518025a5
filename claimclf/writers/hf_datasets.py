"""Hugging Face `datasets`: a folder as `save_to_disk` makes it, or a Parquet file; a row an article, nothing lost.

The rows are those of `claimclf.dataset`: `label` and `also` are `ClassLabel`s, -1 where annotators left a sentence
without one; each field of an article is a column of strings.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from claimclf.articles import Article, Sentence, Span
from claimclf.errors import DataError, Problem, needs_extra
from claimclf.labels import LABELS
from claimclf.writers.jsonl import STRUCTURE
from claimclf.writers.outcome import Outcome, encodable

_TAKEN = {*STRUCTURE, ""}  # names that are no fields


def write_folder(articles: Sequence[Article], path: Path) -> Outcome:
    """Write a dataset that `datasets.load_from_disk` loads.

    Raises:
        DataError: something is at `path` already, which a dataset would be mixed with.
    """
    if path.exists() and (not path.is_dir() or any(path.iterdir())):
        raise DataError([Problem(str(path), "is there already", "give a new folder")])
    dataset, outcome = _dataset(articles)
    with _no_progress():
        # without a shard, as `datasets` saves a dataset without rows, it cannot be loaded
        dataset.save_to_disk(str(path), num_shards=None if len(dataset) else 1)
    return outcome


def write_parquet(articles: Sequence[Article], path: Path) -> Outcome:
    """Write a Parquet file."""
    dataset, outcome = _dataset(articles)
    with _no_progress():
        dataset.to_parquet(str(path))
    return outcome


@contextmanager
def _no_progress() -> Iterator[None]:
    """Without the progress bars of `datasets`, whose switch is one for the process."""
    from datasets import are_progress_bars_disabled, disable_progress_bars, enable_progress_bars

    before = are_progress_bars_disabled()
    disable_progress_bars()
    try:
        yield
    finally:
        if not before:
            enable_progress_bars()


def _dataset(articles: Sequence[Article]) -> tuple[Any, Outcome]:
    with needs_extra("train"):
        from datasets import Dataset
    there, lost = encodable(articles)
    names = list(dict.fromkeys(name for article in there for name in article.fields if name not in _TAKEN))
    missing = Counter(f"the field {name[:40]!r}" for a in there for name in a.fields if name in _TAKEN)
    missing += Counter("fields without a value" for a in there for n, v in a.fields.items() if n in names and not v)
    lost += [f"{what}: {count:,} articles" for what, count in missing.items()]
    features = columns(names)
    rows = [row(article, names) for article in there]
    data = {column: [values[column] for values in rows] for column in features}
    return Dataset.from_dict(data, features), Outcome(len(there), tuple(lost))


def columns(names: Sequence[str]) -> Any:
    """The `Features` of a row an article, whose fields are `names`."""
    with needs_extra("train"):
        from datasets import ClassLabel, Features, List, Value
    span = {"start": Value("int64"), "end": Value("int64")}
    label = ClassLabel(names=[str(name) for name in LABELS])
    marks = {"cues": List(span), "sources": List(span), "votes": List(Value("int64"))}
    sentence = {**span, "label": label, "also": List(label), "part": Value("string"), **marks}
    strings = {name: Value("string") for name in ("id", "story", "text", *names)}
    return Features({**strings, "sentences": List(sentence)})


def row(article: Article, names: Sequence[str]) -> dict[str, Any]:
    """An article as a row of plain values; a field that it lacks is empty.

    >>> row(Article("a", "It rained.", ()), ["outlet"])
    {'id': 'a', 'story': 'a', 'text': 'It rained.', 'outlet': '', 'sentences': []}
    """
    fields = {name: article.fields.get(name, "") for name in names}
    known = {"id": article.id, "story": article.story, "text": article.text}
    return {**known, **fields, "sentences": [_sentence(sentence) for sentence in article.sentences]}


def _sentence(sentence: Sentence) -> dict[str, Any]:
    return {
        "start": sentence.span.start,
        "end": sentence.span.end,
        "label": -1 if sentence.label is None else sentence.label.position,
        "also": [label.position for label in sentence.also],
        "part": sentence.part,
        "cues": [_span(span) for span in sentence.cues],
        "sources": [_span(span) for span in sentence.sources],
        "votes": list(sentence.votes),
    }


def _span(span: Span) -> dict[str, int]:
    return {"start": span.start, "end": span.end}

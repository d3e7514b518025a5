"""Prodigy's tasks, JSON lines: accepted spans, or spans without an answer for people to correct.

Offsets are code points. Tokens are left to Prodigy, which finds them where it loads the file (`--highlight-chars` does
without); fields are under `meta`, which its page shows.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from claimclf.articles import Article
from claimclf.files import write_whole
from claimclf.writers.carried import carried, fields, lost, marks
from claimclf.writers.guesses import Guess
from claimclf.writers.outcome import Outcome


def write(articles: Sequence[Article], path: Path) -> Outcome:
    """Write the articles as accepted tasks, which `prodigy db-in` takes.

    Tasks on one text are passes of several annotators to Prodigy: two articles with the same text are one when read.
    """
    tasks = [{"text": a.text, "spans": spans(a), "meta": fields(a), "answer": "accept", **carried(a)} for a in articles]
    same = len(articles) - len({article.text for article in articles})
    again = (f"articles with the same text as another apart: {same:,}",) if same else ()
    return Outcome(_dump(tasks, path), (*lost(articles), *again))


def suggestions(guesses: Sequence[Guess], path: Path) -> Outcome:
    """Write a model's labels as spans without an answer, for `spans.manual` and `ner.manual`."""
    tasks = [
        {
            "text": guess.article.text,
            "spans": [{**span, "score": round(confidence, 4)} for span, confidence in _scored(guess)],
            "meta": {**fields(guess.article), **guess.data},
            **carried(guess.article, guess.model),
        }
        for guess in guesses
    ]
    return Outcome(_dump(tasks, path), lost([guess.article for guess in guesses]))


def spans(article: Article) -> list[dict[str, Any]]:
    """A span for each label of each labelled sentence.

    >>> from claimclf.articles import Sentence, Span
    >>> from claimclf.labels import Label
    >>> spans(Article("a", "It may.", (Sentence(Span(0, 7), Label.SPECULATION),)))
    [{'start': 0, 'end': 7, 'label': 'speculation'}]
    """
    return [
        {"start": span.start, "end": span.end, "label": str(label)} for span, names in marks(article) for label in names
    ]


def _scored(guess: Guess) -> list[tuple[dict[str, Any], float]]:
    """Each span with the confidence of its sentence, which has several where an `also` is carried."""
    sizes = [len(names) for _, names in marks(guess.article)]
    each = [value for size, value in zip(sizes, guess.confidences, strict=True) for _ in range(size)]
    return list(zip(spans(guess.article), each, strict=True))


def _dump(tasks: list[dict[str, Any]], path: Path) -> int:
    lines = [json.dumps(task, ensure_ascii=True) + "\n" for task in tasks]
    write_whole(path, "".join(lines).encode("ascii"))
    return len(tasks)

"""Our JSON lines, the text in the record: everything that an article holds, so that reading gives the same again."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from claimclf.articles import Article, Sentence
from claimclf.files import write_whole
from claimclf.labels import LABELS
from claimclf.writers.outcome import Outcome

# What a record holds by these names is no field: a `title`, say, would be read as a line above the text.
STRUCTURE = ("id", "story", "title", "text", "sha256", "characters", "source", "sentences")


def write(articles: Sequence[Article], path: Path) -> Outcome:
    """Write the articles to `path`, a line each; nothing of them is lost but fields whose names mean something else."""
    lines = [json.dumps(record(article), ensure_ascii=True) + "\n" for article in articles]
    write_whole(path, "".join(lines).encode("ascii"))
    taken = Counter(name for article in articles for name in article.fields if name in STRUCTURE)
    return Outcome(len(articles), tuple(f"the field {name!r}: {count:,} articles" for name, count in taken.items()))


def record(article: Article) -> dict[str, Any]:
    """An article as plain JSON.

    >>> record(Article("a", "It rained.", ()))
    {'id': 'a', 'story': 'a', 'text': 'It rained.', 'sentences': []}
    """
    return {
        "id": article.id,
        "story": article.story,
        **{name: value for name, value in article.fields.items() if name not in STRUCTURE},
        "text": article.text,
        "sentences": [_sentence(sentence) for sentence in article.sentences],
    }


def _sentence(sentence: Sentence) -> dict[str, Any]:
    row: dict[str, Any] = {
        "start": sentence.span.start,
        "end": sentence.span.end,
        "label": None if sentence.label is None else str(sentence.label),
    }
    if sentence.also:
        row["also"] = [str(label) for label in sentence.also]
    if sentence.part != "body":
        row["part"] = sentence.part
    for name, marks in (("cues", sentence.cues), ("sources", sentence.sources)):
        if marks:
            row[name] = [[mark.start, mark.end] for mark in marks]
    if sentence.votes:
        row["votes"] = {str(label): n for label, n in zip(LABELS, sentence.votes, strict=True) if n}
    return row

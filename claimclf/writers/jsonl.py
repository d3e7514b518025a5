"""Our JSON lines, the text in the record: everything that an article holds, so that reading gives the same again."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from claimclf.articles import Article, Sentence


def write(articles: Iterable[Article], path: Path) -> int:
    """Write the articles to `path`, a line each; returns how many."""
    count = 0
    with path.open("w", encoding="utf-8") as file:
        for article in articles:
            file.write(json.dumps(record(article), ensure_ascii=True) + "\n")
            count += 1
    return count


def record(article: Article) -> dict[str, Any]:
    """An article as plain JSON.

    >>> record(Article("a", "It rained.", ()))
    {'id': 'a', 'story': 'a', 'text': 'It rained.', 'sentences': []}
    """
    return {
        "id": article.id,
        "story": article.story,
        **article.fields,
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
    return row

"""doccano's JSON lines for sequence labelling: `{"text": "…", "label": [[0, 41, "official_denial"]]}`.

Its page counts UTF-16 units (`Text.charAt` of `v-annotator`; its import stores what the file says), so that is what is
written: only characters beyond U+FFFF, such as emoji, make a difference to code points. A project that counts grapheme
clusters is not written for. Every other key is kept as the text's metadata, and so is what says the unit to our reader.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from claimclf.articles import Article
from claimclf.files import write_whole
from claimclf.offsets import utf16_edges
from claimclf.writers.carried import carried, fields, lost, marks
from claimclf.writers.guesses import Guess
from claimclf.writers.outcome import Outcome

_TAKEN = (
    "id",
    "text",
    "data",
    "label",
    "labels",
    "entities",
    "cats",
    "annotations",
    "relations",
    "Comments",
    "comments",
    "annotator",
)


def write(articles: Sequence[Article], path: Path) -> Outcome:
    """Write the articles; a project that forbids overlapping spans drops the second label of a sentence."""
    records = [{"id": n, **_record(article), **carried(article, unit="utf16")} for n, article in enumerate(articles, 1)]
    return _dump(records, articles, path)


def suggestions(guesses: Sequence[Guess], path: Path) -> Outcome:
    """Write a model's labels in the form that doccano imports; without the `id` that it gives when it exports."""
    records = [{**_record(g.article), **g.data, **carried(g.article, g.model, "utf16")} for g in guesses]
    return _dump(records, [guess.article for guess in guesses], path)


def triples(article: Article) -> list[list[Any]]:
    """Start and end in UTF-16 units, and the label, for each label of each labelled sentence.

    >>> from claimclf.articles import Sentence, Span
    >>> from claimclf.labels import Label
    >>> triples(Article("a", "👍 It may.", (Sentence(Span(2, 9), Label.SPECULATION),)))
    [[3, 10, 'speculation']]
    """
    edges = utf16_edges(article.text)
    return [[edges[span.start], edges[span.end], str(label)] for span, names in marks(article) for label in names]


def _record(article: Article) -> dict[str, Any]:
    return {**fields(article, _TAKEN), "text": article.text, "label": triples(article)}


def _dump(records: list[dict[str, Any]], articles: Sequence[Article], path: Path) -> Outcome:
    lines = [json.dumps(record, ensure_ascii=True) + "\n" for record in records]
    write_whole(path, "".join(lines).encode("ascii"))
    return Outcome(len(records), lost(articles, _TAKEN))

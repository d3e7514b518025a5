"""CSV and TSV with a sentence a row, which spreadsheets open and `readers/tables.py` reads back the same.

The article's whole text stands in its first row, `start` and `end` are code points in it, `cues` and `sources` too
(`9:12 26:29`), and each field of the article is a column. An article without sentences is a row with its text alone.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator, Sequence
from io import StringIO
from itertools import chain
from pathlib import Path

from claimclf import columns
from claimclf.articles import Article, Sentence, Span
from claimclf.files import write_whole
from claimclf.labels import LABELS
from claimclf.writers.outcome import Outcome, encodable

_ROLES = (
    "article",
    "sentence",
    "label",
    "start",
    "end",
    "also",
    "part",
    "cues",
    "sources",
    "votes",
    "story",
    "article_text",
)
_COLUMNS = [columns.NAMES[role][0] for role in _ROLES]


def write_csv(articles: Sequence[Article], path: Path) -> Outcome:
    """Write a table with commas."""
    return _write(articles, path, ",")


def write_tsv(articles: Sequence[Article], path: Path) -> Outcome:
    """Write a table with tabs."""
    return _write(articles, path, "\t")


def _write(articles: Sequence[Article], path: Path, delimiter: str) -> Outcome:
    there, lost = encodable(articles)
    names = list(dict.fromkeys(name for article in there for name in article.fields))
    fields = _fields(names)
    missing = Counter(f"the field {n[:40]!r}" for a in there for n in a.fields if n not in fields)
    missing += Counter("fields without a value" for a in there for n, v in a.fields.items() if n in fields and not v)
    lost += [f"{what}: {count:,} articles" for what, count in missing.items()]
    content = StringIO(newline="")
    table = csv.writer(content, delimiter=delimiter)
    table.writerow([*_COLUMNS[:-1], *fields, _COLUMNS[-1]])
    table.writerows(chain.from_iterable(_rows(article, fields) for article in there))
    write_whole(path, content.getvalue().encode("utf-8"))
    return Outcome(len(there), tuple(lost))


def _fields(names: Sequence[str]) -> list[str]:
    """The names of fields that, as columns, are read as fields again."""
    fine: list[str] = []
    for name in names:
        header = [*_COLUMNS, name]
        if name not in _COLUMNS and name in columns.others(header, columns.find(header, {}, "")):
            fine.append(name)
    return fine


def _rows(article: Article, fields: Sequence[str]) -> Iterator[list[str]]:
    values = [article.fields.get(name, "") for name in fields]
    text = article.text
    if not article.sentences:
        yield [article.id, *[""] * (len(_COLUMNS) - 3), article.story, *values, text]
    for sentence in article.sentences:
        yield [article.id, *_cells(sentence, article.text), article.story, *values, text]
        text = ""


def _cells(sentence: Sentence, text: str) -> list[str]:
    return [
        sentence.span.of(text),
        str(sentence.label or ""),
        str(sentence.span.start),
        str(sentence.span.end),
        ", ".join(map(str, sentence.also)),
        sentence.part,
        _spans(sentence.cues),
        _spans(sentence.sources),
        " ".join(f"{label}:{n}" for label, n in zip(LABELS, sentence.votes, strict=False) if n),
    ]


def _spans(spans: Sequence[Span]) -> str:
    return " ".join(f"{span.start}:{span.end}" for span in spans)

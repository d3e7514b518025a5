"""Rows with a sentence each → articles, whatever file they come from (`tables.py`, `hf_datasets.py`).

- Rows of one article id are an article; without such a column, those of one article text; without that one, too, each
  row is one by itself, or, where annotators are named, the rows of one sentence are.
- With the article's text, in one of its rows or all, a sentence stands where its offsets say, in the unit in which all
  of them are right; without offsets, where it is found behind the one before it. Not found: an error.
- Without it, the text is the cells joined by a space, and by a blank line behind a title.
- The sentences are the rows' own. Other columns that are the same in all rows of an article are its fields.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from claimclf import columns
from claimclf.articles import Article, Part, Sentence, Span
from claimclf.errors import DataError, Problem
from claimclf.labels import LABELS, Label, parse_label
from claimclf.offsets import Mark, Offsets
from claimclf.readers.label_names import label_names
from claimclf.readers.placing import Document, Placing, Row
from claimclf.readers.tasks import Imported, Pass, Reading, Task, imported

_MARK = re.compile(r"(\d{1,12}):(\d{1,12})")
_PARTS: dict[str, Part] = {"": "body", "body": "body", "title": "title"}


def read_rows(path: Path, rows: Sequence[Row], header: Sequence[str], reading: Reading) -> Imported:
    """The articles of the rows of a table.

    Raises:
        DataError: no columns with sentences and labels, or with every row that cannot be used.
    """
    found = columns.find(header, reading.columns, str(path))
    columns.needed(found, header, str(path))
    table = Placing(path, found)
    documents = table.documents(rows)
    table.stop()
    table.find_unit(documents, reading.unit)
    for document in documents:
        table.place(document)
    table.stop()
    others = columns.others(header, found)
    tasks = [_task(table, document, others) for document in documents]
    read = imported(path, tasks, replace(reading, unit=table.unit))
    also = Counter(name for row in rows for name in _also(table, row))
    names = label_names(path, also, reading.labels)
    articles = []
    for article, document in zip(read.articles, documents, strict=True):
        try:
            articles.append(_whole(table, article, document, names, reading.alone))
        except DataError as error:
            table.problems += error.problems
    table.stop()
    left = "; ".join(f"{what} {count:,}" for what, count in sorted(table.counts.items()) if count)
    notes = (*read.notes, *([f"{path}: not read: {left}"] if left else []))
    return replace(read, articles=tuple(articles), notes=notes)


def _task(table: Placing, document: Document, others: Sequence[str]) -> Task:
    marks: dict[str, list[tuple[Mark, str]]] = {}
    for place in document.places:
        given = marks.setdefault(table.cell(place.row, "annotator"), [])
        if label := table.cell(place.row, "label"):
            given.append((place.mark, label))
    fields = {}
    for name in others:
        values = {value for row in document.rows if (value := row.cells.get(name, ""))}
        if len(values) == 1:
            fields[name] = values.pop()
        elif values:
            table.counts[f"articles in which the column {name[:40]!r} differs"] += 1
    passes = tuple(Pass(annotator, tuple(given)) for annotator, given in marks.items())
    sentences = tuple(sorted({place.span for place in document.places}))
    return Task(document.rows[0].where, document.id, document.text or "", passes, fields, sentences)


def _also(table: Placing, row: Row) -> list[str]:
    return [name.strip() for name in re.split("[,;|]", table.cell(row, "also")) if name.strip()]


def _whole(
    table: Placing, article: Article, document: Document, names: Mapping[str, Label | None], annotator: str | None
) -> Article:
    """The article with what its rows say besides labels."""
    stories = {story for row in document.rows if (story := table.cell(row, "story"))}
    if len(stories) > 1:
        found = f"the article {article.id!r} is of {len(stories)} stories"
        table.problems.append(Problem(article.where, found, "give it one"))
    if not {"also", "part", "cues", "sources", "votes"} & set(table.found):
        return replace(article, story=min(stories, default=article.story))
    offsets = Offsets(article.text, table.unit)
    sentences = {sentence.span: sentence for sentence in article.sentences}
    for place in document.places:
        if annotator in (None, table.cell(place.row, "annotator")):
            also = [label for name in _also(table, place.row) if (label := names[name]) is not None]
            try:
                sentences[place.span] = _more(table, place.row, sentences[place.span], also, offsets)
            except ValueError as error:
                table.problems.append(Problem(place.row.where, str(error)))
    return replace(article, story=min(stories, default=article.story), sentences=tuple(sentences.values()))


def _more(table: Placing, row: Row, sentence: Sentence, also: Sequence[Label], offsets: Offsets) -> Sentence:
    """A sentence with what one of its rows adds."""
    part = table.cell(row, "part")
    if part not in _PARTS:
        raise ValueError(
            f"the part {part[:40]!r} is neither title nor body; map the column away: `columns: {{part: }}`"
        )
    return replace(
        sentence,
        also=tuple(dict.fromkeys(label for label in (*sentence.also, *also) if label is not sentence.label)),
        part=_PARTS[part] if part else sentence.part,
        cues=_spans(sentence.cues, table.cell(row, "cues"), offsets),
        sources=_spans(sentence.sources, table.cell(row, "sources"), offsets),
        votes=_votes(table.cell(row, "votes")) or sentence.votes,
    )


def _votes(cell: str) -> tuple[int, ...]:
    """The votes of a cell such as `official_denial:2 speculation:1`."""
    given: dict[Label, int] = {}
    for word in cell.split():
        name, _, count = word.rpartition(":")
        if not re.fullmatch("[0-9]{1,9}", count):
            raise ValueError(f"{cell[:40]!r} are no votes: write label:number label:number")
        given[parse_label(name)] = int(count)
    return tuple(given.get(label, 0) for label in LABELS) if given else ()


def _spans(before: tuple[Span, ...], cell: str, offsets: Offsets) -> tuple[Span, ...]:
    """The spans of a cell such as `9:12 26:29`, behind those that another row gave."""
    found = []
    for word in cell.split():
        match = _MARK.fullmatch(word)
        if not match:
            raise ValueError(f"{cell[:40]!r} are no stretches of the text: write start:end start:end")
        found.append(offsets.span(Mark(int(match[1]), int(match[2]))))
    return (*before, *(span for span in found if span not in before))

"""Rows of a table → the articles that they make up, and where each sentence stands; `rows.py` has the rules."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from claimclf.articles import Span
from claimclf.errors import DataError, Problem
from claimclf.offsets import UNITS, FitError, Mark, Offsets, Unit, find_unit

_MISSING = frozenset({"", "NA", "<NA>", "NaN", "nan", "null"})  # as R, pandas and databases write no value
_WORDS = ("article", "sentence", "article_text", "story")  # in which NA is a word like any other
_NUMBER = re.compile(r"(\d{1,12})(?:\.0)?")
_SHOWN = 100  # problems that are named


@dataclass(frozen=True, slots=True)
class Row:
    """A row: where it stands, and its cells by column."""

    where: str
    cells: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Place:
    """A row's sentence: its span in code points, and its mark in the unit of the offsets."""

    row: Row
    span: Span
    mark: Mark


@dataclass(slots=True)
class Document:
    """The rows of one article, its text where a row has it, and where each sentence stands."""

    id: str
    rows: list[Row]
    text: str | None = None
    places: list[Place] = field(default_factory=list)


class Placing:
    """The rows of one table at work: `found` says which column holds what; problems and counts gather here."""

    def __init__(self, path: Path, found: Mapping[str, str]) -> None:
        self.path, self.found = path, found
        self.problems: list[Problem] = []
        self.counts: Counter[str] = Counter()
        self.unit: Unit = "codepoint"

    def stop(self) -> None:
        """Raise the problems so far, if any."""
        if self.problems:
            more = len(self.problems) - _SHOWN
            rest = [Problem(str(self.path), f"{more:,} more problems")] if more > 0 else []
            raise DataError([*self.problems[:_SHOWN], *rest])

    def cell(self, row: Row, role: str) -> str:
        """What a row has in the column of this role; empty where it has none."""
        value = row.cells.get(self.found.get(role, ""), "") if role in self.found else ""
        return "" if role not in _WORDS and value in _MISSING else value

    def documents(self, rows: Iterable[Row]) -> list[Document]:
        """The rows put together by article; rows of empty cells are none."""
        documents: dict[str, Document] = {}
        for row in rows:
            if not any(value.strip() for value in row.cells.values()):
                continue
            name = key = self.cell(row, "article")
            text = self.cell(row, "article_text")
            if "article" in self.found and not name.strip():
                self.problems.append(Problem(row.where, "no article id", "give each row its article's"))
            elif "article" not in self.found:
                name = row.where
                key = text or (self.cell(row, "sentence") if "annotator" in self.found else name)
            document = documents.setdefault(key, Document(name, []))
            document.rows.append(row)
            if text and document.text not in (None, text):
                found = f"a text of the article {name!r} that differs from the one above"
                self.problems.append(Problem(row.where, found, "give it once, or the same in every row"))
            document.text = document.text or text or None
        return list(documents.values())

    def find_unit(self, documents: Sequence[Document], given: Unit | None) -> None:
        """Find what offsets count, where there are any.

        Raises:
            DataError: no unit fits.
        """
        if not {"start", "end", "article_text"} <= set(self.found) or given:
            self.unit = given or self.unit
            return
        marked = [
            (document.text or "", [m for row in document.rows if (m := self._mark(row)) is not None])
            for document in documents
        ]
        self.stop()
        try:
            self.unit = find_unit(marked)
        except FitError as error:
            hint = f"is the mark wrong? If all are, say which: --offset-unit {', '.join(UNITS)}"
            rows = [row for row in documents[error.place].rows if self._mark(row) is not None]
            raise DataError([Problem(rows[error.number].where, str(error), hint)]) from error

    def _mark(self, row: Row) -> Mark | None:
        """The offsets of a row; None where it has no sentence."""
        sentence, start, end = (self.cell(row, role) for role in ("sentence", "start", "end"))
        if not (sentence or start or end):
            return None
        numbers = _NUMBER.fullmatch(start), _NUMBER.fullmatch(end)
        if numbers[0] is None or numbers[1] is None:
            self.problems.append(Problem(row.where, f"start {start[:40]!r} and end {end[:40]!r} are no offsets"))
            return None
        return Mark(int(numbers[0][1]), int(numbers[1][1]), sentence or None)

    def place(self, document: Document) -> None:
        """Find the sentences of an article, and its text where no row has it."""
        rows = []
        for row in document.rows:
            if self.cell(row, "sentence").strip() or self.cell(row, "start"):
                rows.append(row)
            elif self.cell(row, "label"):
                self.problems.append(Problem(row.where, "a label without a sentence", "fill both, or neither"))
            elif document.text is None or len(document.rows) > 1:
                self.counts["rows without a sentence"] += 1
        if document.text is None:
            self.counts["offsets without the article's text"] += any(self.cell(row, "start") for row in rows)
            self._join(document, rows)
        elif {"start", "end"} <= set(self.found):
            self._by_offsets(document, document.text, rows)
        else:
            self._search(document, document.text, rows)

    def _by_offsets(self, document: Document, text: str, rows: Sequence[Row]) -> None:
        offsets = Offsets(text, self.unit)
        for row in rows:
            mark = self._mark(row)
            try:
                if mark is not None:
                    document.places.append(Place(row, offsets.span(mark), mark))
            except ValueError as error:
                self.problems.append(Problem(row.where, str(error)))
        document.places.sort(key=lambda place: place.span)

    def _keyed(self, rows: Sequence[Row]) -> Iterator[tuple[Row, tuple[str, int]]]:
        """Each row with what tells its sentence from others: its words, and how often its annotator had them before."""
        seen: Counter[tuple[str, str]] = Counter()
        for row in rows:
            words = self.cell(row, "sentence").strip()
            seen[self.cell(row, "annotator"), words] += 1
            yield row, (words, seen[self.cell(row, "annotator"), words])

    def _search(self, document: Document, text: str, rows: Sequence[Row]) -> None:
        known: dict[tuple[str, int], Span] = {}
        at = 0
        for row, key in self._keyed(rows):
            if key not in known:
                start = text.find(key[0], at)
                if start < 0:
                    found = f"{key[0][:60]!r} does not stand in its article's text behind the sentence before it"
                    hint = "give the sentences as they stand there, in order, or with start and end"
                    self.problems.append(Problem(row.where, found, hint))
                    continue
                known[key] = Span(start, start + len(key[0]))
                at = known[key].end
            document.places.append(Place(row, known[key], Mark(known[key].start, known[key].end, key[0])))

    def _join(self, document: Document, rows: Sequence[Row]) -> None:
        known: dict[tuple[str, int], Span] = {}
        pieces: list[str] = []
        at, gap = 0, ""
        for row, key in self._keyed(rows):
            if key not in known:
                cell = self.cell(row, "sentence")
                start = at + len(gap) + len(cell) - len(cell.lstrip())
                known[key] = Span(start, start + len(key[0]))
                pieces += [gap, cell]
                at += len(gap) + len(cell)
                gap = "\n\n" if self.cell(row, "part") == "title" else " "
            document.places.append(Place(row, known[key], Mark(known[key].start, known[key].end, key[0])))
        document.text = "".join(pieces)

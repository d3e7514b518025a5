r"""CoNLL files: a token a line with its columns, tags in the last one, a blank line behind each sentence.

    -DOCSTART- -X- O O                       # global.columns = ID FORM MISC CLAIM:STATUS
                                             # newdoc id = a1
    It PRP B-NP B-speculation                1	It	_	B-speculation
    may MD B-VP I-speculation                2	may	SpaceAfter=No	I-speculation

Tags are BIO (IOB, IOB2), BIOES or BILOU; `--columns` with `label: STATUS` or `label: 4` (from 1), and `text: …` for the
tokens, says other columns. `-DOCSTART-` and `# newdoc` begin an article; without them the file is one. The text is the
tokens joined by single spaces, sentences too, but where `MISC` says otherwise (`SpaceAfter=No`, `SpacesAfter=\n`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from claimclf.articles import Span
from claimclf.errors import DataError, Problem
from claimclf.offsets import Mark
from claimclf.readers import raw
from claimclf.readers.tasks import Imported, Pass, Reading, Task, imported

SUFFIXES: tuple[str, ...] = (".conll", ".bio", ".conllup", ".iob")
_TAG = re.compile(r"O|_|[BIESLU]-.+")
_NEW = re.compile(r"#\s*newdoc(?:\s+id\s*=\s*(.*\S))?\s*")
_COLUMNS = re.compile(r"#\s*global\.columns\s*=\s*(.*\S)\s*")
_SPACE = re.compile(r"\\(.)", re.DOTALL)
_SPACES = {"s": " ", "t": "\t", "n": "\n", "r": "\r", "p": "|", "\\": "\\"}
_LINE = 1_000_000  # bytes of the longest line
_SHOWN = 100  # problems that are named


@dataclass
class _Document:
    """An article while it is read: its text so far, its sentences, and the labelled stretches."""

    where: str
    id: str
    pieces: list[str] = field(default_factory=list)
    length: int = 0
    gap: str | None = ""  # None: nothing was said of the space behind the last token
    sentences: list[Span] = field(default_factory=list)
    marks: list[tuple[int, int, str]] = field(default_factory=list)
    start: int | None = None  # of the sentence that is open
    end: int = 0
    open: str | None = None  # the label of the mark that goes on

    def add(self, word: str, tag: str, before: str, after: str | None) -> None:
        space = (" " if self.gap is None else self.gap) + before
        self.pieces += [space, word]
        at = self.length + len(space)
        self.length = self.end = at + len(word)
        self.start = at if self.start is None else self.start
        kind, _, name = tag.partition("-")
        if name and name == self.open and kind in "IEL":
            self.marks[-1] = (self.marks[-1][0], self.end, name)
        elif name:
            self.marks.append((at, self.end, name))
        self.open = name if name and kind in "BI" else None
        self.gap = after

    def close(self) -> None:
        """End the sentence."""
        if self.start is not None:
            self.sentences.append(Span(self.start, self.end))
        self.start, self.open = None, None

    def task(self) -> Task:
        text = "".join(self.pieces) + (self.gap or "")
        marks = tuple((Mark(start, end, text[start:end]), name) for start, end, name in self.marks)
        return Task(self.where, self.id, text, (Pass("", marks),), {}, tuple(self.sentences))


def fits(file: Path) -> bool:
    """Always: no other format has these endings."""
    return file.suffix.lower() in SUFFIXES


def read(path: Path, reading: Reading) -> Imported:
    """The articles of a file.

    Raises:
        DataError: with every problem of the file, each as file:line.
    """
    parser = _Parser(path, reading)
    for where, line in _lines(path):
        parser.line(where, line)
        if len(parser.problems) >= _SHOWN:
            break
    tasks = parser.tasks()
    if not tasks and not parser.problems:
        parser.problems.append(Problem(str(path), "no tokens", "a token a line, with its tag in the last column"))
    if parser.problems:
        raise DataError(parser.problems)
    found = imported(path, tasks, reading)
    note = () if parser.marked else (f"{path}: no -DOCSTART- or # newdoc in it: it is read as one article",)
    return replace(found, notes=(*found.notes, *note))


def _lines(path: Path) -> Iterator[tuple[str, str]]:
    for where, line in raw.lines(path, _LINE):
        try:
            yield where, raw.decoded(line).rstrip("\n").removesuffix("\r")
        except ValueError as error:
            raise DataError([Problem(where, str(error))]) from error


class _Parser:
    def __init__(self, path: Path, reading: Reading) -> None:
        self.path, self.marked = path, False
        self.problems: list[Problem] = []
        self.documents: list[_Document] = []
        self.names: list[str] = []
        self.width = 0
        self.wanted = {"text": "", "label": "", **reading.columns}

    def tasks(self) -> list[Task]:
        for document in self.documents:
            document.close()
        return [document.task() for document in self.documents if document.pieces]

    def line(self, where: str, line: str) -> None:
        cells = line.split("\t") if "\t" in line else line.split()
        if not line.strip():
            if self.documents:
                self.documents[-1].close()
        elif line.startswith("#") and not (len(cells) == self.width and _TAG.fullmatch(cells[-1])):
            self._comment(where, line)
        elif cells[0] == "-DOCSTART-":
            self._begin(where, "")
        else:
            self._token(where, cells)

    def _comment(self, where: str, line: str) -> None:
        if found := _COLUMNS.fullmatch(line):
            self.names = found[1].split()
        elif found := _NEW.fullmatch(line):
            self._begin(where, found[1] or "")

    def _begin(self, where: str, identity: str) -> None:
        self.marked = True
        if self.documents:
            self.documents[-1].close()
        self.documents.append(_Document(where, identity or where))

    def _token(self, where: str, cells: list[str]) -> None:
        self.width = self.width or len(self.names) or len(cells)
        if len(cells) != self.width or self.width < 2:
            hint = "a token and its tag, at least; as many columns in every line"
            self.problems.append(Problem(where, f"{len(cells)} columns, where {max(self.width, 2)} are due", hint))
            return
        try:
            word, tag = self._cell(cells, "text", "FORM", 0), self._cell(cells, "label", "", -1)
        except ValueError as error:
            self.problems.append(Problem(where, str(error)))
            return
        if not _TAG.fullmatch(tag):
            hint = "tags are O, B-LABEL, I-LABEL …; `columns: {label: 4}` says another column"
            self.problems.append(Problem(where, f"{tag[:40]!r} is no tag", hint))
        elif not word.strip():
            self.problems.append(Problem(where, "a token without characters"))
        else:
            if not self.documents:
                self.documents.append(_Document(where, where))
            before, after = _space(cells[self.names.index("MISC")] if "MISC" in self.names else "_")
            self.documents[-1].add(word, tag, before, after)

    def _cell(self, cells: list[str], role: str, usual: str, place: int) -> str:
        wanted = self.wanted[role]
        if not wanted:
            return cells[self.names.index(usual) if usual in self.names else place]
        if wanted in self.names:
            return cells[self.names.index(wanted)]
        if wanted.isdecimal() and 0 < int(wanted) <= len(cells):
            return cells[int(wanted) - 1]
        raise ValueError(f"there is no column {wanted!r}; columns have numbers from 1, or names by # global.columns")


def _space(misc: str) -> tuple[str, str | None]:
    """The white space before and behind a token; None where nothing is said of that behind it."""
    found = dict(item.partition("=")[::2] for item in misc.split("|"))
    before, after = (
        _SPACE.sub(lambda m: _SPACES.get(m[1], m[0]), found[key]) if key in found else None
        for key in ("SpacesBefore", "SpacesAfter")
    )
    return before or "", "" if found.get("SpaceAfter") == "No" else after

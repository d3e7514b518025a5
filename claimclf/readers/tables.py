r"""Tables with a sentence a row: CSV and TSV, as pandas, R and spreadsheets write them.

    article_id,sentence,label
    a1,"The mayor said the story was ""invented"".",official_denial

The first line names the columns (`columns.py` has the usual names; `Reading.columns` maps others). UTF-8, or UTF-16
with a byte order mark. The delimiter is the one of `,` `;` tab `|` by which the first line has the most known columns;
quotes are doubled, or escaped by a backslash (`\"`), or, with tabs, no quotes at all: the first by which every row
has as many cells as the first line. `rows.py` says how rows become articles.
"""

from __future__ import annotations

import csv
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from claimclf import columns
from claimclf.errors import DataError, Problem
from claimclf.readers.placing import Row
from claimclf.readers.rows import read_rows
from claimclf.readers.tasks import Imported, Reading

SUFFIXES: tuple[str, ...] = (".csv", ".tsv", ".tab")
_DELIMITERS = ",;\t|"
_LINE = 10_000_000  # characters of the longest line, and of the longest cell
_HEADER = 100_000  # characters of the longest first line
_SHOWN = 50  # rows of the wrong length that are named
_LIMIT = threading.Lock()


@dataclass(frozen=True)
class _Dialect:
    delimiter: str
    escape: str | None = None
    quoting: int = csv.QUOTE_MINIMAL


def fits(file: Path) -> bool:
    """Whether the first line names a column with sentences and one with labels, by their usual names."""
    try:
        header = next(_records(file, _Dialect(_delimiter(file, Reading()))), (0, []))[1]
        columns.needed(columns.find(header, {}, ""), header, "")
    except (DataError, OSError, csv.Error):
        return False
    return True


def read(path: Path, reading: Reading) -> Imported:
    """The articles of a table.

    Raises:
        DataError: with every problem of the file, each as file:line.
    """
    with _long_cells():
        delimiter = _delimiter(path, reading)
        header, rows = _parsed(path, delimiter, reading)
    return read_rows(path, rows, header, reading)


@contextmanager
def _long_cells() -> Iterator[None]:
    """Let cells hold whole articles: the limit of `csv` is one for the process, and put back."""
    with _LIMIT:
        before = csv.field_size_limit(_LINE)
        try:
            yield
        finally:
            csv.field_size_limit(before)


def _lines(path: Path) -> Iterator[str]:
    """The lines with their ends as they are; that of `sep=;`, by which Excel knows the delimiter, too.

    Raises:
        DataError: a line that is endless, or no text.
    """
    with path.open("rb") as file:
        encoding = "utf-16" if file.read(2) in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    with path.open(encoding=encoding, newline="") as lines:
        number = 0
        try:
            while line := lines.readline(_LINE):
                number += 1
                if len(line) == _LINE:
                    hint = "is it a table with a sentence a row?"
                    raise DataError([Problem(f"{path}:{number}", f"a line of over {_LINE:,} characters", hint)])
                yield line
        except UnicodeError as error:
            raise DataError([_undecodable(path, encoding, error)]) from error


def _undecodable(path: Path, encoding: str, error: UnicodeError) -> Problem:
    if encoding == "utf-16":
        return Problem(str(path), f"damaged UTF-16: {error}", "export it again, as UTF-8")
    with path.open("rb") as lines:
        for number, line in enumerate(lines, 1):
            try:
                line.decode("utf-8")
            except UnicodeDecodeError as wrong:
                hint = "save it as UTF-8, or convert it: iconv -f cp1252 -t utf-8"
                return Problem(f"{path}:{number}", f"not UTF-8 at byte {wrong.start} of the line", hint)
    return Problem(str(path), f"not UTF-8: {error}", "save it as UTF-8")


def _delimiter(path: Path, reading: Reading) -> str:
    """The delimiter that finds the most of what a table holds in its first line; at a tie, the most columns."""
    first = next(_lines(path), "")
    if len(first) > _HEADER:
        found = f"a first line of {len(first):,} characters"
        raise DataError([Problem(f"{path}:1", found, "the first line names the columns")])
    if first[:4].lower() == "sep=" and first[4:].strip("\r\n") in tuple(_DELIMITERS):
        return first[4]
    best, most = ",", (-1, -1)
    for delimiter in _DELIMITERS:
        header: list[str] = []
        try:
            header = next(_records(path, _Dialect(delimiter)), (0, []))[1]
            known = len(columns.find(header, reading.columns, str(path)))
        except (DataError, csv.Error):
            known = 0
        if (known, len(header)) > most:
            best, most = delimiter, (known, len(header))
    return best


def _dialects(delimiter: str) -> Iterator[_Dialect]:
    yield _Dialect(delimiter)
    yield _Dialect(delimiter, escape="\\")
    if delimiter == "\t":
        yield _Dialect(delimiter, quoting=csv.QUOTE_NONE)


def _records(path: Path, dialect: _Dialect) -> Iterator[tuple[int, list[str]]]:
    """Every record that has cells, with the number of its first line.

    Raises:
        csv.Error: quotes that do not fit; the line stands in front.
    """
    reader = csv.reader(
        _lines(path),
        delimiter=dialect.delimiter,
        escapechar=dialect.escape,
        quoting=dialect.quoting,  # type: ignore[arg-type]
        strict=True,
    )
    line = 1
    try:
        for cells in reader:
            if cells and not (line == 1 and cells == ["sep=", ""]):
                yield line, cells
            line = reader.line_num + 1
    except csv.Error as error:
        raise csv.Error(f"{path}:{line}: {error}") from error


def _parsed(path: Path, delimiter: str, reading: Reading) -> tuple[list[str], list[Row]]:
    """The names of the columns and the rows, by the first dialect that fits.

    Raises:
        DataError: none fits; with the problems of the usual one.
    """
    first: DataError | None = None
    for dialect in _dialects(delimiter):
        try:
            return _by(path, dialect, reading)
        except DataError as error:
            first = first or error
    assert first is not None
    raise first


def _by(path: Path, dialect: _Dialect, reading: Reading) -> tuple[list[str], list[Row]]:
    header: list[str] = []
    rows: list[Row] = []
    problems: list[Problem] = []
    try:
        for line, cells in _records(path, dialect):
            if not header:
                header = cells
                # before all rows are in memory
                columns.needed(columns.find(header, reading.columns, str(path)), header, str(path))
            elif len(cells) >= len(header) and not any(cells[len(header) :]):
                rows.append(Row(f"{path}:{line}", dict(zip(header, cells, strict=False))))
            else:
                found = f"{len(cells)} cells, where the first line has {len(header)}"
                problems.append(Problem(f"{path}:{line}", found, "put cells with a delimiter or a quote into quotes"))
            if len(problems) >= _SHOWN:
                break
    except csv.Error as error:
        where, _, found = str(error).rpartition(": ")
        problems.append(Problem(where, f"no table: {found}", "is a quote missing or too much? Export it again"))
    if not header:
        problems.append(Problem(str(path), "an empty table", "its first line names the columns"))
    if problems:
        raise DataError(problems)
    return header, rows

"""Files as bytes, lines and JSON, before anything is known of their form: what is endless or ambiguous is refused.

JSON is read by one rule everywhere: UTF-8, no key twice in an object, no NaN or Infinity.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from claimclf.errors import DataError, Problem

MAX_TEXT = 10_000_000  # characters of one article, and bytes of one record; a long novel has less
MAX_FILE = 64 << 20  # bytes of a file that has to be in memory as a whole; its objects take several times as much
MOST = 10_000  # problems after which nobody reads on
_SHOWN = 100
_BOM = b"\xef\xbb\xbf"


def prove(problems: Sequence[Problem]) -> None:
    """Raise the problems, if any: the first hundred, and how many there are besides.

    >>> prove([])

    Raises:
        DataError: there are some.
    """
    if not problems:
        return
    more = len(problems) - _SHOWN
    shown = list(problems[:_SHOWN])
    if more > 0:
        stopped = ", and it was not read to its end" if len(problems) >= MOST else ""
        shown.append(Problem(shown[-1].where, f"{more:,} more problems behind this one{stopped}"))
    raise DataError(shown)


def empty(path: Path) -> DataError:
    """The error that a file is empty, as one is whose writing or copying failed."""
    return DataError([Problem(str(path), "an empty file", "is it whole? If there are no articles, leave it out")])


def lines(path: Path, longest: int = MAX_TEXT) -> Iterator[tuple[str, bytes]]:
    """Each line with its place, file:line, without a byte order mark at the beginning of the file.

    Raises:
        DataError: a line has more than `longest` bytes; nothing behind it is read.
    """
    with path.open("rb") as content:
        number = 0
        while line := content.readline(longest + 1):
            number += 1
            where = f"{path}:{number}"
            if len(line) > longest:
                raise DataError([Problem(where, f"a line of over {longest:,} bytes", "is it what its name says?")])
            yield where, line.removeprefix(_BOM) if number == 1 else line


def decoded(line: bytes) -> str:
    """The line as text.

    >>> decoded("é".encode())
    'é'

    Raises:
        ValueError: it is not UTF-8, or begins with a byte order mark, as where files were put together.
    """
    if line.startswith(_BOM):
        raise ValueError("a byte order mark in the middle of the file; remove it")
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError as error:
        hint = "save it as UTF-8, or convert it with iconv"
        raise ValueError(f"not UTF-8 at byte {error.start} of the line; {hint}") from error


def whole(path: Path, largest: int = MAX_FILE) -> str:
    """The text of a file, line ends as they are, without a byte order mark at its beginning.

    Raises:
        DataError: it has more than `largest` bytes, or is not UTF-8.
    """
    with path.open("rb") as content:
        data = content.read(largest + 1)
    if len(data) > largest:
        raise DataError([Problem(str(path), f"a file of over {largest:,} bytes in one piece", "divide it")])
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        hint = "save it as UTF-8, or convert it with iconv"
        raise DataError([Problem(f"{path}:{line}", f"not UTF-8 at byte {error.start}", hint)]) from error


def json_file(path: Path) -> Any:
    """What a JSON file holds.

    Raises:
        DataError: it is no JSON, or too large.
    """
    try:
        return loads(whole(path))
    except ValueError as error:
        raise DataError([Problem(str(path), f"no JSON: {error}", "export it again")]) from error


def loads(text: str) -> Any:
    """The value of a JSON text.

    >>> loads('{"label": "a", "label": "b"}')
    Traceback (most recent call last):
    ValueError: the key 'label' stands twice in an object

    Raises:
        ValueError: it is no JSON, is nested beyond measure, has a key twice in an object, NaN or Infinity.
    """
    try:
        return json.loads(text, parse_constant=_no_constant, parse_float=_finite, object_pairs_hook=_object)
    except RecursionError:
        raise ValueError("nested too deep") from None


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def _finite(number: str) -> float:
    value = float(number)
    if value in (float("inf"), float("-inf")):
        raise ValueError(f"{number[:40]} is beyond all numbers")
    return value


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    record = dict(pairs)
    if len(record) < len(pairs):
        seen: set[str] = set()
        twice = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
        raise ValueError(f"the key {twice[:40]!r} stands twice in an object")
    return record


def label_name(value: object) -> str:
    """The name of a label of a record, which some tools give as a number.

    >>> label_name("Denial"), label_name(12)
    ('Denial', '12')

    Raises:
        TypeError: it is anything else; null, above all, is no label called `none`.
    """
    if isinstance(value, str) or type(value) is int:
        return str(value)
    raise TypeError(f"the label {str(value)[:40]!r} is no name")


def listed(value: object, what: str) -> list[Any]:
    """A list of a record as it is; nothing where it is null or missing.

    >>> listed(None, "spans"), listed([1], "spans")
    ([], [1])

    Raises:
        TypeError: it is anything else, which a loop would take for a list, or for none.
    """
    if value is None:
        return []
    if not isinstance(value, list):
        raise TypeError(f"`{what}` is {str(value)[:40]!r}, not a list")
    return value

"""What the records of every tool's export are taken apart with: wrong types are errors, never guesses."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from pathlib import Path
from typing import Any, TypeVar

from claimclf.errors import Problem
from claimclf.readers import raw
from claimclf.writers.guesses import WHY

T = TypeVar("T")


def parsed(rows: Iterable[tuple[str, Any]], make: Callable[[str, Any], T], what: str) -> list[T]:
    """What `make` gives for each (where, record).

    Raises:
        DataError: with every record that is no `what`.
    """
    found, problems = [], []
    for where, record in rows:
        try:
            found.append(make(where, record))
        except (TypeError, ValueError, KeyError, IndexError, AttributeError) as error:
            problems.append(Problem(where, f"no {what} ({type(error).__name__}: {error})"))
            if len(problems) >= raw.MOST:
                break
    raw.prove(problems)
    return found


def whole_number(offset: object) -> int:
    """An offset of an export as it is.

    >>> whole_number(7)
    7

    Raises:
        TypeError: it is anything else; a number in quotes or with a fraction would be a guess.
    """
    if type(offset) is not int:
        raise TypeError(f"the offset {str(offset)[:60]!r} is no whole number")
    return offset


def words(quote: object) -> str | None:
    """The marked words of an export as they are.

    >>> words("may")
    'may'

    Raises:
        TypeError: they are neither a string nor missing.
    """
    if quote is None or isinstance(quote, str):
        return quote
    raise TypeError(f"the marked words {str(quote)[:60]!r} are no string")


def name_of(annotator: object) -> str:
    """An annotator of an export as a name; null is nobody, whose name is empty.

    >>> name_of(7), name_of(None)
    ('7', '')
    """
    return "" if annotator is None else str(annotator)


def left_out(path: Path, counts: Mapping[str, int]) -> tuple[str, ...]:
    """A note with what an export holds and no reader reads, or nothing.

    >>> left_out(Path("a.json"), {"relation": 2})
    ('a.json: left out: relation 2',)
    """
    listed = ", ".join(f"{what} {count:,}" for what, count in sorted(counts.items()) if count)
    return (f"{path}: left out: {listed}",) if listed else ()


def strings(data: Mapping[str, Any], taken: Collection[str] = ()) -> dict[str, str]:
    """What of a record are fields of the article: strings with something in them, under no name of the format's.

    >>> strings({"outlet": "Gazette", "desk": "", "page": 4, "text": "It rained."}, ("text",))
    {'outlet': 'Gazette'}
    """
    return {k: v for k, v in data.items() if isinstance(v, str) and v and k not in taken and k != WHY}

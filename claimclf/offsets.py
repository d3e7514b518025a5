"""Offsets of annotation tools → code points, verified: tools count in code points, UTF-16 units or UTF-8 bytes.

An offset is never shifted silently: where a format carries the text that was marked, the unit is found by it, and what
fits no unit is an error.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Literal, get_args

from claimclf.articles import Span

Unit = Literal["codepoint", "utf16", "byte"]
UNITS: tuple[Unit, ...] = get_args(Unit)
_SPACE = re.compile(r"(?:\\n|\s)+")


@dataclass(frozen=True, slots=True)
class Mark:
    """A stretch of a text as a tool gives it: offsets in the tool's unit, and the words there, where it says them."""

    start: int
    end: int
    quote: str | None = None


class Offsets:
    """Turns offsets of one unit into code points of `text`.

    >>> Offsets("👍 fine", "utf16").span(Mark(3, 7, "fine"))
    Span(start=2, end=6)
    """

    def __init__(self, text: str, unit: Unit) -> None:
        self.text, self.unit = text, unit
        self._edges: Sequence[int] = range(len(text) + 1)
        if unit != "codepoint":
            width = _utf16 if unit == "utf16" else _utf8
            self._edges = [0, *accumulate(map(width, text))]

    def span(self, mark: Mark) -> Span:
        """The span of a mark, in code points.

        Raises:
            ValueError: it lies outside the text, is empty, cuts a character, or its quote does not stand there.
        """
        start, end = self._code_point(mark.start), self._code_point(mark.end)
        span = Span(start, end)
        if mark.quote is not None and not same_words(span.of(self.text), mark.quote):
            raise ValueError(f"its offsets say {span.of(self.text)[:60]!r}, its text {mark.quote[:60]!r}")
        return span

    def _code_point(self, offset: int) -> int:
        if not 0 <= offset <= self._edges[-1]:
            raise ValueError(
                f"the offset {offset} lies outside the text, which has {self._edges[-1]} {self.unit} units"
            )
        place = bisect_left(self._edges, offset)
        if self._edges[place] != offset:
            raise ValueError(f"the offset {offset} lies inside a character ({self.unit} units)")
        return place


def same_words(words: str, quote: str) -> bool:
    r"""Whether a quote is of these words: as they are, or as a browser shows them and Label Studio saves them.

    A browser shows any white space between words as one space and none at the ends of a line, and Label Studio writes a
    line break as a backslash and an n. An empty quote (the browser has none for a part of a joined emoji) says nothing.

    >>> same_words("Mayor  reacts\r\nHe left.", r"Mayor reacts\n\nHe left.")
    True
    >>> same_words("Mayor reacts", "Mayor react")
    False
    """
    if words == quote or not quote:
        return True
    shown = _SPACE.sub(" ", words)
    return _SPACE.sub(" ", quote) in (shown, shown.lstrip(), shown.rstrip(), shown.strip())


def _utf16(character: str) -> int:
    return 2 if character > "\uffff" else 1


def _utf8(character: str) -> int:
    return len(character.encode("utf-8", "surrogatepass"))


def find_unit(marked: Iterable[tuple[str, Sequence[Mark]]], usual: Unit = "codepoint") -> Unit:
    """The unit in which every mark of every text (text, marks) is where its quote stands.

    Where several fit, as on plain ASCII, or no mark has a quote: `usual`, the one the format documents.

    >>> find_unit([("👍 fine", [Mark(3, 7, "fine")])])
    'utf16'

    Raises:
        ValueError: no unit fits all quotes; the message has the first that does not fit `usual`.
    """
    quoted = [(text, mark) for text, marks in marked for mark in marks if mark.quote]
    units = (usual, *(unit for unit in UNITS if unit != usual))
    for exact in (True, False):
        for unit in units:
            if not any(_problem(text, mark, unit, exact) for text, mark in quoted):
                return unit
    first = next(filter(None, (_problem(text, mark, usual) for text, mark in quoted)))
    raise ValueError(f"no unit of offsets fits all marks; in {usual} units: {first}")


def _problem(text: str, mark: Mark, unit: Unit, exact: bool = False) -> str:
    try:
        span = Offsets(text, unit).span(mark)
    except ValueError as error:
        return str(error)
    return "only as shown" if exact and span.of(text) != mark.quote else ""

"""Offsets of annotation tools → code points, verified: tools count code points, UTF-16 units, UTF-8 bytes or graphemes.

An offset is never shifted silently: where a format carries the text that was marked, the unit is found by it, what fits
no unit is an error, and so is a mark whose unit nothing tells although it matters.
"""

from __future__ import annotations

import re
from array import array
from bisect import bisect_left
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import accumulate
from typing import Literal, get_args

from claimclf.articles import Span
from claimclf.errors import MissingExtraError, needs_extra

Unit = Literal["codepoint", "utf16", "byte", "grapheme"]
UNITS: tuple[Unit, ...] = get_args(Unit)
_SPACE = re.compile(r"(?:\\n|\s)+")
AUTO = "auto"  # what users write for "found out"
Texts = Sequence[tuple[str, Sequence["Mark"]]]
# Latin letters and the punctuation and currency signs of news: each is a cluster of its own, unless it is \r\n.
_ALONE = re.compile("[\0-\u02ff\u2010-\u2027\u2030-\u205e\u20a0-\u20c0]*")


class DoubtError(ValueError):
    """Nothing tells the unit, and it matters: `doubts` holds the place of each such text, and what it would mean."""

    def __init__(self, doubts: Sequence[tuple[int, str]]) -> None:
        self.doubts = tuple(doubts)
        super().__init__(self.doubts[0][1])


class FitError(ValueError):
    """No unit fits: `place` is that of the text of the first mark that does not, `number` that of the mark there."""

    def __init__(self, message: str, place: int, number: int) -> None:
        self.place, self.number = place, number
        super().__init__(message)


@dataclass(frozen=True, slots=True)
class Mark:
    """A stretch of a text as a tool gives it: offsets in the tool's unit, and the words there, where it says them."""

    start: int
    end: int
    quote: str | None = None


class Offsets:
    r"""Turns offsets of one unit into code points of `text`.

    Graphemes are extended grapheme clusters (UAX #29): an emoji sequence, a letter with its accents, `\r\n` are one.

    >>> Offsets("👍 fine", "utf16").span(Mark(3, 7, "fine"))
    Span(start=2, end=6)
    >>> Offsets("a\r\nb", "grapheme").span(Mark(2, 3))
    Span(start=3, end=4)

    Raises:
        MissingExtraError: graphemes need the package `regex`.
    """

    def __init__(self, text: str, unit: Unit) -> None:
        self.text, self.unit = text, unit
        self._code_point, self.length = _counter(text, unit)

    def span(self, mark: Mark, exact: bool = False) -> Span:
        """The span of a mark, in code points; white space in its quote may be as a browser shows it, unless `exact`.

        Raises:
            ValueError: it lies outside the text, is empty, cuts a character, or its quote does not stand there.
        """
        for offset in (mark.start, mark.end):
            if not 0 <= offset <= self.length:
                what = f"the offset {offset} lies outside the text"
                raise ValueError(f"{what}, which has {self.length} {self.unit} units")
        span = Span(self._code_point(mark.start), self._code_point(mark.end))
        words = span.of(self.text)
        if mark.quote is not None and not (mark.quote == words if exact else same_words(words, mark.quote)):
            raise ValueError(f"its offsets say {words[:60]!r}, its text {mark.quote[:60]!r}")
        return span


def shown(words: str) -> str:
    r"""Words as a browser shows them and Label Studio saves them: any white space as one space, a line break as \n.

    >>> shown("Repairs  may\ttake weeks."), shown(r"He left.\nIt rained.")
    ('Repairs may take weeks.', 'He left. It rained.')
    """
    return _SPACE.sub(" ", words)


def same_words(words: str, quote: str) -> bool:
    r"""Whether a quote is of these words: as they are, or as `shown`, without white space at the ends of a line.

    An empty quote (a browser has none for a part of a joined emoji) says nothing.

    >>> same_words("Mayor  reacts\r\nHe left.", r"Mayor reacts\n\nHe left.")
    True
    >>> same_words("Mayor reacts", "Mayor react")
    False
    """
    if words == quote or not quote:
        return True
    whole = shown(words)
    return shown(quote) in (whole, whole.lstrip(), whole.rstrip(), whole.strip())


def _counter(text: str, unit: Unit) -> tuple[Callable[[int], int], int]:
    """What turns an offset in `unit` into code points, and the length of the text in `unit`."""
    if unit == "codepoint" or (unit != "grapheme" and text.isascii()):
        return int, len(text)
    if unit == "grapheme":
        if "\r\n" not in text and _ALONE.fullmatch(text):
            return int, len(text)
        starts = _clusters(text)
        return starts.__getitem__, len(starts) - 1
    edges = utf16_edges(text) if unit == "utf16" else array("q", accumulate(map(_utf8, text), initial=0))

    def code_point(offset: int) -> int:
        place = bisect_left(edges, offset)
        if edges[place] != offset:
            raise ValueError(f"the offset {offset} lies inside a character ({unit} units)")
        return place

    return code_point, edges[-1]


def _clusters(text: str) -> array[int]:
    with needs_extra("annotations"):
        import regex
    return array("q", [0, *(cluster.end() for cluster in regex.finditer(r"\X", text))])


def utf16_edges(text: str) -> array[int]:
    """Where each code point begins in UTF-16 units, and where the last one ends.

    >>> utf16_edges("👍a").tolist()
    [0, 2, 3]
    """
    return array("q", accumulate((2 if character > "\uffff" else 1 for character in text), initial=0))


def _utf8(character: str) -> int:
    return len(character.encode("utf-8", "surrogatepass"))


def find_unit(marked: Texts, usual: Unit = "codepoint", others: Sequence[Unit] = ()) -> Unit:
    """The unit in which every mark of every text (text, marks) is where its quote stands.

    Where several fit, as on plain ASCII, or no mark has a quote: `usual`, the one the format documents. `others` are
    units that the tool counts as well, by version or setting: where they would give other spans, nothing is guessed.

    >>> find_unit([("👍 fine", [Mark(3, 7, "fine")])])
    'utf16'

    Raises:
        FitError: no unit fits all quotes; it has the first that does not fit `usual`.
        DoubtError: several units of the tool are possible, and give different spans.
        MissingExtraError: graphemes are possible, and the package `regex` is missing.
    """
    fit = _fitting(marked, (usual, *others))
    if not fit:
        problem = _problem(marked, usual, quoted=True)
        assert problem is not None  # nothing fits
        what, *where = problem
        raise FitError(f"no unit of offsets fits all marks; in {usual} units: {what}", *where)
    if len(fit) > 1:
        fit = [unit for unit in fit if not _problem(marked, unit)] or fit[:1]
    doubts = [(place, doubt) for place, (text, marks) in enumerate(marked) if (doubt := _doubt(text, marks, fit))]
    if doubts:
        raise DoubtError(doubts)
    return fit[0]


def _fitting(marked: Texts, known: Sequence[Unit]) -> list[Unit]:
    """The units in which all quotes are right, of the known ones if there are any; first where all are exact."""
    unknown = [unit for unit in UNITS if unit not in known]
    for exact in (True, False):
        if fit := [unit for unit in known if not _problem(marked, unit, quoted=True, exact=exact)]:
            return fit
        for unit in unknown:
            with suppress(MissingExtraError):
                if not _problem(marked, unit, quoted=True, exact=exact):
                    return [unit]
    return []


def _problem(marked: Texts, unit: Unit, quoted: bool = False, exact: bool = False) -> tuple[str, int, int] | None:
    """What is wrong with the first mark (of those with a quote) that does not fit, its text's place, and its own."""
    for place, (text, marks) in enumerate(marked):
        looked_at = [(number, mark) for number, mark in enumerate(marks) if mark.quote or not quoted]
        if not looked_at:
            continue
        offsets = Offsets(text, unit)
        for number, mark in looked_at:
            try:
                offsets.span(mark, exact)
            except ValueError as error:
                return str(error), place, number
    return None


def _doubt(text: str, marks: Sequence[Mark], units: Sequence[Unit]) -> str:
    """What the first mark means that is another span in another unit."""
    if len(units) < 2 or not marks:
        return ""
    counted = {unit: Offsets(text, unit) for unit in units}
    for mark in marks:
        spans = {unit: offsets.span(mark) for unit, offsets in counted.items()}
        other = next((unit for unit in units if spans[unit] != spans[units[0]]), None)
        if other:
            means = " or ".join(f"{spans[u].of(text)[:40]!r} ({u} units)" for u in (units[0], other))
            return f"{mark.start}-{mark.end} is {means}, and nothing tells which"
    return ""

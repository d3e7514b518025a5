"""Where the sentences of a text to predict are: as given and checked, or found."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from operator import index
from typing import Literal

from claimclf.articles import Span
from claimclf.errors import InputError
from claimclf.labels import did_you_mean
from claimclf.sentences import split


def boundaries(
    text: str, spans: Sequence[tuple[int, int]] | None = None, newlines: Literal["every", "blank"] = "every"
) -> list[Span]:
    """`spans` as they are, or the sentences of `text` that have a letter or digit.

    >>> boundaries("It rained. It may snow.")
    [Span(start=0, end=10), Span(start=11, end=23)]

    Raises:
        InputError: the text is no string, or spans are no pairs, out of order, empty, or outside the text; or there
            are no such `newlines`.
    """
    if newlines not in (known := ("every", "blank")):
        raise InputError(f"newlines {newlines!r}: {did_you_mean(str(newlines), list(known))}")
    if not isinstance(text, str):
        raise InputError(f"an article is a str, not {type(text).__name__}: classifier.article(text)")
    if spans is not None:
        return _checked(text, spans)
    return [span for span in split(text, newlines) if any(c.isalnum() for c in span.of(text))]


def _checked(text: str, spans: Sequence[tuple[int, int]]) -> list[Span]:
    found, last, problems = [], 0, []
    if not isinstance(spans, Iterable):
        raise InputError(f"spans are a list of (start, end), not {spans!r}")
    for number, span in enumerate(spans):
        try:
            start, end = (index(offset) for offset in span)
        except (TypeError, ValueError):
            raise InputError(f"span {number} ({span!r}) is no pair of whole numbers: give (start, end)") from None
        if not last <= start < end <= len(text):
            problems.append(f"span {number} ({start}, {end})")
            continue
        found.append(Span(start, end))
        last = end
    if problems:
        rule = f"spans are in order, not empty, do not overlap, and end by {len(text)}, the length of the text"
        raise InputError(f"{', '.join(problems)}: {rule}")
    return found

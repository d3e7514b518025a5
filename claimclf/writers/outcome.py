"""What became of articles that were written to a file."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Outcome:
    """How many articles were written, and a line for each kind of thing that the format cannot carry, with its count.

    >>> Outcome(2, ("cues: 3 are not carried",)).lost
    ('cues: 3 are not carried',)
    """

    articles: int
    lost: tuple[str, ...] = ()

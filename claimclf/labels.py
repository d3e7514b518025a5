"""The four statuses a news sentence can have, in the order of the guidelines' table."""

from __future__ import annotations

import difflib
from enum import StrEnum


class Label(StrEnum):
    """How the article presents a sentence's main content; never whether it is true.

    A member is a string, has a `definition` and one `example`.

    >>> Label("official_denial") == "official_denial"
    True
    >>> [label.position for label in Label]
    [0, 1, 2, 3]
    """

    FACTUAL_REPORT = "factual_report"
    UNVERIFIED_CLAIM = "unverified_claim"
    OFFICIAL_DENIAL = "official_denial"
    SPECULATION = "speculation"

    @property
    def definition(self) -> str:
        """The label in one line."""
        return _DEFINITIONS[self][0]

    @property
    def example(self) -> str:
        """One sentence that has this label."""
        return _DEFINITIONS[self][1]

    @property
    def position(self) -> int:
        """The position of this label in arrays of logits and probabilities, 0 to 3."""
        return _INDEX[self]


_DEFINITIONS = {
    Label.FACTUAL_REPORT: (
        "the article itself vouches for it, or a record does",
        "The council closed the bridge on Monday.",
    ),
    Label.UNVERIFIED_CLAIM: (
        "it rests on someone's word, and the article does not vouch for it",
        "The bridge was known to be unsafe, a former engineer said.",
    ),
    Label.OFFICIAL_DENIAL: (
        "a party concerned rejects, disputes or plays down an allegation, report or suggestion",
        'The council called the story "pure invention".',
    ),
    Label.SPECULATION: (
        "it is presented as possible, likely, expected, feared, hypothetical or unknown",
        "The bridge may stay shut until spring.",
    ),
}
_INDEX = {label: index for index, label in enumerate(Label)}
LABELS: tuple[Label, ...] = tuple(Label)


def did_you_mean(name: str, known: list[str]) -> str:
    """A hint that names the closest of `known`, or all of them.

    >>> did_you_mean("denial", ["official_denial", "speculation"])
    "did you mean 'official_denial'?"
    """
    close = difflib.get_close_matches(name, known, n=1, cutoff=0.55)
    inside = [k for k in known if name and name in k]
    best = (inside or close)[:1]
    return f"did you mean {best[0]!r}?" if best else "one of " + ", ".join(known)


def parse_label(name: str) -> Label:
    """The label called `name`.

    >>> parse_label("speculation")
    <Label.SPECULATION: 'speculation'>

    Raises:
        ValueError: there is no such label; the message suggests the closest.
    """
    try:
        return Label(name)
    except ValueError:
        short = str(name)[:80]
        hint = did_you_mean(short, [str(label) for label in Label])
        raise ValueError(f"unknown label {short!r}; {hint}") from None


GUIDELINES_VERSION = "1.0"  # of seeds/GUIDELINES.md; a change of what a label means raises the first number

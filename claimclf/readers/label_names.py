"""What the labels of an annotation tool are called here: by a map, or because their names are ours."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final, Literal

from claimclf.errors import DataError, Problem
from claimclf.labels import LABELS, Label, did_you_mean

IGNORED: Final = "none"  # a label name mapped to it is left out
_OURS = {str(label): label for label in LABELS}
_LISTED = 100  # unknown names in an error
_NOWHERE: Mapping[str, str] = {}
_LONGEST = 80  # characters of a name that are shown


def label_named(name: str) -> Label | None:
    """Our label called `name`, in any case, with spaces or hyphens; None for `none`.

    >>> label_named("Official denial"), label_named("none")
    (<Label.OFFICIAL_DENIAL: 'official_denial'>, None)

    Raises:
        ValueError: there is no such label; the message suggests the closest.
    """
    found = known_label(name, {})
    if found is None:
        raise ValueError(_closest(name))
    return None if found == IGNORED else found


def known_label(name: str, labels: Mapping[str, str]) -> Label | Literal["none"] | None:
    """Our label for a tool's name by a map, `none` where it is to be left out, and None where it is unknown.

    >>> str(known_label("Official denial", {})), known_label("Topic", {"Topic": "none"}), known_label("Topic", {})
    ('official_denial', 'none', None)
    """
    wanted = _plain(labels.get(name, name))
    return IGNORED if wanted == IGNORED else _OURS.get(wanted)


def label_names(
    path: Path, given: Mapping[str, int], labels: Mapping[str, str], first: Mapping[str, str] = _NOWHERE
) -> dict[str, Label | None]:
    """Our label for every name in `given` (name → count), None for one that is left out.

    `first` says where a name is first, as far as that is known.

    Raises:
        DataError: with the unknown names and their counts.
    """
    known = {name: known_label(name, labels) for name in given}
    unknown = [name for name, label in known.items() if label is None]
    problems = []
    for name in unknown[:_LISTED]:
        short = name[:_LONGEST]
        hint = f"{_closest(labels.get(name, name))} map it: `labels: {{{short}: …}}`, or to `{IGNORED}`"
        problems.append(Problem(first.get(name, str(path)), f"unknown label {short!r}, {given[name]:,} times", hint))
    if more := unknown[_LISTED:]:
        hint = "are these labels, or something else?"
        problems.append(Problem(str(path), f"{len(more):,} more unknown labels", hint))
    if problems:
        raise DataError(problems)
    return {name: None if label == IGNORED else label for name, label in known.items()}


def wrong_targets(labels: Mapping[str, str]) -> list[tuple[str, str, str]]:
    """(name, ours, hint) of every entry of a label map that leads to no label of ours.

    >>> wrong_targets({"Denial": "official_denial", "Skip": "none", "Rumour": "unverified_clam"})
    [('Rumour', 'unverified_clam', "did you mean 'unverified_claim'?")]
    """
    found = []
    for name, ours in labels.items():
        try:
            label_named(ours)
        except ValueError as error:
            found.append((name, ours, str(error)))
    return found


def _closest(name: str) -> str:
    return did_you_mean(_plain(name)[:_LONGEST], [*_OURS, IGNORED])


def _plain(name: str) -> str:
    return name.strip().lower().replace(" ", "_").replace("-", "_")

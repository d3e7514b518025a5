"""The lines of a brat `.ann` file: an id, a tab, and what kind of annotation the id's first letter says."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from claimclf.articles import Span
from claimclf.errors import DataError, Problem
from claimclf.labels import LABELS
from claimclf.readers import raw

ALSO = "Also"  # a flag: the mark's label can be defended too
ARTICLE = "Article"  # a note: what an article has beside its marks
KINDS = {"E": "events", "R": "relations", "*": "equivalences", "N": "normalizations", "#": "notes", "A": "attributes"}
_LONGEST = 16 << 20  # bytes of a line
_MOST = 1_000  # problems that are listed
_BOUND = re.compile(r"(\S+) (\d{1,9} \d{1,9}(?:;\d{1,9} \d{1,9})*) *", re.ASCII)
_ATTRIBUTE = re.compile(r"(\S+) (\S+)(?: (.*\S))?\s*")


@dataclass(frozen=True)
class Bound:
    """A text-bound annotation: its pieces in the file's offsets, and the words that it says stand there."""

    where: str
    id: str
    type: str
    pieces: tuple[tuple[int, int], ...]
    words: str


@dataclass
class Record:
    """What a note of the type `Article` holds; `title` are the numbers of the headline's sentences."""

    id: str = ""
    story: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)
    sentences: list[Span] | None = None
    title: list[int] = field(default_factory=list)


@dataclass
class Lines:
    """What a file holds: its marks by id, label names that attributes give them, and counts of what is left out."""

    bounds: dict[str, Bound] = field(default_factory=dict)
    triggers: dict[str, str] = field(default_factory=dict)  # the marks of events, by the event's id
    names: dict[str, list[str]] = field(default_factory=dict)
    also: set[str] = field(default_factory=set)
    left_out: Counter[str] = field(default_factory=Counter)
    record: Record = field(default_factory=Record)


def lines_of(path: Path, labels: Mapping[str, str]) -> Lines:
    """The lines of a file; `labels` are the names that are mapped to ours.

    Raises:
        DataError: with every line that is no annotation, each as file:line.
    """
    found = Lines()
    problems: list[Problem] = []
    first: dict[str, str] = {}
    attributes: list[tuple[str, str]] = []
    for where, line in _decoded(path, problems):
        try:
            _take(where, line, first, attributes, found)
        except (ValueError, TypeError, AttributeError, RecursionError) as error:
            problems.append(Problem(where, f"no annotation of brat's: {error}", "is the file whole?"))
        if len(problems) == _MOST:
            raise DataError([*problems, Problem(str(path), "more problems, not listed")])
    for where, data in attributes:
        try:
            _attribute(data, labels, found)
        except ValueError as error:
            problems.append(Problem(where, str(error), "give it to a mark of this file"))
    if problems:
        raise DataError(problems)
    return found


def _decoded(path: Path, problems: list[Problem]) -> Iterator[tuple[str, str]]:
    """The lines that are not blank, each as (file:line, text); what cannot be read ends them."""
    where = str(path)
    try:
        for where, content in raw.lines(path, _LONGEST):
            if (line := raw.decoded(content).rstrip("\r\n")).strip():
                yield where, line
    except ValueError as error:
        problems.append(Problem(where, str(error)))
    except DataError as error:
        problems += error.problems


def _take(where: str, line: str, first: dict[str, str], attributes: list[tuple[str, str]], found: Lines) -> None:
    identity, data, tail = _parts(line)
    if identity != "*" and first.setdefault(identity, where) != where:
        raise ValueError(f"the id {identity} stands already at {first[identity]}")
    if identity[0] == "T":
        found.bounds[identity] = _bound(where, identity, data, tail)
    elif identity[0] in "AM":
        attributes.append((where, data))
    elif identity[0] == "#" and data.split(" ")[0] == ARTICLE and tail.startswith("{"):
        found.record = _record(tail)
    else:
        found.left_out[KINDS[identity[0]]] += 1
        if identity[0] == "E":
            found.triggers[identity] = data.split(" ")[0].partition(":")[2]


def _parts(line: str) -> tuple[str, str, str]:
    identity, tab, rest = line.partition("\t")
    if not tab:
        raise ValueError(f"no tab in {line[:60]!r}")
    kind = identity[:1]
    if not (identity == "*" or (kind in "TAMERN#" and re.search(r"\d", identity))):
        raise ValueError(f"the id {identity[:20]!r} is none of T, A, M, E, R, N, # with a number, or *")
    data, _, tail = rest.partition("\t")
    return identity, data, tail


def _bound(where: str, identity: str, data: str, words: str) -> Bound:
    match = _BOUND.fullmatch(data)
    if not match:
        raise ValueError(f"{data[:60]!r} is no `TYPE START END`")
    pieces = [piece.split(" ") for piece in match[2].split(";")]
    return Bound(where, identity, match[1], tuple((int(start), int(end)) for start, end in pieces), words)


def _attribute(data: str, labels: Mapping[str, str], found: Lines) -> None:
    """Count an attribute, or give what it says to its mark, which of an event is its trigger."""
    match = _ATTRIBUTE.fullmatch(data)
    if not match:
        raise ValueError(f"no attribute: {data[:60]!r} is no `NAME TARGET VALUE`")
    name, target, value = match[1], match[2], match[3] or ""
    mark = found.triggers.get(target, target)
    key = f"{name}:{value}" if value else name
    ours = (value or name).lower().replace(" ", "_").replace("-", "_") in {str(label) for label in LABELS}
    if key != ALSO and key not in labels and not ours:
        found.left_out[KINDS["A"]] += 1
    elif mark not in found.bounds:
        raise ValueError(f"the attribute {key} of {target}, which is no mark here")
    elif key == ALSO and key not in labels:
        found.also.add(mark)
    else:
        found.names.setdefault(mark, []).append(key if key in labels else value or name)


def _record(tail: str) -> Record:
    content = json.loads(tail)
    fields = content.get("fields", {})
    if not all(isinstance(value, str) for value in (content.get("id", ""), content.get("story", ""), *fields.values())):
        raise TypeError(f"the note {ARTICLE} has an id, a story or a field that is no string")
    sentences = content.get("sentences")
    spans = None if sentences is None else [Span(_whole(start), _whole(end)) for start, end in sentences]
    title = [_whole(number) for number in content.get("title", [])]
    return Record(content.get("id", ""), content.get("story", ""), fields, spans, title)


def _whole(value: Any) -> int:
    if type(value) is not int:
        raise TypeError(f"{value!r} in the note {ARTICLE} is no whole number")
    return value

"""The columns of a table with a sentence a row: what each can be called, and what ours are called."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from claimclf.errors import DataError, Problem
from claimclf.labels import did_you_mean

# The first name is the one that we write; the first that a table has is taken.
NAMES: dict[str, tuple[str, ...]] = {
    "article": ("article_id", "document_id", "doc_id", "article", "document", "doc", "id"),
    "sentence": ("sentence", "text", "content"),
    "label": ("label", "labels", "status", "class", "category"),
    "start": ("start", "begin", "start_offset"),
    "end": ("end", "end_offset"),
    "also": ("also",),
    "part": ("part",),
    "cues": ("cues",),
    "sources": ("sources",),
    "votes": ("votes",),
    "annotator": ("annotator", "annotator_id", "coder", "rater", "worker_id"),
    "story": ("story", "story_id"),
    "article_text": ("article_text", "document_text", "full_text", "text"),
}
_UNNAMED = re.compile(r"(?:unnamed:?_\d+|__index_level_\d+__)?")  # the row numbers of R, pandas and pandas' Parquet


def find(header: Sequence[str], given: Mapping[str, str], where: str) -> dict[str, str]:
    """Which column holds what: roles (keys of `NAMES`) → columns of `header`, by `given`, else by the usual names.

    A key of `given` is a role or one of its usual names; an empty value says that the table has no such column.

    >>> find(["Doc ID", "Text", "Klasse"], {"label": "Klasse"}, "a.csv")
    {'label': 'Klasse', 'article': 'Doc ID', 'sentence': 'Text'}

    Raises:
        DataError: `given` names what is no role, or no column; or a column that is needed stands twice.
    """
    roles = {role: role for role in NAMES} | {name: role for role, names in NAMES.items() for name in names}
    roles |= {"text": "sentence"} | {role: role for role in NAMES}
    problems, found = [], {}
    for key, column in given.items():
        if key not in roles:
            problems.append(
                Problem(where, f"columns: {key!r} is nothing a table holds", did_you_mean(key, list(NAMES)))
            )
        elif column and column not in header:
            problems.append(Problem(where, f"there is no column {column!r}", f"it has {_listed(header)}"))
        else:
            found[roles[key]] = column
    plain: dict[str, str] = {}
    for column in header:
        plain.setdefault(_plain(column), column)
    for role, names in NAMES.items():
        free = [plain[name] for name in names if name in plain and plain[name] not in found.values()]
        if role not in found and free:
            found[role] = free[0]
    twice = [column for column in found.values() if column and header.count(column) > 1]
    problems += [Problem(where, f"the column {column!r} stands twice", "keep one") for column in twice]
    if problems:
        raise DataError(problems)
    return {role: column for role, column in found.items() if column}


def needed(found: Mapping[str, str], header: Sequence[str], where: str) -> None:
    """Prove that a table has what it must.

    Raises:
        DataError: it has no labels, or neither sentences nor texts with offsets.
    """
    problems = []
    for role in ("sentence", "label"):
        offsets = role == "sentence" and {"article_text", "start", "end"} <= set(found)
        if role not in found and not offsets:
            names = ", ".join(NAMES[role])
            hint = f"name it one of {names}, or map it: `columns: {{{role}: …}}`; it has {_listed(header)}"
            problems.append(Problem(where, f"no column with the {role}s", hint))
    if problems:
        raise DataError(problems)


def others(header: Sequence[str], found: Mapping[str, str]) -> list[str]:
    """The columns that nothing in `found` has and that are no row numbers: what may be fields of an article.

    >>> header = ["", "Unnamed: 0", "text", "label", "outlet"]
    >>> others(header, find(header, {}, "a.csv"))
    ['outlet']
    """
    taken = set(found.values())
    return [name for name in dict.fromkeys(header) if name not in taken and not _UNNAMED.fullmatch(_plain(name))]


def _plain(name: str) -> str:
    return re.sub(r"[\s.-]+", "_", name.strip().casefold())


def _listed(header: Sequence[str]) -> str:
    shown = ", ".join(repr(name[:40]) for name in header[:30])
    return shown if len(header) <= 30 else f"{shown} and {len(header) - 30} more"

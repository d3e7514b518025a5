"""Annotated files → `Article`s: one file here a format, each with one function `read`."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from claimclf.articles import Article
from claimclf.errors import DataError, MissingTextsError, Problem
from claimclf.labels import did_you_mean
from claimclf.readers import cases, doccano, jsonl, label_studio, prodigy, written
from claimclf.readers.tasks import Imported, Reading

READERS: dict[str, Callable[[Path], Iterator[Article]]] = {
    "written": written.read,
    "jsonl": jsonl.read,
    "cases": cases.read,
}
EXPORTS: dict[str, Callable[[Path, Reading], Imported]] = {
    "label-studio": label_studio.read,
    "prodigy": prodigy.read,
    "doccano": doccano.read,
}
FORMATS = (*READERS, *EXPORTS)
_SUFFIXES = {".article": "written", cases.SUFFIX: "cases", ".jsonl": "", ".json": "label-studio"}
_FIRST_LINE = 1 << 20  # characters looked at to tell JSON lines apart


@dataclass(frozen=True, slots=True)
class Corpus:
    """Articles in the order read, the stand-off ones whose texts are not on this machine, and what readers decided."""

    articles: tuple[Article, ...]
    missing: tuple[Problem, ...] = ()
    notes: tuple[str, ...] = ()


def files(path: Path) -> list[Path]:
    """The annotated files at `path`: itself, or all below a folder, sorted.

    Raises:
        DataError: there is none.
    """
    if path.is_dir():
        found = sorted(p for p in path.rglob("*") if p.suffix in _SUFFIXES)
    else:
        found = [path] if path.is_file() else []
    if not found:
        what = "no such file or folder" if not path.exists() else "nothing to read"
        raise DataError([Problem(str(path), what, f"annotated files end in {', '.join(_SUFFIXES)}")])
    return found


def format_of(file: Path) -> str:
    """The format of a file, by its ending, and for JSON lines by the keys of the first record.

    Raises:
        DataError: the ending is none that is known.
    """
    if file.suffix not in _SUFFIXES:
        hint = f"name it {' or '.join(_SUFFIXES)}, or say which it is: --format {', '.join(FORMATS)}"
        raise DataError([Problem(str(file), f"files that end in {file.suffix!r} are not known", hint)])
    if _SUFFIXES[file.suffix]:
        return _SUFFIXES[file.suffix]
    record = _first_record(file)
    if "sentences" in record or "sha256" in record:
        return "jsonl"
    if "_input_hash" in record or "spans" in record or "answer" in record:
        return "prodigy"
    return "doccano" if {"label", "labels", "entities"} & set(record) else "jsonl"


def _first_record(file: Path) -> dict[str, Any]:
    with file.open(encoding="utf-8-sig", errors="replace") as lines:
        while line := lines.readline(_FIRST_LINE):
            if line.strip():
                try:
                    record = json.loads(line)
                except (ValueError, RecursionError):
                    return {}  # the reader says what is wrong with it
                return record if isinstance(record, dict) else {}
    return {}


@dataclass
class _Read:
    articles: list[Article] = field(default_factory=list)
    missing: list[Problem] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def read_corpus(paths: Sequence[Path], reading: Reading | None = None, form: str | None = None) -> Corpus:
    """Read every file at `paths`, in their order; missing texts are reported, not raised.

    `form`, one of `FORMATS`, overrules what the files look like; `reading` says how to read annotation exports.

    Raises:
        DataError: with every problem of every file, and ids that stand twice.
    """
    if form is not None and form not in FORMATS:
        raise DataError([Problem("--format", f"unknown format {form!r}", did_you_mean(form, list(FORMATS)))])
    found = _Read()
    for path in paths:
        try:
            for file in files(path):
                _read_file(file, form, reading or Reading(), found)
        except DataError as error:
            found.problems += error.problems
    first: dict[str, str] = {}
    for article in found.articles:
        if article.id in first:
            what = f"the id {article.id!r} stands already at {first[article.id]}"
            found.problems.append(Problem(article.where, what, "give each article its own"))
        first.setdefault(article.id, article.where)
    if found.problems:
        raise DataError(found.problems)
    return Corpus(tuple(found.articles), tuple(found.missing), tuple(found.notes))


def _read_file(file: Path, form: str | None, reading: Reading, found: _Read) -> None:
    try:
        form = form or format_of(file)
        if form in EXPORTS:
            export = EXPORTS[form](file, reading)
            found.articles += export.articles
            found.notes += export.notes
        elif form == "jsonl":
            there, elsewhere = jsonl.read_available(file)
            found.articles += there
            found.missing += elsewhere
        else:
            found.articles += READERS[form](file)
    except DataError as error:
        found.problems += error.problems


def read(path: Path) -> Iterator[Article]:
    """Yield every article at `path`, a file or a folder.

    >>> from claimclf.readers import read
    >>> articles = list(read(Path("seeds/written")))  # doctest: +SKIP

    Raises:
        DataError: with every problem of every file.
        MissingTextsError: the labels are in order, but texts are missing on this machine.
    """
    corpus = read_corpus([path])
    if corpus.missing:
        raise MissingTextsError(corpus.missing)
    yield from corpus.articles

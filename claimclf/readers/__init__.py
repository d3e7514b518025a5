"""Annotated files → `Article`s: one file here a format, each with one function `read`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from claimclf import agreement
from claimclf.articles import Article
from claimclf.errors import DataError, MissingTextsError, Problem
from claimclf.files import below
from claimclf.labels import did_you_mean
from claimclf.readers import (
    brat,
    cases,
    conll,
    doccano,
    hf_datasets,
    inception,
    jsonl,
    label_studio,
    prodigy,
    tables,
    written,
)
from claimclf.readers.annotators import unknown
from claimclf.readers.tasks import Imported, Reading


class Export(Protocol):
    """What a module that reads an annotation tool's export has."""

    SUFFIXES: tuple[str, ...]

    def fits(self, file: Path) -> bool:
        """Whether a file with one of the suffixes looks like this format, by its beginning; never an error."""

    def read(self, path: Path, reading: Reading) -> Imported:
        """The articles of the file."""


READERS: dict[str, Callable[[Path], Iterator[Article]]] = {
    "written": written.read,
    "jsonl": jsonl.read,
    "cases": cases.read,
}
# In the order in which `fits` is asked; where none does, the last of those with the suffix says what is wrong.
EXPORTS: dict[str, Export] = {
    "inception": inception,
    "prodigy": prodigy,
    "doccano": doccano,
    "label-studio": label_studio,
    "csv": tables,
    "tsv": tables,
    "datasets": hf_datasets,
    "conll": conll,
    "brat": brat,
}
FORMATS = (*READERS, *EXPORTS)
_OURS = {written.SUFFIX: "written", cases.SUFFIX: "cases"}
_OTHERS = (".csv", ".tsv", ".tab", ".zip")  # much else has these endings, too
SUFFIXES = tuple(dict.fromkeys([*_OURS, ".jsonl", *(s for export in EXPORTS.values() for s in export.SUFFIXES)]))


@dataclass(frozen=True, slots=True)
class Corpus:
    """Articles in the order read, the stand-off ones whose texts are not on this machine, and what readers decided."""

    articles: tuple[Article, ...]
    missing: tuple[Problem, ...] = ()
    notes: tuple[str, ...] = ()


def files(path: Path) -> list[Path]:
    """The annotated files at `path`: itself, or all below a folder, sorted; a saved dataset is one, as a folder.

    What two annotators settled of written articles (`settled.tsv` beside them) is none.

    Raises:
        DataError: there is none.
    """
    if path.is_dir():
        everything = [*below(path)]
        saved = {p for p in (path, *everything) if p.is_dir() and hf_datasets.is_saved(p)}
        some = (p for p in everything if p.suffix.lower() in SUFFIXES and not p.is_dir())
        whole = {p for p in saved if saved.isdisjoint(p.parents)}
        found = sorted([*whole, *(p for p in some if saved.isdisjoint(p.parents) and not written.is_settled(p))])
    else:
        found = [path] if path.is_file() else []
    if not found:
        what = "no such file or folder" if not path.exists() else "nothing to read"
        raise DataError([Problem(str(path), what, f"annotated files end in {', '.join(SUFFIXES)}")])
    return found


def format_of(file: Path) -> str:
    """The format of a file, by its ending, and where several have that ending, by how it begins.

    Raises:
        DataError: the ending is none that is known.
    """
    if file.is_dir():
        return "datasets"
    suffix = file.suffix.lower()
    if suffix not in SUFFIXES:
        hint = f"name it {' or '.join(SUFFIXES)}, or say which it is: --format {', '.join(FORMATS)}"
        raise DataError([Problem(str(file), f"files that end in {file.suffix!r} are not known", hint)])
    if suffix in _OURS:
        return _OURS[suffix]
    if suffix == ".jsonl" and jsonl.fits(file):
        return "jsonl"
    exports = [name for name, export in EXPORTS.items() if suffix in export.SUFFIXES]
    last = "jsonl" if suffix == ".jsonl" else exports[-1]
    return next((name for name in exports if EXPORTS[name].fits(file)), last)


@dataclass
class _Read:
    articles: list[Article] = field(default_factory=list)
    missing: list[Problem] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    ratings: list[Mapping[str, str]] = field(default_factory=list)
    annotators: Counter[str] = field(default_factory=Counter)


def read_corpus(paths: Sequence[Path], reading: Reading | None = None, form: str | None = None) -> Corpus:
    """Read every file at `paths`, in their order; missing texts are reported, not raised.

    `form`, one of `FORMATS`, overrules what the files look like; `reading` says how to read annotation exports. Of a
    folder, tables and zips that are no annotated data are left out, with a note, unless `form` or columns are given.

    Raises:
        DataError: with every problem of every file, ids that stand twice; an annotator whom nobody knows.
    """
    if form is not None and form not in FORMATS:
        raise DataError([Problem("--format", f"unknown format {form!r}", did_you_mean(form, list(FORMATS)))])
    found, reading = _Read(), reading or Reading()
    for path in paths:
        try:
            named = form == "datasets" and hf_datasets.is_hub_name(path)
            for file in [path] if named else files(path):
                if path.is_dir() and form is None and not reading.columns and _is_other(file):
                    found.notes.append(f"{file}: no annotated data, as far as can be told; left out")
                else:
                    _read_file(file, form, reading, found)
            found.notes += brat.texts_without_marks(path)
        except DataError as error:
            found.problems += error.problems
    first: dict[str, str] = {}
    for article in found.articles:
        if article.id in first:
            what = f"the id {article.id!r} stands already at {first[article.id]}"
            found.problems.append(Problem(article.where, what, "give each article its own"))
        first.setdefault(article.id, article.where)
    if problems := found.problems or unknown(reading.alone, found.annotators):
        raise DataError(problems)
    notes = (*found.notes, *agreement.describe(found.ratings))
    return Corpus(tuple(found.articles), tuple(found.missing), notes)


def _is_other(file: Path) -> bool:
    """Whether a file, met in a folder, has an ending of ours and none of our forms."""
    suffix = file.suffix.lower()
    if suffix not in _OTHERS or not file.is_file():  # a pipe, or a link to nowhere, is refused with its reason
        return False
    try:
        with file.open("rb") as content:
            content.read(1)
    except OSError:
        return False
    return not any(export.fits(file) for export in EXPORTS.values() if suffix in export.SUFFIXES)


def _read_file(file: Path, form: str | None, reading: Reading, found: _Read) -> None:
    try:
        if file.is_fifo() or file.is_socket():
            raise DataError([Problem(str(file), "no file but a pipe or a socket", "write it to a file first")])
        form = form or format_of(file)
        if form in EXPORTS:
            export = EXPORTS[form].read(file, reading)
            found.articles += export.articles
            found.notes += export.notes
            found.ratings += export.ratings
            found.annotators.update(export.annotators)
        elif form == "jsonl":
            there, elsewhere = jsonl.read_available(file)
            found.articles += there
            found.missing += elsewhere
        else:
            found.articles += READERS[form](file)
    except DataError as error:
        found.problems += error.problems
    except OSError as error:
        found.problems.append(Problem(str(file), f"cannot be read: {error.strerror or error}"))


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

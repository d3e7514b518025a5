"""Annotated files → `Article`s: one file here a format, each with one function `read(path)`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from claimclf.articles import Article
from claimclf.errors import DataError, MissingTextsError, Problem
from claimclf.readers import cases, jsonl, written

READERS: dict[str, Callable[[Path], Iterator[Article]]] = {
    ".article": written.read,
    ".jsonl": jsonl.read,
    cases.SUFFIX: cases.read,
}


@dataclass(frozen=True, slots=True)
class Corpus:
    """Articles in the order read, and the stand-off ones whose texts are not on this machine."""

    articles: tuple[Article, ...]
    missing: tuple[Problem, ...] = ()


def files(path: Path) -> list[Path]:
    """The annotated files at `path`: itself, or all below a folder, sorted.

    Raises:
        DataError: there is none.
    """
    if path.is_dir():
        found = sorted(p for p in path.rglob("*") if p.suffix in READERS)
    else:
        found = [path] if path.suffix in READERS and path.is_file() else []
    if not found:
        what = "no such file or folder" if not path.exists() else "nothing to read"
        raise DataError([Problem(str(path), what, f"annotated files end in {' or '.join(READERS)}")])
    return found


def read_corpus(paths: Sequence[Path]) -> Corpus:
    """Read every file at `paths`, in their order; missing texts are reported, not raised.

    Raises:
        DataError: with every problem of every file, and ids that stand twice.
    """
    articles: list[Article] = []
    missing: list[Problem] = []
    problems: list[Problem] = []
    for path in paths:
        try:
            for file in files(path):
                _read_file(file, articles, missing, problems)
        except DataError as error:
            problems += error.problems
    first: dict[str, str] = {}
    for article in articles:
        if article.id in first:
            found = f"the id {article.id!r} stands already at {first[article.id]}"
            problems.append(Problem(article.where, found, "give each article its own"))
        first.setdefault(article.id, article.where)
    if problems:
        raise DataError(problems)
    return Corpus(tuple(articles), tuple(missing))


def _read_file(file: Path, articles: list[Article], missing: list[Problem], problems: list[Problem]) -> None:
    try:
        if READERS[file.suffix] is jsonl.read:
            there, elsewhere = jsonl.read_available(file)
            articles += there
            missing += elsewhere
        else:
            articles += READERS[file.suffix](file)
    except DataError as error:
        problems += error.problems


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

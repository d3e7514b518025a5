"""The pool to choose articles from: text files, folders, JSON lines, or annotated data without their labels."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from claimclf.articles import Article, Sentence
from claimclf.errors import DataError, Problem
from claimclf.files import below
from claimclf.readers import SUFFIXES, files, jsonl, raw, read_corpus
from claimclf.readers.label_names import IGNORED
from claimclf.readers.parsing import strings
from claimclf.readers.tasks import Reading
from claimclf.writers.carried import Carried

TEXT_SUFFIXES = (".txt", ".text")  # in a folder; a file that is named itself may have any
_NO_FIELDS = ("id", "text", "label", "labels")


@dataclass(frozen=True, slots=True)
class Pool:
    """Articles without labels, each with an id of its own, and what could not be read.

    An article has the sentences that its data give, or none: it is then to be split.
    """

    articles: tuple[Article, ...]
    problems: tuple[Problem, ...] = ()


class _Nothing(Mapping[str, str]):
    """A map of label names on which every name is left out."""

    def __getitem__(self, name: str) -> str:
        return IGNORED

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0


@dataclass
class _Found:
    articles: dict[str, Article] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def take(self, article: Article) -> None:
        """Add an article; where its id is taken, its place is its id."""
        identity = article.id
        if identity in self.articles:
            identity = f"{article.id} ({article.where})"
        number = 2
        while identity in self.articles:
            identity, number = f"{article.id} ({article.where}, {number})", number + 1
        self.articles[identity] = replace(article, id=identity)


def read_pool(paths: Sequence[Path]) -> Pool:
    """Read everything at `paths` that is text; what cannot be read is a problem, and does not fail the rest.

    >>> read_pool([Path("no/such/folder")]).problems[0].found
    'no such file or folder'
    """
    found = _Found()
    for path in paths:
        for file in _files(path, found):
            try:
                _read(file, found)
            except DataError as error:
                found.problems += error.problems
            except OSError as error:
                found.problems.append(Problem(str(file), f"cannot be read: {error.strerror}"))
    return Pool(tuple(found.articles.values()), tuple(found.problems))


def _files(path: Path, found: _Found) -> list[Path]:
    """The text files and annotated files at `path`; the text of brat's marks is its `.ann`'s."""
    if path.is_file():
        return [path]
    texts = (p for p in below(path) if p.suffix.lower() in TEXT_SUFFIXES and p.is_file())
    alone = [text for text in texts if not text.with_suffix(".ann").exists()]
    with suppress(DataError):
        return sorted([*files(path), *alone])
    if not alone:
        what = "nothing to read" if path.exists() else "no such file or folder"
        found.problems.append(Problem(str(path), what, f"articles are files in {', '.join(TEXT_SUFFIXES)} or .jsonl"))
    return sorted(alone)


def _read(file: Path, found: _Found) -> None:
    if file.suffix.lower() == ".jsonl" and not jsonl.fits(file):
        _records(_lines(file, found), found)
    elif file.suffix.lower() == ".json" and (tasks := _tasks(file)) is not None:
        _records(((f"{file}: task {n}", task) for n, task in enumerate(tasks, 1)), found)
    elif file.is_dir() or file.suffix.lower() in SUFFIXES:
        corpus = read_corpus([file], Reading(_Nothing()))
        found.problems += corpus.missing
        for article in corpus.articles:
            bare = tuple(Sentence(s.span, None, part=s.part) for s in article.sentences)
            found.take(replace(article, sentences=bare))
    else:
        try:
            found.take(Article(str(file), file.read_bytes().decode("utf-8"), (), where=str(file)))
        except UnicodeDecodeError as error:
            hint = "convert it: iconv -t utf-8"
            found.problems.append(Problem(str(file), f"not UTF-8 at byte {error.start}", hint))


def _lines(file: Path, found: _Found) -> Iterator[tuple[str, Any]]:
    for where, line in raw.lines(file):
        if not line.strip():
            continue
        try:
            yield where, json.loads(raw.decoded(line))
        except (ValueError, RecursionError) as error:
            found.problems.append(Problem(where, f"no JSON: {error}", "one object a line, in UTF-8"))


def _tasks(file: Path) -> list[Any] | None:
    """The tasks of a JSON list; None where the file is no list, and another reader's."""
    try:
        content = json.loads(file.read_bytes().decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise DataError([Problem(str(file), f"no JSON: {error}")]) from error
    return content if isinstance(content, list) else None


def _records(records: Iterator[tuple[str, Any]], found: _Found) -> None:
    for where, record in records:
        try:
            data = record["data"] if isinstance(record, dict) and isinstance(record.get("data"), dict) else record
            if not isinstance(data, dict) or not isinstance(data.get("text"), str):
                raise ValueError('no object with a string `text`: {"text": "…"}')
            kept = Carried.of(data)
            given = data.get("id") if data is record else record.get("id")
            identity = kept.id or (str(given) if isinstance(given, (str, int)) and given != "" else where)
            fields = dict(strings(data, _NO_FIELDS))
            bare = tuple(Sentence(span, None) for span in kept.sentences or ())
            story = kept.story or fields.pop("story", "")
            found.take(Article(identity, data["text"], bare, story, fields, where))
        except DataError as error:
            found.problems += error.problems
        except ValueError as error:
            found.problems.append(Problem(where, str(error)))

"""JSON lines: one article a line, its text in the record or, stand-off, known by sha256 alone.

    {"id": "a1", "outlet": "…", "licence": "…", "story": "…", "title": "…", "text": "…", "sentences": […]}
    {"id": "a1", "outlet": "…", "licence": "…", "sha256": "…", "source": {…}, "sentences": […]}

A sentence is `{"start": 0, "end": 41, "label": "speculation", "also": ["unverified_claim"]}`; `label` may be
null, `votes` say how many annotators gave each label (`{"speculation": 2, "unverified_claim": 1}`), `cue` and `source`
hold words of the sentence (or `cues` and `sources` offsets, `[[3, 9]]`), and `text`, where given, must be what the
offsets say. With a `title`, the headline becomes the article's first line, and offsets of `text` are shifted behind it;
the sentence `{"part": "title", "label": …}` stands for it. In the stand-off form offsets are those of the whole text,
headline included, `characters` is its length, and the text is looked up in the `TextStore`. Every other key with a
string is a field of the article: outlet, desk, licence, whatever the data know.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from claimclf.articles import Article, Part, Sentence, Span
from claimclf.errors import DataError, MissingTextsError, Problem
from claimclf.labels import LABELS, Label, parse_label
from claimclf.readers import raw
from claimclf.texts import TextStore
from claimclf.writers.jsonl import STRUCTURE

FETCH = "run `python scripts/fetch_texts.py` (or with `--from FILE`) first"
_BREAK = "\n\n"
_SHA256 = re.compile("[0-9a-f]{64}")
_FIRST_LINE = 1 << 20  # characters looked at to tell JSON lines apart


def first_record(file: Path) -> dict[str, Any]:
    """The first line's JSON object, or an empty one: what is wrong with the file, its reader says."""
    with file.open(encoding="utf-8-sig", errors="replace") as lines:
        while line := lines.readline(_FIRST_LINE):
            if line.strip():
                try:
                    record = json.loads(line)
                except (ValueError, RecursionError):
                    return {}
                return record if isinstance(record, dict) else {}
    return {}


def fits(file: Path) -> bool:
    """Whether the first record is one of ours."""
    return bool({"sentences", "sha256"} & set(first_record(file)))


def read(path: Path) -> Iterator[Article]:
    """Yield the articles of `path`.

    Raises:
        DataError: with every problem of the file, each as file:line.
        MissingTextsError: the labels are in order, but texts are missing on this machine.
    """
    articles, missing = read_available(path)
    if missing:
        raise MissingTextsError(missing)
    yield from articles


def read_available(path: Path) -> tuple[list[Article], list[Problem]]:
    """The articles of `path` whose texts are on this machine, and one problem for each of the others.

    Raises:
        DataError: with every problem of the labels and texts that are there.
    """
    articles: list[Article] = []
    missing: list[Problem] = []
    problems: list[Problem] = []
    store = TextStore.default()
    for where, record in records(path):
        try:
            text = _text(where, record, store)
            if text is not None:
                articles.append(_article(where, record, text))
            else:
                _article(where, record, "x" * _length(where, record))  # its labels are still proved
                found = f"the text of {record.get('id')!r} is not on this machine"
                missing.append(Problem(where, found, FETCH))
        except DataError as error:
            problems += error.problems
    raw.prove(problems)
    return articles, missing


def article(where: str, record: dict[str, Any]) -> Article:
    """The article of one record, which has its text or a text that is on this machine.

    Raises:
        DataError: with every problem of it.
    """
    text = _text(where, record, TextStore.default())
    if text is None:
        raise DataError([Problem(where, f"the text of {record.get('id')!r} is not on this machine", FETCH)])
    return _article(where, record, text)


def records(path: Path) -> list[tuple[str, dict[str, Any]]]:
    """Every record of a JSON-lines file with its place, file:line.

    Raises:
        DataError: with every line that is no JSON object; or there is none.
    """
    found, problems = [], []
    for where, line in raw.lines(path):
        if not line.strip():
            continue
        try:
            record = raw.loads(raw.decoded(line))
            if not isinstance(record, dict):
                raise ValueError(f"a {type(record).__name__}, not an object")
            found.append((where, record))
        except ValueError as error:
            problems.append(Problem(where, f"no JSON record: {error}", "one object a line, in UTF-8"))
            if len(problems) >= raw.MOST:
                break
    raw.prove(problems)
    if not found:
        raise raw.empty(path)
    return found


def _text(where: str, record: dict[str, Any], store: TextStore) -> str | None:
    if isinstance(record.get("text"), str):
        title = record.get("title") or ""
        return f"{title}{_BREAK}{record['text']}" if title else str(record["text"])
    sha256 = record.get("sha256")
    if isinstance(sha256, str):
        if not _SHA256.fullmatch(sha256):
            raise DataError([Problem(where, f"the sha256 {sha256[:70]!r} is not 64 hex digits")])
        return store.get(sha256)
    raise DataError([Problem(where, "neither a text nor a sha256", "give `text`, or `sha256` and `source`")])


def _length(where: str, record: dict[str, Any]) -> int:
    length = record.get("characters", 0)
    if type(length) is not int or length > raw.MAX_TEXT:
        raise DataError([Problem(where, f"`characters` is {str(length)[:40]!r}, not a text's length")])
    return length


def _article(where: str, record: dict[str, Any], text: str) -> Article:
    title = str(record.get("title") or "") if isinstance(record.get("text"), str) else ""
    shift = len(title) + len(_BREAK) if title else 0
    problems: list[Problem] = []
    sentences = []
    if not isinstance(record.get("sentences"), list):
        raise DataError([Problem(where, "no list of sentences", "add `sentences`")])
    for number, row in enumerate(record["sentences"], 1):
        try:
            sentences.append(_sentence(row, text, shift, len(title)))
        except (ValueError, TypeError, KeyError) as error:
            what = f"no field {error}" if isinstance(error, KeyError) else str(error)
            problems.append(Problem(f"{where}: sentence {number}", what))
    if problems:
        raise DataError(problems)
    fields = {key: value for key, value in record.items() if key not in STRUCTURE and isinstance(value, str) and value}
    identity, story = ("" if record.get(key) is None else str(record[key]) for key in ("id", "story"))
    return Article(identity, text, tuple(sentences), story, fields, where)


def _sentence(row: Any, text: str, shift: int, title: int) -> Sentence:
    if not isinstance(row, dict):
        raise TypeError(f"a {type(row).__name__}, not an object")
    if row.get("part") not in (None, "title", "body"):
        raise ValueError(f"its part {str(row['part'])[:40]!r} is neither title nor body")
    part: Part = row.get("part") or "body"
    if part == "title" and "start" not in row:
        if not title:
            raise ValueError("stands for the title, but the record has none")
        span = Span(0, title)
    elif part == "title" and title:
        raise ValueError(
            "the sentence of a `title` that is apart from the text takes no offsets; leave out start and end"
        )
    else:
        span = Span(_offset(row, "start") + shift, _offset(row, "end") + shift)
    words = span.of(text)
    if "text" in row and row["text"] != words:
        raise ValueError(f"its offsets say {words[:60]!r}, its text {str(row['text'])[:60]!r}")
    label = None if row["label"] is None else parse_label(row["label"])
    cues, sources = (_marks(row, kind, span, words) for kind in ("cue", "source"))
    return Sentence(span, label, _also(row), part, cues, sources, _votes(row))


def _offset(row: dict[str, Any], key: str) -> int:
    if type(row[key]) is not int:
        raise TypeError(f"{key} is {str(row[key])[:60]!r}, not a whole number")
    return int(row[key])


def _span(mark: Any, what: str) -> Span:
    if not isinstance(mark, list) or [type(offset) for offset in mark] != [int, int]:
        raise TypeError(f"`{what}` holds {str(mark)[:60]!r}, where [start, end] is due")
    return Span(*mark)


def _also(row: dict[str, Any]) -> tuple[Label, ...]:
    return tuple(parse_label(name) for name in _one_or_more(row, "also"))


def _one_or_more(row: dict[str, Any], key: str) -> list[Any]:
    """A list, or a string that stands for a list of itself."""
    given = row.get(key)
    return [given] * bool(given) if isinstance(given, str) else raw.listed(given, key)


def _votes(row: dict[str, Any]) -> tuple[int, ...]:
    votes = row.get("votes")
    if votes is None:
        return ()
    if not isinstance(votes, dict):
        raise TypeError(f"its votes are {str(votes)[:60]!r}, not an object of label and number")
    given = {parse_label(name): count for name, count in votes.items()}
    return tuple(given.get(label, 0) for label in LABELS)


def _marks(row: dict[str, Any], kind: str, span: Span, words: str) -> tuple[Span, ...]:
    """The spans under `cues` or `sources` ([start, end] in the article), or those of the words in `cue`, `source`."""
    spans = [_span(mark, f"{kind}s") for mark in raw.listed(row.get(f"{kind}s"), f"{kind}s")]
    for value in _one_or_more(row, kind):
        at = words.find(value)
        if at < 0:
            raise ValueError(f"{kind} {value[:60]!r} does not stand in it: {words[:200]!r}")
        spans.append(Span(span.start + at, span.start + at + len(value)))
    return tuple(sorted(spans))

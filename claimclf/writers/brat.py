"""brat standoff, a folder: `NAME.txt` and `NAME.ann` for each article, and the `annotation.conf` of the project.

A sentence's label is a mark on exactly the sentence, `also` are further ones with the flag `Also`, cues and sources are
marks of their own. What brat has no place for (id, story, fields, where sentences begin and end, which are the
headline) stands as JSON in a note of the type `Article`, at the first mark. Marks are cut at line breaks, as brat does.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from claimclf.articles import Article, Span
from claimclf.errors import DataError, Problem
from claimclf.labels import LABELS
from claimclf.writers.outcome import Outcome

_CONF = (
    "[entities]\n{labels}\nCue\nSource\n\n[relations]\n"
    "<OVERLAP>\tArg1:<ENTITY>, Arg2:<ENTITY>, <OVL-TYPE>:<ANY>\n\n[events]\n\n[attributes]\nAlso\tArg:<ENTITY>\n"
)
_NO_NAME = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)  # what Windows takes for devices
_LONGEST = 100  # characters of a file's name


def write(articles: Sequence[Article], path: Path) -> Outcome:
    """Write the articles into the folder `path`, which is made.

    Raises:
        DataError: it is a file, or a folder with files in it: annotations there are never written over.
    """
    if path.exists() and (not path.is_dir() or any(path.iterdir())):
        raise DataError([Problem(str(path), "is there already, and not an empty folder", "name a new one")])
    path.mkdir(parents=True, exist_ok=True)
    (path / "annotation.conf").write_bytes(_CONF.format(labels="\n".join(LABELS)).encode())
    names: set[str] = set()
    broken = cut = 0
    for article in articles:
        try:
            text = article.text.encode("utf-8")
            name = _file_name(article.id, names)
            lines = list(_lines(article, name))
            (path / f"{name}.txt").write_bytes(text)
            (path / f"{name}.ann").write_bytes("".join(f"{line}\n" for line in lines).encode("utf-8"))
            cut += sum(not _carried(article.text, m) for s in article.sentences for m in (*s.cues, *s.sources))
        except UnicodeEncodeError:
            broken += 1
    lost = [f"texts with half a surrogate pair: {broken:,} articles are left out"] if broken else []
    lost += [f"cues and sources that begin or end with a line break: {cut:,} are left out"] if cut else []
    votes = sum(sum(s.votes) for a in articles for s in a.sentences)
    lost += [f"votes of annotators: {votes:,}"] if votes else []
    return Outcome(len(articles) - broken, tuple(lost))


def _file_name(identity: str, taken: set[str]) -> str:
    """A name for the article's files, on every system and never twice, its id where that is one.

    >>> taken = set()
    >>> [_file_name(identity, taken) for identity in ("a-1", "A-1", "../x", "aux")]
    ['a-1', 'A-1-2', 'x', 'aux-2']
    """
    name = re.sub(r"[^\w.-]+", "-", identity, flags=re.ASCII)[:_LONGEST].strip(".-") or "article"
    found, number = name, 1
    while found.casefold() in taken or _NO_NAME.fullmatch(found):
        number += 1
        found = f"{name}-{number}"
    taken.add(found.casefold())
    return found


def _lines(article: Article, name: str) -> Iterator[str]:
    record = _record(article, name)
    if record:
        yield f"#1\tArticle T1\t{json.dumps(record, separators=(',', ':'))}"
    number = flags = 0
    for sentence in article.sentences:
        labels = (sentence.label, *sentence.also)
        marks = [(str(label), sentence.span, place > 0) for place, label in enumerate(labels) if label is not None]
        for kind, spans in (("Cue", sentence.cues), ("Source", sentence.sources)):
            marks += [(kind, span, False) for span in spans if _carried(article.text, span)]
        for kind, span, also in marks:
            number += 1
            pieces = list(_pieces(article.text, span))
            places = ";".join(f"{piece.start} {piece.end}" for piece in pieces)
            yield f"T{number}\t{kind} {places}\t{' '.join(piece.of(article.text) for piece in pieces)}"
            if also:
                flags += 1
                yield f"A{flags}\tAlso T{number}"


def _record(article: Article, name: str) -> dict[str, object]:
    record: dict[str, object] = {"id": article.id} if article.id != name else {}
    if article.story != article.id:
        record["story"] = article.story
    if article.fields:
        record["fields"] = dict(article.fields)
    record["sentences"] = [[sentence.span.start, sentence.span.end] for sentence in article.sentences]
    title = [number for number, sentence in enumerate(article.sentences) if sentence.part == "title"]
    return {**record, "title": title} if title else record


def _pieces(text: str, span: Span) -> Iterator[Span]:
    """The stretches of a span between line breaks, of every kind that ends a line for someone, without blank ones."""
    start = span.start
    for line in span.of(text).splitlines(keepends=True):
        words = line.splitlines()[0]
        if words.strip():
            yield Span(start, start + len(words))
        start += len(line)


def _carried(text: str, span: Span) -> bool:
    pieces = list(_pieces(text, span))
    return bool(pieces) and (pieces[0].start, pieces[-1].end) == (span.start, span.end)

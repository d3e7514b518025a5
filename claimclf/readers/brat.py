r"""brat standoff: `NAME.ann` with the marks, `NAME.txt` beside it with the text.

Its lines, each with tabs behind the id and before the words:

    T1  Denial 0 12         It was false
    T2  Denial 14 18;19 24  Only lines
    A1  Status T1 Denial

What carries a label is a text-bound annotation (T). An attribute whose value is one of our names, or which `--label
Status:Denial=…` maps (a flag: `--label Denied=…`), carries it in the place of its T's type (an event's, of its
trigger); the flag `Also` says that a mark gives a label that can be defended too. `Cue` and `Source` mark words of a
sentence. brat cuts a mark at line breaks: pieces with white space alone between them are one mark, others a mark each.
Events, relations, equivalences, normalizations, notes and other attributes are counted, not read. Our writer's notes,
of the type `Article`, say what brat has no place for.

brat counts code points. Other programs count UTF-16 units, a \r\n as one character, or no byte order mark; the way in
which all quoted words are where the offsets say is found and reported.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from claimclf.articles import Article, Part, Sentence, Span
from claimclf.errors import DataError, Problem
from claimclf.labels import Label
from claimclf.offsets import Mark, Offsets, Unit
from claimclf.projection import project
from claimclf.readers.brat_lines import Bound, Lines, lines_of
from claimclf.readers.label_names import label_names
from claimclf.readers.tasks import Imported, Pass, Reading, Task, imported

SUFFIXES: tuple[str, ...] = (".ann",)
_LARGEST = 1 << 20  # bytes of a text: no article is longer
_WITHOUT = (  # what a program may leave out of the text as it counts
    ("", None),
    (", \\r\\n as one character", re.compile("\r(?=\n)")),
    (", no byte order mark", re.compile("\\A\ufeff")),
    (", \\r\\n as one character, no byte order mark", re.compile("\\A\ufeff|\r(?=\n)")),
)
_UNITS: tuple[Unit, ...] = ("codepoint", "utf16", "byte")
_CUE, _SOURCE = "Cue", "Source"


def fits(file: Path) -> bool:
    """Always: no other format has this ending."""
    return file.suffix.lower() in SUFFIXES


def texts_without_marks(folder: Path) -> tuple[str, ...]:
    """A note on the texts below a folder of brat's that have no `.ann`."""
    if not folder.is_dir() or next(folder.rglob("*.ann"), None) is None:
        return ()
    found = sorted(str(p) for p in folder.rglob("*.txt") if not p.with_suffix(".ann").exists())
    named = ", ".join(found[:3]) + (", …" if len(found) > 3 else "")
    return (f"{folder}: {len(found):,} texts have no .ann beside them and are not read: {named}",) if found else ()


def read(path: Path, reading: Reading) -> Imported:
    """The article of one `.ann` file and the text beside it; the annotator is the folder.

    Raises:
        DataError: with every problem of the file, each as file:line.
    """
    lines = lines_of(path, reading.labels)
    text = _text(path.with_suffix(".txt"))
    spans, counted = _spans(text, lines, reading)
    main, also, marks = _sorted(lines, spans, reading)
    names = label_names(path, Counter(name for _, name in (*main, *also)), reading.labels)
    record = lines.record
    annotator = path.absolute().parent.name
    if reading.alone not in (None, annotator):
        also, marks = [], {kind: [] for kind in marks}
    given = Pass(annotator, tuple((Mark(s.start, s.end), name) for s, name in main))
    sentences = None if record.sentences is None else tuple(record.sentences)
    task = Task(f"{path}:1", record.id or path.stem, text, (given,), record.fields, sentences)
    found = imported(path, [task], replace(reading, unit="codepoint"))
    seconds = [(span, label) for span, name in also if (label := names[name]) is not None]
    articles = tuple(_completed(article, record.story, record.title, seconds, marks) for article in found.articles)
    kept = sum(len(s.cues) + len(s.sources) for a in articles for s in a.sentences)
    lost = sum(map(len, marks.values())) - kept
    left_out = [f"{count:,} {kind}" for kind, count in lines.left_out.items()]
    left_out += [f"{lost:,} cues or sources across sentences"] if lost else []
    note = f"{path}: {len(lines.bounds):,} marks, offsets in {counted}" + found.notes[1].removeprefix(str(path))
    return replace(
        found, articles=articles, notes=(note + "; left out: " + (", ".join(left_out) or "nothing"), *found.notes[2:])
    )


def _text(path: Path) -> str:
    if not path.is_file():
        raise DataError([Problem(str(path), "the text of the .ann beside it is missing", "put it there")])
    if path.stat().st_size > _LARGEST:
        hint = f"an article has up to {_LARGEST:,}; split it"
        raise DataError([Problem(str(path), f"a text of {path.stat().st_size:,} bytes", hint)])
    content = path.read_bytes()
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise DataError([Problem(f"{path}:{line}", "not UTF-8", "save it as UTF-8, as brat does")]) from error


class _View:
    r"""A text as some program counts it: in a unit, and without some of its characters.

    >>> _View("a\r\nbc", "codepoint", re.compile("\r(?=\n)")).span(2, 4)
    Span(start=3, end=5)
    """

    def __init__(self, text: str, unit: Unit, without: re.Pattern[str] | None) -> None:
        places = [match.start() for match in without.finditer(text)] if without else []
        self._shifts = [place - count for count, place in enumerate(places)]
        self._offsets = Offsets(without.sub("", text) if without else text, unit)

    def span(self, start: int, end: int) -> Span:
        found = self._offsets.span(Mark(start, end))
        return Span(self._place(found.start), self._place(found.end - 1) + 1)

    def _place(self, offset: int) -> int:
        return offset + bisect_right(self._shifts, offset)


def _views(text: str, unit: Unit | None) -> Iterator[tuple[str, _View]]:
    for name, without in _WITHOUT:
        if without is None or without.search(text):
            for u in (unit,) if unit else _UNITS[:1] if text.isascii() else _UNITS:
                yield f"{u} units{name}", _View(text, u, without)


def _spans(text: str, lines: Lines, reading: Reading) -> tuple[dict[str, list[Span]], str]:
    """Each T's spans in code points, and how its offsets count.

    Raises:
        DataError: there is no way to count in which all are right; the problems are those of the best.
    """
    best: list[Problem] | None = None
    for name, view in _views(text, reading.unit):
        spans, problems = {}, []
        for bound in lines.bounds.values():
            try:
                spans[bound.id] = _proved(text, bound, view, reading.unit is not None)
            except ValueError as error:
                problems.append(Problem(bound.where, f"{bound.id} ({bound.type}): {error}", "is this its text?"))
                if best is not None and len(problems) >= len(best):
                    break
        if not problems:
            return spans, name
        best = problems if best is None or len(problems) < len(best) else best
    raise DataError(best or [])


def _proved(text: str, bound: Bound, view: _View, stated: bool) -> list[Span]:
    pieces = [view.span(start, end) for start, end in bound.pieces]
    words = " ".join(span.of(text) for span in pieces)
    if not words.strip():
        raise ValueError("it marks white space alone")
    if not bound.words.strip() and not stated:
        raise ValueError("no words behind its offsets prove them; --offset-unit codepoint takes them as they are")
    if bound.words.strip() and not _same(words, bound.words):
        raise ValueError(f"its offsets say {words[:60]!r}, its words are {bound.words[:60]!r}")
    joined: list[Span] = []
    for piece in sorted(pieces):
        if joined and not text[joined[-1].end : piece.start].strip():
            joined[-1] = Span(joined[-1].start, max(joined[-1].end, piece.end))
        else:
            joined.append(piece)
    return joined


def _same(words: str, given: str) -> bool:
    """Whether `given` are the words, white space aside; a comment may stand behind them."""
    flat, line = (re.sub(r"\s", " ", part) for part in (words, given))
    return flat.replace(" ", "") == line.replace(" ", "") or line.startswith(f"{flat} ")


def _sorted(
    lines: Lines, spans: Mapping[str, Sequence[Span]], reading: Reading
) -> tuple[list[tuple[Span, str]], list[tuple[Span, str]], dict[str, list[Span]]]:
    """The spans with label names, those of labels that can be defended too, and those of cues and sources."""
    main: list[tuple[Span, str]] = []
    also: list[tuple[Span, str]] = []
    marks: dict[str, list[Span]] = {_CUE: [], _SOURCE: []}
    for bound in lines.bounds.values():
        names = lines.names.get(bound.id) or [bound.type]
        if bound.type in marks and bound.type not in reading.labels and bound.id not in lines.names:
            marks[bound.type] += spans[bound.id]
        else:
            (also if bound.id in lines.also else main).extend((span, n) for span in spans[bound.id] for n in names)
    return main, also, marks


def _completed(
    article: Article,
    story: str,
    titles: Collection[int],
    also: Sequence[tuple[Span, Label]],
    marks: Mapping[str, Sequence[Span]],
) -> Article:
    places = [sentence.span for sentence in article.sentences]
    others: list[dict[Label, None]] = [dict.fromkeys(sentence.also) for sentence in article.sentences]
    for mark in also:
        for number, given in enumerate(project(article.text, [mark], places).sentences):
            if given.label not in (None, article.sentences[number].label):
                others[number][mark[1]] = None
    sentences: list[Sentence] = []
    for number, sentence in enumerate(article.sentences):
        place = sentence.span
        cues, sources = (
            tuple(m for m in marks[kind] if place.start <= m.start and m.end <= place.end) for kind in (_CUE, _SOURCE)
        )
        part: Part = "title" if number in titles else "body"
        sentences.append(replace(sentence, also=tuple(others[number]), part=part, cues=cues, sources=sources))
    return replace(article, story=story, sentences=tuple(sentences))

"""The written form: one article a file, made for hands and for `git diff`.

    id: orrin-bridge
    story: orrin-bridge
    outlet: The Orrin Gazette
    desk: local
    style: regional daily
    country: Ireland

    unverified_claim: Bridge was known to be unsafe, engineer says
      cue: says
      source: engineer

    factual_report: The county closed the bridge on Monday.
    none: Read more

Six header lines (and `shape: OUTLET` where it follows the shape of a real article of that outlet), a blank line, the
headline, a blank line, then paragraphs of one sentence a line.
Offsets are derived: sentences of a paragraph are joined by a space, paragraphs by a blank line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from claimclf.articles import Article, Sentence, Span
from claimclf.errors import Problem
from claimclf.labels import Label, did_you_mean, parse_label
from claimclf.readers import raw

HEADER = ("id", "story", "outlet", "desk", "style", "country")
OPTIONAL = ("shape",)
MARKS = ("cue", "source", "also")
UNLABELLED = "none"
SUFFIX = ".article"
SETTLED = "settled.tsv"
_FIELD = re.compile(r"([a-z_]+): (.*\S)\s*")
_MARK = re.compile(r"\s+([a-z_]+)(?:\[(\d+)\])?: (.*\S)\s*")


@dataclass
class _Line:
    """A sentence being read: its place in the file, its text, and the marks under it."""

    number: int
    label: Label | None
    text: str
    also: list[Label] = field(default_factory=list)
    cues: list[tuple[int, int]] = field(default_factory=list)
    sources: list[tuple[int, int]] = field(default_factory=list)


def is_settled(file: Path) -> bool:
    """Whether a file says what two annotators did not agree on, of the written articles that it stands beside.

    >>> is_settled(Path("seeds/written/settled.tsv")), is_settled(Path("mine/settled.tsv"))
    (True, False)
    """
    return file.name == SETTLED and any(file.parent.glob(f"*{SUFFIX}"))


def read(path: Path) -> Iterator[Article]:
    """Yield the one article of `path`.

    Raises:
        DataError: with every problem of the file, each as file:line.
    """
    lines = re.split("\r\n?|\n", raw.whole(path, raw.MAX_TEXT))
    problems: list[Problem] = []
    header, body_start = _header(path, lines, problems)
    blocks = _blocks(path, lines, body_start, problems)
    if not blocks and not problems:
        problems.append(Problem(f"{path}:{body_start + 1}", "no sentences", "write `label: text`, one a line"))
    elif blocks and len(blocks[0]) != 1:
        where = f"{path}:{blocks[0][1].number}"
        problems.append(Problem(where, "a sentence right under the headline", "put a blank line between them"))
    raw.prove(sorted(problems, key=_line_of))
    yield _article(path, header, blocks)


def _line_of(problem: Problem) -> int:
    number = problem.where.rpartition(":")[2]
    return int(number) if number.isdigit() else 0


def _header(path: Path, lines: list[str], problems: list[Problem]) -> tuple[dict[str, str], int]:
    header: dict[str, str] = {}
    end = next((i for i, line in enumerate(lines) if not line.strip()), len(lines))
    for number, line in enumerate(lines[:end], 1):
        found = _FIELD.fullmatch(line)
        where = f"{path}:{number}"
        if not found:
            problems.append(Problem(where, f"no header line: {line[:60]!r}", "write `key: value`"))
        elif found[1] not in (*HEADER, *OPTIONAL):
            problems.append(Problem(where, f"unknown header {found[1]!r}", did_you_mean(found[1], list(HEADER))))
        elif found[1] in header:
            problems.append(Problem(where, f"the header {found[1]!r} stands twice", "keep one"))
        else:
            header[found[1]] = found[2]
    missing = [key for key in HEADER if key not in header]
    if missing:
        problems.append(Problem(f"{path}:1", f"no header {', '.join(missing)}", "add `key: value` lines"))
    if header.get("id", path.stem) != path.stem:
        hint = f"name the file {header['id']}{path.suffix}"
        problems.append(Problem(f"{path}:1", f"the id {header['id']!r} is not the file's name", hint))
    return header, end


def _blocks(path: Path, lines: list[str], start: int, problems: list[Problem]) -> list[list[_Line]]:
    blocks: list[list[_Line]] = [[]]
    for number, line in enumerate(lines[start:], start + 1):
        where = f"{path}:{number}"
        if not line.strip():
            blocks.append([])
        elif line[0].isspace():
            if blocks[-1]:
                _mark(where, line, blocks[-1][-1], problems)
            else:
                problems.append(Problem(where, "a mark without a sentence above it", "remove the blank line"))
        else:
            _sentence(where, number, line, blocks[-1], problems)
    return [block for block in blocks if block]


def _sentence(where: str, number: int, line: str, block: list[_Line], problems: list[Problem]) -> None:
    found = _FIELD.fullmatch(line)
    if not found:
        problems.append(Problem(where, f"no sentence: {line[:60]!r}", "write `label: text`"))
        return
    try:
        label = None if found[1] == UNLABELLED else parse_label(found[1])
    except ValueError as error:
        problems.append(Problem(where, str(error)))
        return
    block.append(_Line(number, label, found[2]))


def _mark(where: str, line: str, sentence: _Line, problems: list[Problem]) -> None:
    found = _MARK.fullmatch(line)
    if not found or found[1] not in MARKS:
        hint = did_you_mean(found[1], list(MARKS)) if found else "write `  cue: words`"
        problems.append(Problem(where, f"no mark of a sentence: {line.strip()[:60]!r}", hint))
    elif found[1] == "also":
        for name in found[3].split(","):
            try:
                sentence.also.append(parse_label(name.strip()))
            except ValueError as error:
                problems.append(Problem(where, str(error)))
        if sentence.label in sentence.also:
            problems.append(Problem(where, f"'also' repeats the label {sentence.label}", "remove it"))
    else:
        place = _occurrence(where, found[3], found[2], sentence.text, problems)
        if place:
            (sentence.cues if found[1] == "cue" else sentence.sources).append(place)


def _occurrence(
    where: str, words: str, which: str | None, text: str, problems: list[Problem]
) -> tuple[int, int] | None:
    """Where `words` stand in `text` as whole words; `which` says the how-manieth occurrence is meant."""
    left = r"(?<!\w)" if words[0].isalnum() else ""
    right = r"(?!\w)" if words[-1].isalnum() else ""
    found = [match.span() for match in re.finditer(left + re.escape(words) + right, text)]
    if not found:
        problems.append(Problem(where, f"{words!r} does not stand in the sentence above", "copy it exactly"))
    elif which is None and len(found) > 1:
        hint = "say which: `cue[2]: …` is the second"
        problems.append(Problem(where, f"{words!r} stands {len(found)} times in the sentence above", hint))
    elif which is not None and not 1 <= int(which) <= len(found):
        problems.append(Problem(where, f"there is no occurrence {which} of {words!r}: it has {len(found)}"))
    else:
        return found[int(which or 1) - 1]
    return None


def _article(path: Path, header: dict[str, str], blocks: list[list[_Line]]) -> Article:
    text = "\n\n".join(" ".join(line.text for line in block) for block in blocks)
    sentences, at = [], 0
    for index, block in enumerate(blocks):
        for line in block:
            sentences.append(
                Sentence(
                    span=Span(at, at + len(line.text)),
                    label=line.label,
                    also=tuple(line.also),
                    part="title" if index == 0 else "body",
                    cues=tuple(sorted(Span(at + start, at + end) for start, end in line.cues)),
                    sources=tuple(sorted(Span(at + start, at + end) for start, end in line.sources)),
                )
            )
            at += len(line.text) + 1
        at += 1
    fields = {key: value for key, value in header.items() if key not in ("id", "story")}
    return Article(header["id"], text, tuple(sentences), header["story"], fields, f"{path}:1")

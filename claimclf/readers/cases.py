"""Behavioural cases: a sentence in its context, or versions of it that differ in one thing, one case a JSON line.

    {"id": "plea-1", "case": "plea in court", "held_out": true, "variants": [
        {"before": ["Mayor on trial"], "sentence": "He pleaded not guilty.", "after": [], "label": "official_denial"}]}

The file's name is the family. `also` in a variant names other labels that can be defended. A `before` that begins
without a full stop is a headline. Each variant is an `Article` in which the sentence under test alone has a label; as
annotated articles, `read` gives those that are not held out, so that training never sees the others.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from claimclf.articles import Article, Part, Sentence, Span
from claimclf.errors import DataError, Problem
from claimclf.labels import parse_label
from claimclf.readers import raw

SUFFIX = ".cases"
STYLE = "behavioural case"
_KEYS = {"id", "case", "held_out", "variants"}
_VARIANT = {"before", "sentence", "after", "label", "also"}
_ENDS = tuple(".!?…:\"”’')")


@dataclass(frozen=True, slots=True)
class Case:
    """One case of a family; in each of `variants` exactly one sentence has a label: the one under test."""

    id: str
    family: str
    case: str
    held_out: bool
    variants: tuple[Article, ...]


def read(path: Path) -> Iterator[Article]:
    """Yield the variants of the cases of `path` that are not held out, as articles.

    Raises:
        DataError: with every problem of the file, held-out cases included.
    """
    for case in read_cases(path):
        if not case.held_out:
            yield from case.variants


def read_cases(path: Path) -> list[Case]:
    """All cases of a file, or of the files below a folder, sorted by name.

    Raises:
        DataError: with every problem of every file, each as file:line; or there is no file.
    """
    files = sorted(path.rglob(f"*{SUFFIX}")) if path.is_dir() else [path]
    if not files or not files[0].is_file():
        raise DataError([Problem(str(path), "no behavioural cases", f"give a folder of *{SUFFIX} files")])
    cases: list[Case] = []
    problems: list[Problem] = []
    for file in files:
        found = _cases(file, problems)
        if not found and not problems:
            problems += raw.empty(file).problems
        cases += found
    seen: set[tuple[str, str]] = set()
    for case in cases:
        if (case.family, case.id) in seen:
            problems.append(Problem(f"{path}: {case.family}", f"the id {case.id!r} stands twice"))
        seen.add((case.family, case.id))
    raw.prove(problems)
    return cases


def _cases(file: Path, problems: list[Problem]) -> list[Case]:
    cases = []
    for where, line in raw.lines(file):
        if not line.strip():
            continue
        try:
            cases.append(_case(file, where, raw.loads(raw.decoded(line))))
        except DataError as error:
            problems += error.problems
        except (ValueError, TypeError, KeyError) as error:
            problems.append(Problem(where, f"no behavioural case: {error}"))
        if len(problems) >= raw.MOST:
            break
    return cases


def _case(file: Path, where: str, record: Any) -> Case:
    if not isinstance(record, dict) or set(record) != _KEYS:
        raise ValueError(f"its keys are {sorted(record)}, not {sorted(_KEYS)}")
    if type(record["held_out"]) is not bool or not record["variants"]:
        raise ValueError("`held_out` is true or false, and `variants` not empty")
    family = file.name.removesuffix(SUFFIX)
    name = f"{family}/{record['id']}"
    variants = tuple(
        _article(f"{name}/{n}", name, where, variant)
        for n, variant in enumerate(raw.listed(record["variants"], "variants"), 1)
    )
    return Case(str(record["id"]), family, str(record["case"]), record["held_out"], variants)


def _article(identity: str, story: str, where: str, variant: dict[str, Any]) -> Article:
    if unknown := set(variant) - _VARIANT:
        raise ValueError(f"a variant with {sorted(unknown)}; it has {sorted(_VARIANT)}")
    label = parse_label(variant["label"])
    also = tuple(parse_label(name) for name in raw.listed(variant.get("also"), "also"))
    if not (isinstance(variant["before"], list) and isinstance(variant["after"], list)):
        raise TypeError("`before` and `after` are lists of sentences")
    lines = [*variant["before"], variant["sentence"], *variant["after"]]
    if not all(isinstance(line, str) for line in lines):
        raise TypeError("its sentences are not all strings")
    headline = bool(variant["before"]) and not lines[0].endswith(_ENDS)
    text = ""
    sentences: list[Sentence] = []
    for place, line in enumerate(lines):
        text += "" if not place else "\n\n" if headline and place == 1 else " "
        under_test = place == len(variant["before"])
        part: Part = "title" if headline and not place else "body"
        span = Span(len(text), len(text) + len(line))
        sentences.append(Sentence(span, label if under_test else None, also if under_test else (), part))
        text += line
    return Article(identity, text, tuple(sentences), story, {"style": STYLE}, where)

"""What all annotation tools give, whatever their format: texts with marks by annotators → `Article`s and notes.

Label names are mapped, offsets verified, marks brought to sentences (`projection.py`), annotators put together; every
problem of a file is in one error, and what was decided is said in the notes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from claimclf.articles import Article, Span
from claimclf.errors import DataError, Problem
from claimclf.labels import LABELS, Label, did_you_mean
from claimclf.offsets import Mark, Offsets, Unit, find_unit
from claimclf.projection import CASES, Projected, project
from claimclf.readers.annotators import MAJORITY, SOFT, Together, note, prove_known, together

T = TypeVar("T")
IGNORED = "none"  # a label name mapped to it is left out


@dataclass(frozen=True)
class Reading:
    """How to read annotation exports.

    `labels` maps the tool's label names to ours (or to `none`); names that are ours, in any case and with spaces or
    hyphens, need no entry. `unit` of offsets: None finds it. `annotators`: `majority` takes the label that most gave,
    what only others gave becomes `also`; `soft` keeps the votes as well; any other word is an annotator's name, and
    that one's labels are taken alone.
    """

    labels: Mapping[str, str] = field(default_factory=dict)
    unit: Unit | None = None
    annotators: str = MAJORITY


@dataclass(frozen=True)
class Pass:
    """One annotator's marks on a text, and labels given to the whole text."""

    annotator: str
    marks: tuple[tuple[Mark, str], ...] = ()
    whole: tuple[str, ...] = ()


@dataclass(frozen=True)
class Task:
    """A text of an export, `where` it stands, and who labelled it."""

    where: str
    id: str
    text: str
    passes: tuple[Pass, ...]
    fields: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Imported:
    """Articles of an export, what was decided while reading it, and the sentences that two or more rated."""

    articles: tuple[Article, ...]
    notes: tuple[str, ...]
    ratings: tuple[Mapping[str, Label], ...] = ()


def parsed(rows: Iterable[tuple[str, Any]], make: Callable[[str, Any], T], what: str) -> list[T]:
    """What `make` gives for each (where, record).

    Raises:
        DataError: with every record that is no `what`.
    """
    found, problems = [], []
    for where, record in rows:
        try:
            found.append(make(where, record))
        except (TypeError, ValueError, KeyError, IndexError, AttributeError) as error:
            problems.append(Problem(where, f"no {what} ({type(error).__name__}: {error})"))
    if problems:
        raise DataError(problems)
    return found


def imported(path: Path, tasks: Sequence[Task], reading: Reading, usual: Unit = "codepoint") -> Imported:
    """The articles of the tasks of one file.

    Raises:
        DataError: unknown labels (all, with counts) or annotators, offsets that fit no unit, marks outside their text.
    """
    names = _names(path, tasks, reading)
    annotators = Counter(name for task in tasks for name in {p.annotator for p in task.passes})
    prove_known(path, reading.annotators, annotators)
    unit = reading.unit or _unit(path, tasks, usual)
    counts: Counter[str] = Counter()
    problems: list[Problem] = []
    articles: list[Article] = []
    ratings: list[Mapping[str, Label]] = []
    for task in tasks:
        try:
            found = _labelled(task, names, unit, reading.annotators)
            articles.append(Article(task.id, task.text, found.sentences, "", task.fields, task.where))
            counts += found.counts
            ratings += found.ratings
        except ValueError as error:
            problems.append(Problem(task.where, str(error)))
        except DataError as error:
            problems += error.problems
    if problems:
        raise DataError(problems)
    lines = [
        f"{len(articles):,} texts, {len(annotators)} annotators, offsets in {unit} units",
        ", ".join(f"{case} {counts[case]:,}" for case in CASES),
    ]
    everybody = reading.annotators in (MAJORITY, SOFT)
    if counts[_NOBODY]:
        lines.append(f"{counts[_NOBODY]:,} texts not labelled by {'anybody' if everybody else reading.annotators}")
    if counts[_AGAIN]:
        lines.append(f"{counts[_AGAIN]:,} times an annotator labelled the same text again; put together")
    if everybody and counts[_SHARED]:
        lines.append(note(counts))
    return Imported(tuple(articles), tuple(f"{path}: {line}" for line in lines), tuple(ratings))


_NOBODY, _AGAIN, _SHARED = "labelled by nobody", "labelled again", "shared texts"


def _labelled(task: Task, names: Mapping[str, Label | None], unit: Unit, annotators: str) -> Together:
    """What the annotators asked for say of a text, together."""
    counts: Counter[str] = Counter()
    passes: list[Pass] = []
    for given in task.passes:
        if annotators not in (MAJORITY, SOFT, given.annotator):
            continue
        place = next((i for i, p in enumerate(passes) if given.annotator and p.annotator == given.annotator), None)
        if place is None:
            passes.append(given)
        else:
            before = passes[place]
            passes[place] = Pass(given.annotator, before.marks + given.marks, before.whole + given.whole)
            counts[_AGAIN] += 1
    if not passes:
        return Together(project(task.text, []).sentences, (), Counter({_NOBODY: 1}))
    counts[_SHARED] += len(passes) > 1
    projected = [_project(task, given, names, unit) for given in passes]
    for one in projected:
        counts += one.counts
    rows = [(given.annotator, one.sentences) for given, one in zip(passes, projected, strict=True)]
    found = together(rows, soft=annotators == SOFT)
    return Together(found.sentences, found.ratings, counts + found.counts)


def label_named(name: str) -> Label | None:
    """Our label called `name`, in any case, with spaces or hyphens; None for `none`.

    >>> label_named("Official denial"), label_named("none")
    (<Label.OFFICIAL_DENIAL: 'official_denial'>, None)

    Raises:
        ValueError: there is no such label; the message suggests the closest.
    """
    wanted = name.strip().lower().replace(" ", "_").replace("-", "_")
    if wanted == IGNORED:
        return None
    if wanted in list(LABELS):
        return Label(wanted)
    raise ValueError(did_you_mean(wanted, [*map(str, LABELS), IGNORED]))


def _names(path: Path, tasks: Sequence[Task], reading: Reading) -> dict[str, Label | None]:
    """Our label for every name in the file; all unknown ones, with their counts, are one error."""
    given = Counter(name for t in tasks for p in t.passes for name in [*(name for _, name in p.marks), *p.whole])
    names: dict[str, Label | None] = {}
    problems = []
    for name, count in given.items():
        try:
            names[name] = label_named(reading.labels.get(name, name))
        except ValueError as error:
            hint = f"{error} map it: `labels: {{{name}: …}}`, or to `{IGNORED}`"
            problems.append(Problem(str(path), f"unknown label {name!r}, {count:,} times", hint))
    if problems:
        raise DataError(problems)
    return names


def _unit(path: Path, tasks: Sequence[Task], usual: Unit) -> Unit:
    try:
        return find_unit([(t.text, [mark for p in t.passes for mark, _ in p.marks]) for t in tasks], usual)
    except ValueError as error:
        raise DataError(
            [Problem(str(path), str(error), "say which: --offset-unit codepoint, utf16 or byte")]
        ) from error


def _project(task: Task, given: Pass, names: Mapping[str, Label | None], unit: Unit) -> Projected:
    offsets = Offsets(task.text, unit)
    marks = [(offsets.span(mark), names[name]) for mark, name in given.marks]
    labelled = [(span, label) for span, label in marks if label is not None]
    whole = [label for name in given.whole if (label := names[name]) is not None]
    if not whole:
        return project(task.text, labelled)
    start = len(task.text) - len(task.text.lstrip())
    span = Span(start, start + len(task.text.strip()))
    return project(task.text, [*labelled, *((span, label) for label in whole)], [span])

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

from claimclf.articles import Article, Sentence, Span
from claimclf.errors import DataError, Problem
from claimclf.labels import LABELS, Label, did_you_mean
from claimclf.offsets import Mark, Offsets, Unit, find_unit
from claimclf.projection import CASES, QUESTIONS, Projected, project

T = TypeVar("T")
IGNORED = "none"  # a label name mapped to it is left out


@dataclass(frozen=True)
class Reading:
    """How to read annotation exports.

    `labels` maps the tool's label names to ours (or to `none`); names that are ours, in any case and with spaces or
    hyphens, need no entry. `unit` of offsets: None finds it. `annotator`: None puts all together by majority, what
    only others gave becomes `also`; a name takes that one alone.
    """

    labels: Mapping[str, str] = field(default_factory=dict)
    unit: Unit | None = None
    annotator: str | None = None


@dataclass(frozen=True)
class Pass:
    """One annotator's marks on a text, and labels given to the whole text."""

    annotator: str
    marks: tuple[tuple[Mark, str], ...] = ()
    whole: tuple[str, ...] = ()


@dataclass(frozen=True)
class Task:
    """A text of an export, `where` it stands, and who labelled it.

    `sentences` are those that the annotators had; None: the text is split here.
    """

    where: str
    id: str
    text: str
    passes: tuple[Pass, ...]
    fields: Mapping[str, str] = field(default_factory=dict)
    story: str = ""
    sentences: tuple[Span, ...] | None = None


@dataclass(frozen=True)
class Imported:
    """Articles of an export, and what was decided while reading it."""

    articles: tuple[Article, ...]
    notes: tuple[str, ...]


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
        DataError: unknown labels (all, with counts), offsets that fit no unit, marks outside their text.
    """
    names = _names(path, tasks, reading)
    unit = reading.unit or _unit(path, tasks, usual)
    counts: Counter[str] = Counter()
    problems: list[Problem] = []
    articles = []
    for task in tasks:
        try:
            passes = [_project(task, p, names, unit) for p in task.passes if reading.annotator in (None, p.annotator)]
            for projected in passes:
                counts += projected.counts
            sentences = _together(task, [projected.sentences for projected in passes])
            articles.append(Article(task.id, task.text, sentences, task.story, task.fields, task.where))
        except ValueError as error:
            problems.append(Problem(task.where, str(error)))
        except DataError as error:
            problems += error.problems
    if problems:
        raise DataError(problems)
    annotators = {p.annotator for task in tasks for p in task.passes}
    notes = [
        f"{path}: {len(articles):,} texts, {len(annotators)} annotators, offsets in {unit} units",
        f"{path}: " + ", ".join(f"{case} {counts[case]:,}" for case in CASES),
    ]
    return Imported(tuple(articles), tuple(notes))


def _names(path: Path, tasks: Sequence[Task], reading: Reading) -> dict[str, Label | None]:
    """Our label for every name in the file; all unknown ones, with their counts, are one error."""
    given = Counter(name for t in tasks for p in t.passes for name in [*(name for _, name in p.marks), *p.whole])
    ours = {str(label): label for label in LABELS}
    names: dict[str, Label | None] = {}
    problems = []
    for name, count in given.items():
        wanted = reading.labels.get(name, name).strip().lower().replace(" ", "_").replace("-", "_")
        if wanted in ours or wanted == IGNORED:
            names[name] = ours.get(wanted)
        else:
            hint = f"{did_you_mean(wanted, list(ours))} map it: `labels: {{{name}: …}}`, or to `{IGNORED}`"
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
        return project(task.text, labelled, task.sentences)
    start = len(task.text) - len(task.text.lstrip())
    span = Span(start, start + len(task.text.strip()))
    return project(task.text, [*labelled, *((span, label) for label in whole)], [span])


def _together(task: Task, passes: Sequence[tuple[Sentence, ...]]) -> tuple[Sentence, ...]:
    """The majority's label of each sentence (at a tie, the first by guideline order), the others as `also`."""
    if not passes:
        return project(task.text, [], task.sentences).sentences
    spans = {tuple(s.span for s in sentences) for sentences in passes}
    if len(spans) > 1:
        raise ValueError("some annotators labelled the whole text, others parts of it; export them apart")
    found = []
    for row in zip(*passes, strict=True):
        votes = Counter(s.label for s in row if s.label is not None)
        if not votes:
            found.append(Sentence(row[0].span, None))
            continue
        ranked = sorted(votes, key=lambda label: (-votes[label], QUESTIONS.index(label)))
        others = {label for s in row for label in (s.label, *s.also) if label is not None} - {ranked[0]}
        found.append(Sentence(row[0].span, ranked[0], tuple(label for label in LABELS if label in others)))
    return tuple(found)

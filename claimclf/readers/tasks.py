"""What all annotation tools give, whatever their format: texts with marks by annotators → `Article`s and notes.

Label names are mapped, offsets verified, marks brought to sentences (`projection.py`), annotators put together; every
problem of a file is in one error, and what was decided is said in the notes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from claimclf.articles import Article, Span
from claimclf.errors import DataError, Problem
from claimclf.labels import Label
from claimclf.offsets import UNITS, DoubtError, FitError, Mark, Offsets, Unit, find_unit
from claimclf.projection import CASES, Projected, project
from claimclf.readers.annotators import MAJORITY, SOFT, Together, note, together
from claimclf.readers.label_names import label_names
from claimclf.writers.carried import Carried

_DOUBTS = 20  # texts named


@dataclass(frozen=True)
class Reading:
    """How to read annotation exports.

    `labels` maps the tool's label names to ours (or to `none`); names that are ours, in any case and with spaces or
    hyphens, need no entry. `unit` of offsets: None finds it. `annotators`: `majority` takes the label that most gave,
    what only others gave becomes `also`; `soft` keeps the votes as well; any other word is an annotator's name, and
    that one's labels are taken alone. `columns`: what they hold → their name in the data.
    `layer`: LAYER or LAYER.feature that has the labels of a CAS; None finds it.
    """

    labels: Mapping[str, str] = field(default_factory=dict)
    unit: Unit | None = None
    annotators: str = MAJORITY
    columns: Mapping[str, str] = field(default_factory=dict)
    layer: str | None = None

    @property
    def alone(self) -> str | None:
        """The annotator whose labels alone are taken."""
        return None if self.annotators in (MAJORITY, SOFT) else self.annotators


@dataclass(frozen=True)
class Pass:
    """One annotator's marks on a text, and labels given to the whole text."""

    annotator: str
    marks: tuple[tuple[Mark, str], ...] = ()
    whole: tuple[str, ...] = ()


@dataclass(frozen=True)
class Task:
    """A text of an export, `where` it stands, and who labelled it.

    `sentences` are those that the annotators had, in code points; None: the text is split here. `unit`, where the task
    says it, is that of its marks.
    """

    where: str
    id: str
    text: str
    passes: tuple[Pass, ...]
    fields: Mapping[str, str] = field(default_factory=dict)
    sentences: tuple[Span, ...] | None = None
    story: str = ""
    unit: Unit | None = None


@dataclass(frozen=True)
class Imported:
    """Articles of an export, what was decided while reading it, the sentences that two or more rated, and how many
    texts each annotator labelled.
    """

    articles: tuple[Article, ...]
    notes: tuple[str, ...]
    ratings: tuple[Mapping[str, Label], ...] = ()
    annotators: Mapping[str, int] = field(default_factory=dict)


def task_of(
    where: str, number: object, record: Mapping[str, Any], passes: tuple[Pass, ...], fields: Mapping[str, str]
) -> Task:
    """The task of a record with a `text`, known by what our writers put beside it, else by the tool's `number`.

    Raises:
        ValueError: something else stands there under our name.
    """
    kept = Carried.of(record)
    identity = kept.id or (where if number is None else str(number))
    others = {name: value for name, value in fields.items() if name != "story"}
    return Task(
        where,
        identity,
        record["text"],
        passes,
        others,
        kept.sentences,
        kept.story or fields.get("story", ""),
        kept.unit,
    )


def grouped(tasks: Iterable[Task], key: Callable[[Task], Hashable]) -> list[Task]:
    """One task for all that have the same `key`, with everybody's passes.

    >>> [len(task.passes) for task in grouped([Task("a:1", "1", "It rained.", (Pass("ann"),))] * 2, lambda t: t.text)]
    [2]
    """
    first: dict[Hashable, Task] = {}
    passes: dict[Hashable, list[Pass]] = {}
    for task in tasks:
        first.setdefault(key(task), task)
        passes.setdefault(key(task), []).extend(task.passes)
    return [replace(task, passes=tuple(passes[same])) for same, task in first.items()]


def imported(
    path: Path, tasks: Sequence[Task], reading: Reading, usual: Unit = "codepoint", others: Sequence[Unit] = ()
) -> Imported:
    """The articles of the tasks of one file, whose tool counts in `usual` units, or, nobody knows when, in `others`.

    Raises:
        DataError: unknown labels, offsets of no unit or of doubtful ones, marks outside their text.
    """
    said = [(name, t.where) for t in tasks for p in t.passes for name in [*(name for _, name in p.marks), *p.whole]]
    names = label_names(path, Counter(name for name, _ in said), reading.labels, dict(reversed(said)))
    annotators = Counter(name for task in tasks for name in {p.annotator for p in task.passes})
    unit = reading.unit or _unit(path, [task for task in tasks if task.unit is None], usual, others)
    counts: Counter[str] = Counter()
    problems: list[Problem] = []
    articles: list[Article] = []
    ratings: list[Mapping[str, Label]] = []
    for task in tasks:
        try:
            found = _labelled(task, names, reading.unit or task.unit or unit, reading)
            articles.append(Article(task.id, task.text, found.sentences, task.story, task.fields, task.where))
            counts += found.counts
            ratings += found.ratings
        except ValueError as error:
            problems.append(Problem(task.where, str(error)))
        except DataError as error:
            problems += error.problems
    if problems:
        raise DataError(problems)
    units = " and ".join(sorted({reading.unit or task.unit or unit for task in tasks} or {unit}))
    notes = _notes(f"{len(articles):,} texts, {len(annotators)} annotators, offsets in {units} units", counts, reading)
    return Imported(tuple(articles), tuple(f"{path}: {line}" for line in notes), tuple(ratings), annotators)


_NOBODY, _AGAIN, _SHARED = "labelled by nobody", "labelled again", "shared texts"


def _notes(first: str, counts: Counter[str], reading: Reading) -> list[str]:
    lines = [first, ", ".join(f"{case} {counts[case]:,}" for case in CASES)]
    if counts[_NOBODY]:
        lines.append(f"{counts[_NOBODY]:,} texts not labelled by {reading.alone or 'anybody'}")
    if counts[_AGAIN]:
        lines.append(f"{counts[_AGAIN]:,} times an annotator labelled the same text again; put together")
    if reading.alone is None and counts[_SHARED]:
        lines.append(note(counts))
    return lines


def _labelled(task: Task, names: Mapping[str, Label | None], unit: Unit, reading: Reading) -> Together:
    """What the annotators asked for say of a text, together."""
    wanted = [given for given in task.passes if reading.alone in (None, given.annotator)]
    if not wanted:
        return Together(project(task.text, [], task.sentences).sentences, (), Counter({_NOBODY: 1}))
    times: dict[str | int, list[Pass]] = {}
    for number, given in enumerate(wanted):
        times.setdefault(given.annotator or number, []).append(given)
    counts = Counter({_AGAIN: len(wanted) - len(times), _SHARED: int(len(times) > 1)})
    rows = []
    for passes in times.values():
        marks = tuple(dict.fromkeys(mark for one in passes for mark in one.marks))
        whole = tuple(dict.fromkeys(name for one in passes for name in one.whole))
        projected = _project(task, Pass(passes[0].annotator, marks, whole), names, unit)
        counts += projected.counts
        rows.append((passes[0].annotator, projected.sentences))
    found = together(rows, soft=reading.annotators == SOFT)
    return Together(found.sentences, found.ratings, counts + found.counts)


def _unit(path: Path, tasks: Sequence[Task], usual: Unit, others: Sequence[Unit]) -> Unit:
    hint = f"say which: --offset-unit {', '.join(UNITS[:-1])} or {UNITS[-1]}"
    try:
        return find_unit([(t.text, [mark for p in t.passes for mark, _ in p.marks]) for t in tasks], usual, others)
    except DoubtError as error:
        doubtful = [tasks[place] for place, _ in error.doubts]
        telling = [unit for unit in (usual, *others) if all(_marks_sentences(task, unit) for task in doubtful)]
        if len(telling) == 1:
            return telling[0]
        problems = [Problem(tasks[place].where, doubt, hint) for place, doubt in error.doubts[:_DOUBTS]]
        if (more := len(error.doubts) - _DOUBTS) > 0:
            problems.append(Problem(str(path), f"the same in {more:,} other texts", hint))
        raise DataError(problems) from error
    except FitError as error:
        mend = f"is the mark wrong? If all are, {hint}"
        raise DataError([Problem(tasks[error.place].where, str(error), mend)]) from error


def _marks_sentences(task: Task, unit: Unit) -> bool:
    """Whether every mark is, in this unit, one of the sentences that the task went out with."""
    offsets = Offsets(task.text, unit)
    try:
        return all(offsets.span(mark) in (task.sentences or ()) for given in task.passes for mark, _ in given.marks)
    except ValueError:
        return False


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

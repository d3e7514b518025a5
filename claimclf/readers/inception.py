"""INCEpTION exports (and other UIMA CASes of its kind): XMI with its type system, JSON, or a zip of either.

The zip that the tool gives for one document holds the XMI and `TypeSystem.xml`; unpacked, both must lie in one folder.
The zip of a project, exported with UIMA CAS XMI or JSON as its secondary format, holds one file an annotator under
`annotation/DOCUMENT/`, and what was curated under `curation/DOCUMENT/`: where a document was curated, that alone is
read, unless an annotator is asked for. `INITIAL_CAS` is nobody's. Sentences are those of the CAS.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from claimclf.errors import DataError, Problem
from claimclf.offsets import Mark, utf16_edges
from claimclf.readers.cas import Document
from claimclf.readers.cas_files import CURATOR, Source, fits, sources
from claimclf.readers.label_names import IGNORED, known_label
from claimclf.readers.tasks import Imported, Pass, Reading, Task, imported

__all__ = ["SUFFIXES", "fits", "read"]

SUFFIXES: tuple[str, ...] = (".xmi", ".json", ".zip")


def read(path: Path, reading: Reading) -> Imported:
    """The articles of an export.

    Raises:
        DataError: with every problem of the file; labels on several layers, or on none that is known.
    """
    if reading.unit not in (None, "utf16"):
        raise DataError([Problem(str(path), "a CAS counts UTF-16 units", "leave --offset-unit out")])
    found, notes = sources(path)
    layer = _layer(path, [source.document for source in found], reading)
    groups: dict[str, list[Source]] = {}
    for source in found:
        groups.setdefault(_identity(source.name), []).append(source)
    counts: Counter[str] = Counter()
    tasks: list[Task] = []
    problems: list[Problem] = []
    for identity, group in groups.items():
        try:
            tasks.append(_task(identity, _curated(group, reading, counts), layer, counts))
        except DataError as error:
            problems += error.problems
    if problems:
        raise DataError(problems)
    done = imported(path, tasks, replace(reading, unit="utf16"))
    notes += [f"{path}: labels are those of {layer or 'no layer: there are none'}"]
    notes += [f"{path}: {what}: {count:,}" for what, count in counts.items() if count]
    return replace(done, notes=(*done.notes, *notes))


def _identity(name: str) -> str:
    return (name.removesuffix(".xmi") if name.endswith(".xmi") else name.removesuffix(".json")) or name


def _curated(group: list[Source], reading: Reading, counts: Counter[str]) -> list[Source]:
    curated = [source for source in group if source.annotator == CURATOR]
    if not curated or reading.alone is not None:
        return group
    counts["annotators' copies left out, since the text was curated"] += len(group) - len(curated)
    return curated


def _task(identity: str, group: Sequence[Source], layer: str | None, counts: Counter[str]) -> Task:
    first = group[0]
    text, sentences = first.document.text, first.document.sentences
    passes: dict[str, Pass] = {}
    for source in group:
        if source.document.text != text:
            raise DataError([Problem(source.where, f"its text is not that of {first.where}", "give each its own name")])
        annotator = source.annotator
        if annotator in passes:
            what = f"a second copy of {identity!r} by the same annotator {annotator!r}"
            raise DataError([Problem(source.where, what, "leave one out")])
        counts["copies whose sentences are not those of the first annotator, whose are used"] += (
            source.document.sentences != sentences
        )
        passes[annotator] = _pass(annotator, source.document, layer, counts)
    return Task(first.where, identity, text, tuple(passes.values()), sentences=sentences or None)


def _pass(annotator: str, given: Document, layer: str | None, counts: Counter[str]) -> Pass:
    units = utf16_edges(given.text)
    values = given.values.get(layer or "", ())
    counts["annotations that the index does not hold (deleted ones), left out"] += max(given.outside, 0)
    counts["spans without a label"] += given.unset.get(layer or "", 0)
    marks = tuple((Mark(units[place[0]], units[place[1]]), name) for place, name in values if place)
    return Pass(annotator, marks, tuple(name for place, name in values if place is None))


def _layer(path: Path, documents: Sequence[Document], reading: Reading) -> str | None:
    """The `LAYER.feature` that has the labels; None where no layer has any value that is not left out.

    Raises:
        DataError: it is not clear which; the error lists those there are.
    """
    names: dict[str, Counter[str]] = {}
    for given in documents:
        for layer, values in given.values.items():
            names.setdefault(layer, Counter()).update(name for _, name in values)
    if reading.layer is not None:
        wanted = f".{reading.layer}"
        fitting = [n for n in names if f".{n}".endswith(wanted) or f".{n}".rpartition(".")[0].endswith(wanted)]
        problem = f"{len(fitting)} layers are called {reading.layer!r}"
    else:
        known = {n: [known_label(name, reading.labels) for name in given] for n, given in names.items()}
        if all(label == IGNORED for given in known.values() for label in given):
            return None
        fitting = [n for n, given in known.items() if any(given)]
        problem = "labels that are known are on several layers" if fitting else "no layer has labels that are known"
    if len(fitting) == 1:
        return fitting[0]
    used = {layer: given for layer, given in names.items() if given}
    listed = "; ".join(f"{n}: {_listed(given)}" for n, given in used.items()) or "none has a label"
    hint = f"there are: {listed}; say which: --layer LAYER.feature, and what its labels mean: --label NAME=OURS"
    raise DataError([Problem(str(path), problem, hint)])


def _listed(names: Counter[str]) -> str:
    shown = ", ".join(f"{name!r} {count:,}" for name, count in names.most_common(5))
    return shown + (f" and {len(names) - 5:,} more" if len(names) > 5 else "")

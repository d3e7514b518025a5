"""Label Studio exports, JSON and JSON-MIN: regions of a text, or choices on a region or on a whole text.

Export → JSON: a list of tasks with `data`, `annotations` (an annotator each) and `predictions`, which are a model's and
never read as labels; a storage has one task a file. Cancelled annotations are skipped, as the tool itself skips them,
and results that are no label of a text (relations, text areas, ratings, …) are left out; both are counted. JSON-MIN
has a record for each annotation, under the names of the project's controls; those of one task are put together.
Offsets are code points (in old versions UTF-16 units), of a CR LF two; each region's `text`, the words as the browser
shows them, proves them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from claimclf.errors import DataError, Problem
from claimclf.offsets import Mark, shown
from claimclf.readers import raw
from claimclf.readers.label_names import known_label
from claimclf.readers.parsing import left_out, name_of, parsed, strings, whole_number, words
from claimclf.readers.tasks import Imported, Pass, Reading, Task, grouped, imported, task_of

SUFFIXES: tuple[str, ...] = (".json",)
_NOT_FIELDS = {"text", "id"}
_LINKS = ("http://", "https://", "s3://", "gs://", "azure-blob://", "/data/")
_LOOKED_AT = 1 << 16  # characters, to know a single task
# What JSON-MIN adds to a task's data, and names of controls whose choice is a plain string in it.
_ADDED = {"annotator", "annotation_id", "created_at", "updated_at", "lead_time", "agreement"}
_LABELLED = ("labels", "choices")  # types of regions
_CONTROLS = {"choice", "sentiment", "label", "status"}


@dataclass
class _Read:
    """A task, and what of it is no label of a text."""

    task: Task
    left: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True)
class _Controls:
    """The keys of JSON-MIN records under which a choice stands as a plain string, and those that hold regions."""

    choices: set[str]
    regions: set[str]


def fits(file: Path) -> bool:
    """Whether the file begins as a list, or as one task."""
    with file.open(encoding="utf-8-sig", errors="replace", newline="") as characters:
        head = characters.read(_LOOKED_AT).lstrip()
    return head.startswith("[") or (head.startswith("{") and '"annotations"' in head)


def read(path: Path, reading: Reading) -> Imported:
    """The articles of an export.

    Raises:
        DataError: with every problem of the file.
    """
    content = raw.json_file(path)
    if isinstance(content, dict) and "data" in content:
        content = [content]
    if not isinstance(content, list):
        raise DataError([Problem(str(path), "no list of tasks", "export the project as JSON or JSON-MIN")])
    rows = [(f"{path}: task {number}", record) for number, record in enumerate(content, 1)]
    minimal = [record for _, record in rows if isinstance(record, dict) and "data" not in record]
    controls = _Controls(_choices(minimal, reading), _regions(minimal))
    found = parsed(rows, lambda where, record: _task(where, record, controls, reading), "Label Studio task")
    if minimal and not any(p.marks or p.whole for row in found for p in row.task.passes):
        hint = "where a choice stands as a plain string, say what its names are: --label NAME=OURS"
        raise DataError([Problem(str(path), "no labels in any of its tasks", hint)])
    tasks = grouped((row.task for row in found), key=lambda task: (task.id, task.text))
    articles = imported(path, tasks, reading, "codepoint", ("utf16",))
    left: Counter[str] = sum((row.left for row in found), Counter())
    return replace(articles, notes=(*articles.notes, *left_out(path, left)))


def _task(where: str, record: dict[str, Any], controls: _Controls, reading: Reading) -> _Read:
    left: Counter[str] = Counter()
    if "data" in record:
        data = record["data"]
        annotations = record.get("annotations", record.get("completions"))
        if annotations is None:
            raise ValueError("no `annotations`: a file for import, with predictions at most, holds no labels")
        given = [row for row in raw.listed(annotations, "annotations") if not _cancelled(row)]
        left["cancelled annotation"] += len(annotations) - len(given)
        left["prediction"] += len(record.get("predictions") or [])
        left["draft"] += len(record.get("drafts") or [])
        passes = tuple(_pass(row, left) for row in given)
        not_fields = _NOT_FIELDS
    else:
        data = record
        passes = (_minimal(record, controls, left),)
        not_fields = _NOT_FIELDS | _ADDED | controls.choices
    text = _text(data, passes, reading.columns.get("text", "text"))
    others = {name: value for name, value in strings(data, not_fields).items() if value != text}
    return _Read(task_of(where, record.get("id"), {**data, "text": text}, passes, others), left)


def _cancelled(annotation: dict[str, Any]) -> bool:
    flags = [annotation.get(key) for key in ("was_cancelled", "skipped")]
    if not all(flag is None or isinstance(flag, bool) for flag in flags):
        raise TypeError(f"`was_cancelled` or `skipped` is neither true nor false: {str(flags)[:60]}")
    return any(flags)


def _text(data: dict[str, Any], passes: Sequence[Pass], named: str) -> str:
    """The text of a task: `named`, else the only string in its data, else the only one with all the marked words."""
    texts = {key: value for key, value in data.items() if isinstance(value, str) and not value.startswith(_LINKS)}
    if named in texts:
        return texts[named]
    if named in data:
        raise ValueError(f"its `{named}` is {'a link' if isinstance(data[named], str) else 'no string'}, not a text")
    quotes = {shown(mark.quote).strip() for p in passes for mark, _ in p.marks if mark.quote}
    if len(texts) > 1 and quotes:
        views = {key: shown(value) for key, value in texts.items()}
        texts = {key: value for key, value in texts.items() if all(quote in views[key] for quote in quotes)}
    if len(texts) != 1:
        listed = ", ".join(map(str, data)) or "nothing"
        raise ValueError(f"no `{named}` in its data, which have {listed}; say which is it: columns: {{text: NAME}}")
    return next(iter(texts.values()))


def _pass(annotation: dict[str, Any], left: Counter[str]) -> Pass:
    by = annotation.get("completed_by")
    annotator = by.get("email") or by.get("id") if isinstance(by, dict) else by
    marks: list[tuple[Mark, str]] = []
    whole: list[str] = []
    for region in raw.listed(annotation["result"], "result"):
        kind, value = str(region.get("type", "result")), region.get("value")
        if kind in _LABELLED and not isinstance(value, dict):
            raise TypeError(f"a region of type {kind!r} whose value is {str(value)[:40]!r}, not an object")
        names = _names(value) if isinstance(value, dict) else []
        if not names:
            left["region without a label" if kind in _LABELLED else kind] += 1
        elif "start" in value or "end" in value:
            mark = _mark(value, kind)
            marks += [(mark, name) for name in names]
        elif "choices" in value:
            whole += names
        else:
            raise ValueError(f"a region of type {kind!r} that has labels and no place")
    return Pass(name_of(annotator), tuple(marks), tuple(whole))


def _names(value: Mapping[str, Any]) -> list[str]:
    """The labels of a region: all but those of taxonomies and of pictures."""
    keys = ("labels", "choices", "hypertextlabels", "paragraphlabels")
    names: Any = next((value[key] for key in keys if value.get(key) is not None), [])
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise TypeError(f"its labels {str(names)[:60]!r} are no list of names")
    return names


def _mark(value: Mapping[str, Any], kind: str = "labels") -> Mark:
    if isinstance(value["start"], str):
        raise ValueError(f"a region of HTML or of a dialogue ({kind}): only offsets in a Text are read")
    quote = value.get("text")
    if isinstance(quote, list) and len(quote) == 1:
        (quote,) = quote
    return Mark(whole_number(value["start"]), whole_number(value["end"]), words(quote))


def _choices(records: Sequence[dict[str, Any]], reading: Reading) -> set[str]:
    """The keys of JSON-MIN records under which a choice stands as a plain string, beside the task's own strings."""
    values: dict[str, set[str]] = {}
    for record in records:
        for key, value in record.items():
            if isinstance(value, str) and value and key not in _NOT_FIELDS | _ADDED:
                values.setdefault(key, set()).add(value)
    known = {key for key, names in values.items() if all(known_label(name, reading.labels) for name in names)}
    return known | (_CONTROLS & set(values))


def _regions(records: Sequence[dict[str, Any]]) -> set[str]:
    rows = [(key, value) for record in records for key, value in record.items() if isinstance(value, list)]
    return {key for key, value in rows if any(isinstance(v, dict) and {"start", "labels"} <= set(v) for v in value)}


def _minimal(record: dict[str, Any], controls: _Controls, left: Counter[str]) -> Pass:
    """The marks and whole-text choices of JSON-MIN, under whatever names the project's controls have."""
    marks: list[tuple[Mark, str]] = []
    whole: list[str] = []
    for key, value in record.items():
        if key in controls.regions:
            for region in raw.listed(value, key):
                if "start" not in region:
                    raise ValueError(f"a region of {key!r} without a `start`: {str(region)[:60]}")
                left["region without a label"] += not _names(region)
                marks += [(_mark(region), name) for name in _names(region)]
        elif isinstance(value, dict) and isinstance(value.get("choices"), list):
            whole += _names(value)
        elif key in controls.choices and isinstance(value, str):
            whole.append(value)
    return Pass(name_of(record.get("annotator")), tuple(marks), tuple(whole))

"""Label Studio exports, JSON and JSON-MIN: regions of a text, or choices on a whole one.

Export → JSON: a list of tasks with `data`, `annotations` (an annotator each) and `predictions`, which are a model's and
never read as labels. Cancelled annotations are skipped, as the tool itself skips them. JSON-MIN has a record for each
annotation, under the names of the project's controls; those of one task are put together. Offsets are code points (in
old versions UTF-16 units), of a CR LF two; each region's `text`, the words as the browser shows them, proves them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from claimclf.errors import DataError, Problem
from claimclf.offsets import Mark
from claimclf.readers.tasks import Imported, Pass, Reading, Task, imported, parsed

SUFFIXES: tuple[str, ...] = (".json",)
_NOT_FIELDS = {"text", "id"}


def fits(file: Path) -> bool:
    """Whether the file begins as a list."""
    with file.open(encoding="utf-8-sig", errors="replace") as characters:
        return characters.read(1 << 10).lstrip().startswith("[")


def read(path: Path, reading: Reading) -> Imported:
    """The articles of an export.

    Raises:
        DataError: with every problem of the file.
    """
    try:
        content = json.loads(path.read_bytes().decode("utf-8-sig"), parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise DataError([Problem(str(path), f"no JSON: {error}", "export the project again as JSON")]) from error
    if not isinstance(content, list):
        raise DataError([Problem(str(path), "no list of tasks", "export the project as JSON or JSON-MIN")])
    rows = ((f"{path}: task {number}", record) for number, record in enumerate(content, 1))
    return imported(path, _together(parsed(rows, _task, "Label Studio task")), reading)


def _refuse(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def _together(tasks: Sequence[Task]) -> list[Task]:
    found: dict[tuple[str, str], Task] = {}
    for task in tasks:
        before = found.get((task.id, task.text))
        found[task.id, task.text] = replace(before, passes=before.passes + task.passes) if before else task
    return list(found.values())


def _task(where: str, record: dict[str, Any]) -> Task:
    if "data" in record:
        data = record["data"]
        passes = tuple(_pass(annotation) for annotation in record["annotations"] if not annotation.get("was_cancelled"))
    else:
        data = record
        passes = (Pass(str(record.get("annotator", "")), *_minimal(record)),)
    text = _text(data)
    fields = {key: value for key, value in data.items() if isinstance(value, str) and value and key not in _NOT_FIELDS}
    if "data" not in record:
        fields = {key: value for key, value in fields.items() if key not in ("created_at", "updated_at")}
    return Task(where, str(record.get("id", where)), text, passes, fields)


def _text(data: dict[str, Any]) -> str:
    if not isinstance(data.get("text"), str):
        raise ValueError("its data have no string `text`")
    return str(data["text"])


def _pass(annotation: dict[str, Any]) -> Pass:
    by = annotation.get("completed_by", "")
    annotator = by.get("email") or by.get("id") if isinstance(by, dict) else by
    marks: list[tuple[Mark, str]] = []
    whole: list[str] = []
    for region in annotation["result"]:
        value = region["value"]
        if "choices" in value and "start" not in value:
            whole += value["choices"]
        elif "start" in value:
            marks += _marks(value)
    return Pass(str(annotator), tuple(marks), tuple(whole))


def _marks(value: dict[str, Any]) -> Iterator[tuple[Mark, str]]:
    mark = Mark(_whole(value["start"]), _whole(value["end"]), value.get("text"))
    for name in value.get("labels") or value.get("choices") or []:
        yield mark, name


def _whole(offset: Any) -> int:
    if type(offset) is not int:
        raise TypeError(f"the offset {offset!r} is no whole number")
    return offset


def _minimal(record: dict[str, Any]) -> tuple[tuple[tuple[Mark, str], ...], tuple[str, ...]]:
    """The marks and whole-text choices of JSON-MIN, under whatever names the project's controls have."""
    marks: list[tuple[Mark, str]] = []
    whole: list[str] = []
    for key, value in record.items():
        if isinstance(value, list) and value and all(isinstance(v, dict) and "start" in v for v in value):
            for region in value:
                marks += _marks(region)
        elif isinstance(value, dict) and isinstance(value.get("choices"), list):
            whole += value["choices"]
        elif key in ("choice", "sentiment", "label", "status") and isinstance(value, str):
            whole.append(value)
    return tuple(marks), tuple(whole)

"""doccano exports, JSON lines or JSON: spans or labels of the whole text, in every layout that its versions write.

    {"id": 1, "text": "…", "label": [[0, 41, "Denial"]]}            also under `labels`; or names alone: ["Denial"]
    {"id": 1, "text": "…", "entities": [{"label": "Denial", "start_offset": 0, "end_offset": 41}], "relations": []}
    {"id": 1, "text": "…", "entities": [[0, 41, "Denial"]], "cats": ["Denial"]}
    {"id": 1, "text": "…", "annotations": [{"label": 12, "start_offset": 0, "end_offset": 41, "user": 1}]}

The last is that of version 1.0, with a number for each label, and the annotators. The format does not say which words
were marked, and its offsets are UTF-16 units where the browser counted, grapheme clusters where the project counts
those, and code points where the labels were uploaded: what is not the same in all three is refused until it is said.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

from claimclf.errors import DataError, Problem
from claimclf.offsets import Mark
from claimclf.readers import raw
from claimclf.readers.jsonl import first_record, records
from claimclf.readers.parsing import left_out, name_of, parsed, strings, whole_number
from claimclf.readers.tasks import Imported, Pass, Reading, Task, imported, task_of
from claimclf.writers.carried import Carried

SUFFIXES: tuple[str, ...] = (".jsonl", ".json")
_LABELS = ("label", "labels", "entities", "cats", "annotations")
_UNREAD = ("relations", "comments", "Comments")
_OURS = ("id", "text", *_LABELS, *_UNREAD)
_FIRST = 1 << 20  # characters looked at to tell JSON exports apart


def fits(file: Path) -> bool:
    """Whether the first record has labels under one of doccano's names, and nothing of Label Studio's."""
    record = first_record(file) if file.suffix.lower() == ".jsonl" else _first_of_list(file)
    if {"data", "annotator", "annotation_id"} & set(record):
        return False
    given = [record[key] for key in _LABELS if key in record]
    if file.suffix.lower() == ".json":  # a list of regions under `label` is Label Studio's JSON-MIN
        given = [
            labels for labels in given if isinstance(labels, list) and not any(isinstance(x, dict) for x in labels)
        ]
    return bool(given)


def _first_of_list(file: Path) -> dict[str, Any]:
    with file.open(encoding="utf-8-sig", errors="replace", newline="") as characters:
        head = characters.read(_FIRST).lstrip()
    try:
        record = json.JSONDecoder().raw_decode(head[1:].lstrip())[0] if head.startswith("[") else None
    except (ValueError, RecursionError):
        return {}
    return record if isinstance(record, dict) else {}


def read(path: Path, reading: Reading) -> Imported:
    """The articles of an export.

    Raises:
        DataError: with every problem of the file, each as file:line.
    """
    rows = records(path) if path.suffix.lower() != ".json" else _listed(path)
    tasks = parsed(rows, _task, "doccano record")
    unread: Counter[str] = Counter()
    for _, row in rows:
        for key in _UNREAD:
            given = row.get(key)
            unread[key.lower()] += len(given) if isinstance(given, list) else bool(given)
    found = imported(path, tasks, reading, "codepoint", ("utf16", "grapheme"))
    return replace(found, notes=(*found.notes, *left_out(path, unread)))


def _listed(path: Path) -> list[tuple[str, Any]]:
    content = raw.json_file(path)
    if not isinstance(content, list):
        raise DataError([Problem(str(path), "no list of records", "export the dataset as JSON or JSONL")])
    return [(f"{path}: record {number}", record) for number, record in enumerate(content, 1)]


def _task(where: str, record: dict[str, Any]) -> Task:
    if not isinstance(record.get("text"), str):
        raise ValueError("no string `text`")
    model = Carried.of(record).model
    if model and "id" not in record:
        raise ValueError(f"{model}'s labels, which no one has confirmed; import it into doccano, then export it")
    passes = _numbered(record["annotations"]) if "annotations" in record else (_pass(record),)
    return task_of(where, record.get("id"), record, passes, strings(record, _OURS))


def _pass(record: dict[str, Any]) -> Pass:
    marks: list[tuple[Mark, str]] = []
    whole: list[str] = []
    for label in [label for key in ("label", "labels", "entities", "cats") for label in _items(record.get(key))]:
        if isinstance(label, str):
            whole.append(label)
        elif isinstance(label, dict):
            marks.append((_mark(label["start_offset"], label["end_offset"]), raw.label_name(label["label"])))
        else:
            start, end, name = label
            marks.append((_mark(start, end), raw.label_name(name)))
    return Pass(name_of(record.get("annotator")), tuple(marks), tuple(whole))


def _numbered(annotations: list[dict[str, Any]]) -> tuple[Pass, ...]:
    """The annotators' passes in the layout of version 1.0, where `label` is the number of a label."""
    passes: dict[str, Pass] = {}
    for row in raw.listed(annotations, "annotations"):
        user = name_of(row.get("user"))
        before = passes.get(user, Pass(user))
        if "label" not in row:
            raise ValueError("an annotation without a label: a sequence-to-sequence project has no labels")
        if "start_offset" in row or "end_offset" in row:
            mark = (_mark(row["start_offset"], row["end_offset"]), raw.label_name(row["label"]))
            passes[user] = replace(before, marks=(*before.marks, mark))
        else:
            passes[user] = replace(before, whole=(*before.whole, raw.label_name(row["label"])))
    return tuple(passes.values())


def _mark(start: object, end: object) -> Mark:
    return Mark(whole_number(start), whole_number(end))


def _items(value: object) -> list[Any]:
    if value is None or value == "":
        return []
    return [value] if isinstance(value, str) else raw.listed(value, "label")

"""doccano exports, JSON lines: spans or whole-text labels, in both layouts that its versions write.

    {"id": 1, "text": "…", "label": [[0, 41, "Denial"]]}            also under `labels`; or names alone: ["Denial"]
    {"id": 1, "text": "…", "entities": [{"label": "Denial", "start_offset": 0, "end_offset": 41}], "relations": []}

The format does not say which words were marked, so offsets cannot be verified by them: doccano counts code points, or
grapheme clusters where the project says so; a text with emoji or combining marks is worth a look (`--offset-unit`).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from claimclf.offsets import Mark
from claimclf.readers.jsonl import first_record, records
from claimclf.readers.tasks import Imported, Pass, Reading, Task, imported, parsed
from claimclf.writers.carried import Carried

SUFFIXES: tuple[str, ...] = (".jsonl",)
_OURS = ("id", "text", "label", "labels", "entities", "relations", "Comments", "comments")


def fits(file: Path) -> bool:
    """Whether the first record has labels under one of doccano's names."""
    return bool({"label", "labels", "entities"} & set(first_record(file)))


def read(path: Path, reading: Reading) -> Imported:
    """The articles of an export.

    Raises:
        DataError: with every problem of the file, each as file:line.
    """
    return imported(path, parsed(records(path), _task, "doccano record"), reading)


def _task(where: str, record: dict[str, Any]) -> Task:
    if not isinstance(record.get("text"), str):
        raise ValueError("no string `text`")
    kept = Carried.of(record)
    if kept.model and "id" not in record:
        raise ValueError(f"{kept.model}'s labels, which no one has confirmed; import it into doccano, then export it")
    marks: list[tuple[Mark, str]] = []
    whole: list[str] = []
    for entity in record.get("entities") or []:
        marks.append((Mark(int(entity["start_offset"]), int(entity["end_offset"])), str(entity["label"])))
    given = record.get("label") or record.get("labels") or []
    for label in [given] if isinstance(given, str) else given:
        if isinstance(label, str):
            whole.append(label)
        else:
            marks.append((Mark(int(label[0]), int(label[1])), str(label[2])))
    fields = {key: value for key, value in record.items() if isinstance(value, str) and value and key not in _OURS}
    passed = Pass(str(record.get("annotator", "")), tuple(marks), tuple(whole))
    identity = kept.id or str(record.get("id", where))
    return Task(where, identity, record["text"], (passed,), fields, kept.story, kept.sentences)

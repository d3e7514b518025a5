"""Prodigy datasets, JSON lines from `prodigy db-out`: spans, or choices on a whole text.

    {"text": "…", "spans": [{"start": 0, "end": 41, "label": "DENIAL"}], "answer": "accept", "_annotator_id": "…"}
    {"text": "…", "options": [{"id": "denial", "text": "Denial"}], "accept": ["denial"], "answer": "accept"}

Only tasks that were accepted are labels; rejected and ignored ones are left out and counted. `token_end` is inclusive
and is not used: `start` and `end` are characters. Tasks on the same text are passes of several annotators.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

from claimclf.offsets import Mark
from claimclf.readers.jsonl import first_record, records
from claimclf.readers.tasks import Imported, Pass, Reading, Task, imported, parsed
from claimclf.writers.carried import Carried

SUFFIXES: tuple[str, ...] = (".jsonl",)


def fits(file: Path) -> bool:
    """Whether the first record has a key that Prodigy alone writes."""
    return bool({"_input_hash", "spans", "answer"} & set(first_record(file)))


def read(path: Path, reading: Reading) -> Imported:
    """The articles of a dataset.

    Raises:
        DataError: with every problem of the file, each as file:line.
    """
    tasks: dict[str, Task] = {}
    answers: Counter[str] = Counter()
    for task, answer in parsed(records(path), _task, "Prodigy task"):
        answers[answer] += 1
        if answer == "accept":
            before = tasks.get(task.text)
            tasks[task.text] = replace(before, passes=before.passes + task.passes) if before else task
    found = imported(path, list(tasks.values()), reading)
    counted = ", ".join(f"{answer} {count:,}" for answer, count in answers.items())
    return replace(found, notes=(*found.notes, f"{path}: answers: {counted}; accepted ones are read"))


def _task(where: str, record: dict[str, Any]) -> tuple[Task, str]:
    if not isinstance(record.get("text"), str):
        raise ValueError("no string `text`")
    kept = Carried.of(record)
    if kept.model and "answer" not in record:
        raise ValueError(
            f"{kept.model}'s labels, which no one has answered; load it into Prodigy, then `prodigy db-out`"
        )
    answer = str(record.get("answer", "accept"))
    if answer not in ("accept", "reject", "ignore"):
        raise ValueError(f"the answer {answer!r} is none of accept, reject, ignore")
    marks = tuple(
        (Mark(int(span["start"]), int(span["end"]), span.get("text")), str(span["label"]))
        for span in record.get("spans") or []
    )
    names = {option["id"]: str(option.get("text", option["id"])) for option in record.get("options") or []}
    whole = tuple(names.get(choice, str(choice)) for choice in record.get("accept") or [])
    if "label" in record and not marks and not whole:  # textcat: a yes to one label
        whole = (str(record["label"]),)
    annotator = str(record.get("_annotator_id") or record.get("_session_id") or "")
    meta = record.get("meta") if isinstance(record.get("meta"), dict) else {}
    fields = {key: value for key, value in (meta or {}).items() if isinstance(value, str) and value}
    identity = kept.id or str(record.get("_input_hash") or where)
    passed = Pass(annotator, marks, whole)
    return Task(where, identity, record["text"], (passed,), fields, kept.story, kept.sentences), answer

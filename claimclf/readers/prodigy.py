"""Prodigy datasets, JSON lines from `prodigy db-out`: spans, or choices on a whole text.

    {"text": "…", "spans": [{"start": 0, "end": 41, "label": "DENIAL"}], "answer": "accept", "_annotator_id": "…"}
    {"text": "…", "options": [{"id": "denial", "text": "Denial"}], "accept": ["denial"], "answer": "accept"}
    {"text": "…", "label": "DENIAL", "answer": "accept"}

Only tasks that were accepted are labels; rejected and ignored ones are left out and counted, and so are spans that have
such an answer of their own. In a `choice` task, and where the task has a `label`, the answer is about the whole text:
spans in it were shown, not given; in the interfaces for spans it is the other way round, and in `blocks` both count.
`token_end` is inclusive and is not used: `start` and `end` are characters of Python. Tasks on the same text are
put together, with a pass for each.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from claimclf.offsets import Mark
from claimclf.readers import raw
from claimclf.readers.jsonl import first_record, records
from claimclf.readers.parsing import left_out, parsed, strings, whole_number, words
from claimclf.readers.tasks import Imported, Pass, Reading, Task, grouped, imported, task_of
from claimclf.writers.carried import Carried

SUFFIXES: tuple[str, ...] = (".jsonl",)
_ANSWERS = ("accept", "reject", "ignore")
_SPAN_VIEWS = ("ner", "ner_manual", "spans", "spans_manual", "relations")


@dataclass(frozen=True)
class _Answered:
    task: Task
    answer: str
    left: Counter[str] = field(default_factory=Counter)


def fits(file: Path) -> bool:
    """Whether the first record has a key that Prodigy alone writes."""
    return bool({"_input_hash", "spans", "answer"} & set(first_record(file)))


def read(path: Path, reading: Reading) -> Imported:
    """The articles of a dataset.

    Raises:
        DataError: with every problem of the file, each as file:line.
    """
    rows = parsed(records(path), _task, "Prodigy task")
    accepted = [row for row in rows if row.answer == "accept"]
    answers = Counter(row.answer for row in rows)
    found = imported(path, grouped((row.task for row in accepted), key=lambda task: task.text), reading)
    counted = ", ".join(f"{answer} {count:,}" for answer, count in answers.items())
    notes = (f"{path}: answers: {counted}; accepted ones are read",)
    left: Counter[str] = sum((row.left for row in accepted), Counter())
    return replace(found, notes=(*found.notes, *notes, *left_out(path, left)))


def _task(where: str, record: dict[str, Any]) -> _Answered:
    if not isinstance(record.get("text"), str):
        raise ValueError("no string `text`")
    model = Carried.of(record).model
    if model and "answer" not in record:
        raise ValueError(f"{model}'s labels, which no one has answered; load it into Prodigy, then `prodigy db-out`")
    answer = str(record.get("answer", "accept"))
    if answer not in _ANSWERS:
        raise ValueError(f"the answer {answer!r} is none of {', '.join(_ANSWERS)}")
    left: Counter[str] = Counter()
    view = record.get("_view_id")
    whole = _whole(record)
    if whole is not None and view in _SPAN_VIEWS:
        left["label of a whole text that was labelled by spans"] += len(whole)
        whole = None
    marks = _marks(record, left, shown=whole is not None and view != "blocks")
    annotator = str(record.get("_annotator_id") or record.get("_session_id") or "")
    left["relations"] += len(raw.listed(record.get("relations"), "relations"))
    meta = record.get("meta")
    others = strings(meta) if isinstance(meta, dict) else {}
    passes = (Pass(annotator, marks, whole or ()),)
    return _Answered(task_of(where, record.get("_input_hash"), record, passes, others), answer, left)


def _whole(record: dict[str, Any]) -> tuple[str, ...] | None:
    """The labels that the answer gives the whole text; None where the answer is about spans."""
    options = raw.listed(record.get("options"), "options")
    accepted = raw.listed(record.get("accept"), "accept")
    if options:
        names = {option["id"]: raw.label_name(option.get("text", option["id"])) for option in options}
        return tuple(names.get(choice, raw.label_name(choice)) for choice in accepted)
    if record.get("label") is None:
        return None
    if not isinstance(record["label"], str):
        raise TypeError(f"`label` is {str(record['label'])[:40]!r}, not a name")
    return (record["label"],)  # textcat: a yes to one label


def _marks(record: dict[str, Any], left: Counter[str], shown: bool) -> tuple[tuple[Mark, str], ...]:
    marks = []
    for span in raw.listed(record.get("spans"), "spans"):
        mark = Mark(whole_number(span["start"]), whole_number(span["end"]), words(span.get("text")))
        answer = span.get("answer", "accept")
        if shown:
            left["span that was shown with a question on the whole text"] += 1
        elif answer != "accept":
            left[f"span with the answer {answer}"] += 1
        elif span.get("label") is None:
            left["span without a label"] += 1
        else:
            marks.append((mark, raw.label_name(span["label"])))
    return tuple(marks)

"""Hugging Face `datasets`: a folder that `save_to_disk` made, a Parquet file, or a name on the hub (`owner/name`).

- A row an article, as `claimclf.dataset` and `writers/hf_datasets.py` have them, where there is a column `sentences` of
  records with `start`, `end` and `label`; the rest is as in JSON lines (`jsonl.py`).
- Else a row a sentence, as in tables: `columns.py` has the names, `rows.py` the rules.

A `ClassLabel` is read by its names, and -1 is no label; other numbers need a map. All splits are read, in their order.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from claimclf.articles import Article
from claimclf.errors import ClaimclfError, DataError, Problem, needs_extra
from claimclf.labels import LABELS
from claimclf.readers import jsonl
from claimclf.readers.placing import Row
from claimclf.readers.rows import read_rows
from claimclf.readers.tasks import Imported, Reading

SUFFIXES: tuple[str, ...] = (".parquet",)
_BATCH = 500
_HUB = re.compile(r"[\w.-]+/[\w.-]+")


def fits(file: Path) -> bool:
    """Always: no other format has this ending."""
    return file.suffix.lower() in SUFFIXES


def is_saved(path: Path) -> bool:
    """Whether a folder is one dataset, or a dictionary of splits, saved to disk."""
    return any((path / name).is_file() for name in ("state.json", "dataset_dict.json"))


def is_hub_name(path: Path) -> bool:
    """Whether this names a dataset on the hub and nothing on this machine.

    >>> is_hub_name(Path("someone/claims"))
    True
    """
    return _HUB.fullmatch(path.as_posix()) is not None and not path.exists()


def read(path: Path, reading: Reading) -> Imported:
    """The articles of a dataset.

    Raises:
        DataError: it cannot be loaded or reached, or with every problem of its rows.
        MissingExtraError: `datasets` is not installed.
    """
    with needs_extra("train"):
        import datasets  # noqa: F401
    try:
        tables = [(name, features, list(rows)) for name, features, rows in _tables(path)]
    except ClaimclfError:
        raise
    except Exception as error:  # what two libraries raise on damaged files is no closed list
        first = (str(error).strip() or type(error).__name__).splitlines()[0][:300]
        hint = (
            "is it there, and the network?" if is_hub_name(path) else "save it again, with save_to_disk or to_parquet"
        )
        raise DataError([Problem(str(path), f"no dataset that can be loaded: {first}", hint)]) from error
    parts = [_read(path, name, features, rows, reading) for name, features, rows in tables]
    if not parts:
        raise DataError([Problem(str(path), "a dataset without splits")])
    sizes = ", ".join(f"{name} {len(rows):,}" for name, _, rows in tables if name)
    notes = [note for part in parts for note in part.notes]
    return Imported(
        tuple(article for part in parts for article in part.articles),
        (*notes, *([f"{path}: rows by split: {sizes}"] if sizes else [])),
        tuple(rating for part in parts for rating in part.ratings),
        sum((Counter(part.annotators) for part in parts), Counter()),
    )


_Table = tuple[str, Mapping[str, Any], Iterator[dict[str, Any]]]


def _tables(path: Path) -> Iterator[_Table]:
    """Each split's name (empty where there are none), features, and rows, as they are stored."""
    from datasets import Dataset, DatasetDict, Features, load_dataset, load_from_disk

    if path.is_file():
        from pyarrow.parquet import ParquetFile

        file = ParquetFile(path)
        yield "", Features.from_arrow_schema(file.schema_arrow), _rows(file.iter_batches(_BATCH))
        return
    found = load_dataset(path.as_posix()) if is_hub_name(path) else load_from_disk(str(path))
    splits = found if isinstance(found, DatasetDict) else {"": found}
    for name, split in splits.items():
        assert isinstance(split, Dataset)
        yield name, split.features, _rows(split.with_format("arrow").iter(_BATCH) if len(split) else ())


def _rows(batches: Any) -> Iterator[dict[str, Any]]:
    for batch in batches:
        yield from batch.to_pylist()


def _read(path: Path, split: str, features: Mapping[str, Any], rows: list[Any], reading: Reading) -> Imported:
    where = f"{path}/{split}" if split else str(path)
    plain = [{name: _plain(row[name], feature) for name, feature in features.items()} for row in rows]
    if "sentences" not in features:
        cells = [
            Row(f"{where}: row {number}", {name: _cell(value) for name, value in row.items()})
            for number, row in enumerate(plain, 1)
        ]
        return read_rows(Path(where), cells, list(features), reading)
    articles: list[Article] = []
    problems: list[Problem] = []
    for number, row in enumerate(plain, 1):
        try:
            articles.append(jsonl.article(f"{where}: row {number}", _record(row)))
        except DataError as error:
            problems += error.problems
    if problems:
        raise DataError(problems)
    return Imported(tuple(articles), ())


def _plain(value: Any, feature: Any) -> Any:
    """A stored value with the names of `ClassLabel`s for their numbers, None for -1."""
    from datasets import ClassLabel

    if value is None:
        return None
    if isinstance(feature, ClassLabel) and type(value) is int:
        return feature.names[value] if 0 <= value < len(feature.names) else None if value == -1 else value
    if isinstance(value, dict) and isinstance(feature, Mapping):
        return {name: _plain(value[name], feature.get(name)) for name in value}
    if isinstance(value, list):
        inner = feature[0] if isinstance(feature, list) and feature else getattr(feature, "feature", None)
        return [_plain(item, inner) for item in value]
    return value


def _cell(value: Any) -> str:
    """A value of a table's row as text; several are set apart by commas."""
    if value is None:
        return ""
    if isinstance(value, list):
        return ", ".join(_cell(item) for item in value)
    return value if isinstance(value, str) else str(value)


def _record(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row as a record of JSON lines."""
    record = {name: value for name, value in row.items() if value is not None}
    sentences = record.get("sentences")
    if isinstance(sentences, list):
        record["sentences"] = [_sentence(s) if isinstance(s, dict) else s for s in sentences]
    return record


def _sentence(row: Mapping[str, Any]) -> dict[str, Any]:
    found = {name: value for name, value in row.items() if value is not None or name == "label"}
    for name in ("cues", "sources"):
        if isinstance(found.get(name), list):
            found[name] = [[m["start"], m["end"]] if isinstance(m, dict) else m for m in found[name]]
    votes = found.pop("votes", None) or None
    if isinstance(votes, list) and len(votes) == len(LABELS):
        votes = dict(zip(map(str, LABELS), votes, strict=True))
    return found if votes is None else {**found, "votes": votes}

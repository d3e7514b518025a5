"""`Article`s → files of other forms: one file here a format, each with one function `write`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from claimclf.articles import Article
from claimclf.writers import brat, jsonl
from claimclf.writers.outcome import Outcome

WRITERS: dict[str, Callable[[Sequence[Article], Path], Outcome]] = {
    "jsonl": jsonl.write,
    "brat": brat.write,
}

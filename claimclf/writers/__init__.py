"""`Article`s → files of other forms: one file here a format, each with one function `write`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from claimclf.articles import Article
from claimclf.writers import brat, conll, hf_datasets, inception, jsonl, tables
from claimclf.writers.outcome import Outcome

WRITERS: dict[str, Callable[[Sequence[Article], Path], Outcome]] = {
    "jsonl": jsonl.write,
    "inception": inception.write,
    "csv": tables.write_csv,
    "tsv": tables.write_tsv,
    "datasets": hf_datasets.write_folder,
    "parquet": hf_datasets.write_parquet,
    "conll": conll.write,
    "brat": brat.write,
}

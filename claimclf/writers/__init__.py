"""`Article`s → files of other forms: one file here a format, each with one function `write`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from claimclf.articles import Article
from claimclf.writers import brat, conll, doccano, hf_datasets, inception, jsonl, label_studio, prodigy, tables
from claimclf.writers.guesses import Guess
from claimclf.writers.outcome import Outcome

WRITERS: dict[str, Callable[[Sequence[Article], Path], Outcome]] = {
    "jsonl": jsonl.write,
    "label-studio": label_studio.write,
    "prodigy": prodigy.write,
    "doccano": doccano.write,
    "inception": inception.write,
    "brat": brat.write,
    "csv": tables.write_csv,
    "tsv": tables.write_tsv,
    "datasets": hf_datasets.write_folder,
    "parquet": hf_datasets.write_parquet,
    "conll": conll.write,
}
SUGGESTIONS: dict[str, Callable[[Sequence[Guess], Path], Outcome]] = {
    "label-studio": label_studio.suggestions,
    "prodigy": prodigy.suggestions,
    "doccano": doccano.suggestions,
}

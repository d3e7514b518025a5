"""`Article`s → files of other forms: one file here a format, each with one function `write`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from claimclf.articles import Article
from claimclf.writers import doccano, jsonl, label_studio, prodigy
from claimclf.writers.guesses import Guess
from claimclf.writers.outcome import Outcome

WRITERS: dict[str, Callable[[Sequence[Article], Path], Outcome]] = {
    "jsonl": jsonl.write,
    "label-studio": label_studio.write,
    "prodigy": prodigy.write,
    "doccano": doccano.write,
}
SUGGESTIONS: dict[str, Callable[[Sequence[Guess], Path], Outcome]] = {
    "label-studio": label_studio.suggestions,
    "prodigy": prodigy.suggestions,
    "doccano": doccano.suggestions,
}

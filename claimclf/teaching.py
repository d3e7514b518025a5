"""A teacher's probabilities for the sentences of articles, written where training looks for them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np

from claimclf import soft_labels
from claimclf.articles import Article
from claimclf.files import write_whole
from claimclf.labels import LABELS
from claimclf.predict import ClaimClassifier
from claimclf.readers import read_corpus
from claimclf.runtime.choice import Precision
from claimclf.terminal import progress

_AT_ONCE = 32  # articles
_BETWEEN = 64  # batches after which what is there is written: an interruption should not lose hours


def teach(
    model: str,
    data: Sequence[Path],
    output: Path,
    precision: Precision = "auto",
    threads: int | None = None,
    say: Callable[[str], None] = lambda line: None,
) -> tuple[int, int]:
    """Write the probabilities that `model` gives every sentence of the articles of `data` to `output`.

    What `output` has of other articles, and of those that have not changed, is kept. Returns how many articles it
    holds, and how many of them are new or have changed. `say` is told what was decided in reading, and how many
    articles are left out since their texts are not on this machine.

    Raises:
        DataError, ModelError: the articles, an older `output` or the model cannot be read.
    """
    corpus = read_corpus(list(data))
    for note in corpus.notes:
        say(note)
    if corpus.missing:
        say(f"{len(corpus.missing)} articles are left out: {corpus.missing[0].found}; {corpus.missing[0].hint}")
    old = soft_labels.read(output) if output.exists() else {}
    new = [a for a in corpus.articles if a.id not in old or old[a.id].content != soft_labels.content(a)]
    changed = {a.id for a in new}
    lines = [json.dumps(given.record(identity)) for identity, given in old.items() if identity not in changed]
    kept = len(lines)
    classifier = ClaimClassifier.load(model, precision=precision, threads=threads)
    for number, start in enumerate(progress("articles", range(0, len(new), _AT_ONCE)), 1):
        lines += _lines(classifier, new[start : start + _AT_ONCE])
        if number % _BETWEEN == 0:
            _write(lines, output)
    _write(lines, output)
    return kept + len(new), len(new)


def _lines(classifier: ClaimClassifier, articles: Sequence[Article]) -> Iterator[str]:
    predictions = classifier.articles([a.text for a in articles], [a.boundaries for a in articles])
    for article, prediction in zip(articles, predictions, strict=True):
        rows = [[s.probabilities[label] for label in LABELS] for s in prediction.sentences]
        yield json.dumps(soft_labels.record(article, np.array(rows)))


def _write(lines: Sequence[str], output: Path) -> None:
    write_whole(output, "".join(f"{line}\n" for line in lines).encode("ascii"))

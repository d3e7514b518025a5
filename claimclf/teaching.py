"""Teachers' probabilities for the sentences of articles, written where training looks for them.

What a teacher says of articles that it has learnt is little more than their labels. Teachers that each learnt a share
of the stories (`train_share`, `train_from`) read what the others learnt.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from claimclf import soft_labels
from claimclf.articles import Article
from claimclf.files import write_whole
from claimclf.labels import LABELS
from claimclf.predict import ClaimClassifier
from claimclf.readers import read_corpus
from claimclf.readers.tasks import Reading
from claimclf.runtime.choice import Precision
from claimclf.splits import in_share
from claimclf.terminal import progress

_AT_ONCE = 32  # articles
_BETWEEN = 64  # batches after which what is there is written: an interruption should not lose hours


@dataclass(frozen=True, slots=True)
class _Teacher:
    """A model, and the share of the stories that it learnt."""

    classifier: ClaimClassifier
    share: float
    start: float

    @classmethod
    def load(cls, model: str, precision: Precision, threads: int | None) -> _Teacher:
        classifier = ClaimClassifier.load(model, precision=precision, threads=threads)
        config = classifier.checkpoint.training.get("config", {})
        return cls(classifier, float(config.get("train_share", 1.0)), float(config.get("train_from", 0.0)))

    def learnt(self, article: Article) -> bool:
        return in_share(article.story, self.share, self.start)


def teach(
    models: Sequence[str],
    data: Sequence[Path],
    output: Path,
    precision: Precision = "auto",
    threads: int | None = None,
    say: Callable[[str], None] = lambda line: None,
    reading: Reading | None = None,
    form: str | None = None,
) -> tuple[int, int]:
    """Write the probabilities that `models` give every sentence of the articles of `data` to `output`.

    An article gets the mean of the models that did not learn its story, or, where all did, of all. What `output` has
    of other articles, and of those that have not changed, is kept. Returns how many articles it holds, and how many of
    them are new or have changed. `say` is told what was decided in reading, how many articles are left out since their
    texts are not on this machine, and how many no model is apart from. `reading` and `form` are those of `read_corpus`.

    Raises:
        DataError, ModelError: the articles, an older `output` or a model cannot be read.
    """
    corpus = read_corpus(list(data), reading, form)
    for note in corpus.notes:
        say(note)
    if corpus.missing:
        say(f"{len(corpus.missing)} articles are left out: {corpus.missing[0].found}; {corpus.missing[0].hint}")
    old = soft_labels.read(output) if output.exists() else {}
    new = [a for a in corpus.articles if a.id not in old or old[a.id].content != soft_labels.content(a)]
    changed = {a.id for a in new}
    lines = [json.dumps(given.record(identity)) for identity, given in old.items() if identity not in changed]
    kept = len(lines)
    teachers = [_Teacher.load(model, precision, threads) for model in models]
    learnt = sum(all(teacher.learnt(article) for teacher in teachers) for article in new)
    say(f"of {len(new):,} articles to read, {learnt:,} are of stories that every teacher learnt")
    for number, start in enumerate(progress("articles", range(0, len(new), _AT_ONCE)), 1):
        lines += _lines(teachers, new[start : start + _AT_ONCE])
        if number % _BETWEEN == 0:
            _write(lines, output)
    _write(lines, output)
    return kept + len(new), len(new)


def _lines(teachers: Sequence[_Teacher], articles: Sequence[Article]) -> Iterator[str]:
    readers = [[t for t in teachers if not t.learnt(a)] or teachers for a in articles]
    given: list[list[NDArray[np.floating[Any]]]] = [[] for _ in articles]
    for teacher in teachers:
        own = [n for n, of in enumerate(readers) if teacher in of]
        texts, spans = [articles[n].text for n in own], [articles[n].boundaries for n in own]
        for n, prediction in zip(own, teacher.classifier.articles(texts, spans), strict=True):
            rows = [[s.probabilities[label] for label in LABELS] for s in prediction.sentences]
            given[n].append(np.array(rows).reshape(-1, len(LABELS)))
    for article, arrays in zip(articles, given, strict=True):
        yield json.dumps(soft_labels.record(article, np.mean(arrays, axis=0)))


def _write(lines: Sequence[str], output: Path) -> None:
    write_whole(output, "".join(f"{line}\n" for line in lines).encode("ascii"))

"""What a teacher, a larger model, gives each sentence: probabilities beside the labels, a line of JSON an article.

    {"id": "orrin-bridge", "content": "5f0c2a…", "probabilities": [[962, 31, 4, 3], …]}

`content` is a hash of the text and its sentence boundaries, so that probabilities never meet another text;
`probabilities` are per mille, in label order, a sentence each. A student learns from both: its targets are a mixture
of the labels' and the teacher's. Articles without any label, of which there are many, are learnt from by the teacher's
alone. Source: Hinton et al., "Distilling the knowledge in a neural network", 2015.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from claimclf.articles import Article, Sentence
from claimclf.errors import DataError, Problem
from claimclf.labels import LABELS, Label
from claimclf.readers import raw
from claimclf.readers.parsing import parsed, whole_number

_MILLE = 1000


@dataclass(frozen=True, slots=True)
class Taught:
    """An article's soft labels, `probabilities` per mille, (sentences, labels), and the file:line they are from."""

    where: str
    content: str
    probabilities: tuple[tuple[int, ...], ...]

    def record(self, identity: str) -> dict[str, Any]:
        """The line of the article of this id, as plain JSON."""
        return {"id": identity, "content": self.content, "probabilities": [list(row) for row in self.probabilities]}


SoftLabels = Mapping[str, Taught]  # by article id


def content(article: Article) -> str:
    """16 hex digits that tell the text and its sentence boundaries from any others."""
    return sha256(json.dumps([article.text, article.boundaries]).encode("ascii")).hexdigest()[:16]


def record(article: Article, probabilities: NDArray[np.floating[Any]]) -> dict[str, Any]:
    """An article's line; `probabilities` are (sentences, labels).

    >>> record(Article("a", "", ()), np.zeros((0, 4)))["probabilities"]
    []
    """
    rows = tuple(tuple(round(_MILLE * float(p)) for p in row) for row in probabilities)
    return Taught("", content(article), rows).record(article.id)


def read(path: Path) -> SoftLabels:
    """What a teacher gave, by article id.

    Raises:
        DataError: with every line that is no article's probabilities, or an article's second.
    """
    if not path.is_file():
        raise DataError([Problem(str(path), "no such file", "scripts/teach.py writes one")])
    rows = [(where, raw.loads(raw.decoded(line))) for where, line in raw.lines(path) if line.strip()]
    found = parsed(rows, _parsed, "soft labels of an article")
    of: dict[str, Taught] = {}
    problems = []
    for identity, taught in found:
        if first := of.get(identity):
            problems.append(Problem(taught.where, f"{identity!r} is there already, at {first.where}"))
        of[identity] = taught
    raw.prove(problems)
    return of


def _parsed(where: str, row: Any) -> tuple[str, Taught]:
    rows = tuple(tuple(whole_number(p) for p in row) for row in row["probabilities"])
    if any(len(row) != len(LABELS) or min(row) < 0 or not 0 < sum(row) < 2 * _MILLE for row in rows):
        raise ValueError(f"a sentence has {len(LABELS)} probabilities, per mille")
    if not isinstance(row["id"], str) or not isinstance(row["content"], str):
        raise TypeError("id and content are strings")
    return row["id"], Taught(where, row["content"], rows)


def taught(articles: Iterable[Article], soft: SoftLabels, weight: float, also_weight: float) -> list[Article]:
    """The articles with what the teacher gave mixed into the votes, of which it gets `weight`, 0 to 1.

    The rest goes to what would be learnt without it: votes, or the label, of which `also_weight` goes to `also`.
    Articles without any label get the teacher's; in others, a sentence without a label has none by the guidelines, and
    keeps none. Articles that the teacher has not seen are as they were.

    Raises:
        DataError: with every article that has changed since the teacher saw it.
    """
    found, problems = [], []
    for article in articles:
        own = soft.get(article.id)
        if own is None:
            found.append(article)
        elif own.content != content(article):
            hint = "run scripts/teach.py again, or take out this line"
            problems.append(Problem(own.where, f"{article.id!r} has changed since the teacher saw it", hint))
        else:
            bare = all(s.label is None for s in article.sentences)
            pairs = zip(article.sentences, own.probabilities, strict=True)
            sentences = [_mixed(s, np.array(p) / sum(p), weight, also_weight, bare) for s, p in pairs]
            found.append(replace(article, sentences=tuple(sentences)))
    raw.prove(problems)
    return found


def _mixed(sentence: Sentence, teacher: NDArray[np.float64], weight: float, also_weight: float, bare: bool) -> Sentence:
    if bare:
        return replace(sentence, label=LABELS[int(teacher.argmax())], also=(), votes=_votes(teacher))
    if sentence.label is None:
        return sentence
    own = _own(sentence.label, sentence, also_weight)
    return replace(sentence, votes=_votes(weight * teacher + (1 - weight) * own))


def _own(label: Label, sentence: Sentence, also_weight: float) -> NDArray[np.float64]:
    """The target that the sentence, of this label, would have without a teacher, as `model.soft_targets` makes it."""
    target = np.zeros(len(LABELS))
    if sentence.votes:
        target += np.array(sentence.votes) / sum(sentence.votes)
        return target
    target[label.position] = 1 - (also_weight if sentence.also else 0)
    for other in sentence.also:
        target[other.position] += also_weight / len(sentence.also)
    return target


def _votes(target: NDArray[np.float64]) -> tuple[int, ...]:
    return tuple(round(_MILLE * float(p)) for p in target)


def missing(articles: Sequence[Article], soft: SoftLabels) -> int:
    """How many of the articles the teacher has not seen."""
    return sum(article.id not in soft for article in articles)
